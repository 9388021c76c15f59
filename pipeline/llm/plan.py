"""Chooses the articles that a language model reads where it may not read all: the highest expected gain first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.errors import number_of
from pipeline.llm.ledger import Budget, Prices
from pipeline.llm.prompt import prompts_of
from pipeline.record import Record

WRITTEN = (40, 80)  # tokens of an answer: of any, and for each act that the small models have found


@dataclass(frozen=True)
class Article:
    """What reading an article takes, estimated. `gain`: rows that become right."""

    calls: int
    tokens_in: int
    tokens_out: int
    gain: float


@dataclass(frozen=True)
class Plan:
    """The articles to read, by their numbers, and what that takes."""

    chosen: frozenset[int]
    articles: int
    calls: int
    tokens_in: int
    tokens_out: int

    def text(self, prices: Prices | None) -> str:
        """One line for a person at the terminal."""
        found = (
            f"{len(self.chosen):,} of {number_of(self.articles, 'article')} would be read: "
            f"{number_of(self.calls, 'call')}, about {number_of(self.tokens_in, 'token')} read "
            f"and {self.tokens_out:,} written"
        )
        return found + (f", cost about {prices.cost(self.tokens_in, self.tokens_out):,.2f}" if prices else "")


def gain_features(record: Record) -> dict[str, float]:
    """What decides how many rows of an article a language model would make right."""
    found = record.commitments
    return {
        "acts": float(len(found)),
        "stated": sum(commitment.confidence for commitment in found),
        "right": sum(commitment.row_confidence or 0.0 for commitment in found),
        "amounts": float(sum(mention.label == "MONEY" for mention in record.mentions)),
        "sentences": float(sum(not sentence.boilerplate for sentence in record.sentences)),
    }


def weighed(record: Record, gain: Mapping[str, float]) -> Article:
    """What reading a record takes and gives. `gain`: the weights of the features of `gain_features`."""
    prompts = prompts_of(record)
    any_, each = WRITTEN
    tokens_out = any_ * len(prompts) + each * len(record.commitments)
    expected = sum(gain.get(name, 0.0) * value for name, value in gain_features(record).items())
    return Article(len(prompts), sum(prompt.tokens for prompt in prompts), tokens_out, max(expected, 0.0))


def planned(records: Iterable[Record], gain: Mapping[str, float], budget: Budget, spare: int = 0) -> Plan:
    """The plan for some records: all where there is no bound, else those with most gain a call or token that fit.

    `spare`: tokens of a budget that stay free, for the last answer may be long.
    """
    articles = [weighed(record, gain) for record in records]
    by_tokens = budget.tokens is not None

    def worth(number: int) -> tuple[float, int]:
        article = articles[number]
        cost = article.tokens_in + article.tokens_out if by_tokens else article.calls
        return -article.gain / max(cost, 1), number

    chosen: set[int] = set()
    calls = tokens_in = tokens_out = 0
    for number in sorted(range(len(articles)), key=worth):
        one = articles[number]
        after = calls + one.calls, tokens_in + one.tokens_in + tokens_out + one.tokens_out
        if one.calls and budget.admits(after[0], after[1] + spare):
            chosen.add(number)
            calls, tokens_in, tokens_out = calls + one.calls, tokens_in + one.tokens_in, tokens_out + one.tokens_out
    return Plan(frozenset(chosen), len(articles), calls, tokens_in, tokens_out)
