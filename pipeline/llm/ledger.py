"""What a second reader may spend, which articles it reads for that, and what it has done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.errors import SetupError, number_of
from pipeline.llm.bare import is_bare
from pipeline.llm.prompt import tokens_of
from pipeline.llm.windows import prompts_of
from pipeline.record import Record

_BUDGET = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([kmKM]?)\s*(calls?|tokens?)")
_SCALE = {"": 1, "k": 1_000, "m": 1_000_000}
MILLION = 1_000_000
WRITTEN = (40, 80)  # tokens of an answer: of any, and for each act that the small models have found
ALONE = (125, 0.7)  # tokens that a reader alone writes, and rows that become right, for each sentence of an article


@dataclass(frozen=True)
class Cost:
    """Calls, and the tokens that they read and write."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    def __add__(self, other: Cost) -> Cost:
        tokens = self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out
        return Cost(self.calls + other.calls, *tokens)


@dataclass(frozen=True)
class Budget:
    """The most that may be spent on a run, what is in the cache included; None: no bound."""

    calls: int | None = None
    tokens: int | None = None

    def admits(self, cost: Cost, spare: int = 0) -> bool:
        """Whether so much is within the budget. `spare`: tokens that stay free."""
        within = self.calls is None or cost.calls <= self.calls
        return within and (self.tokens is None or cost.tokens + spare <= self.tokens)


def budget_of(text: str) -> Budget:
    """The budget of "200 calls", "500k tokens" or "2M tokens". Raises SetupError for anything else."""
    match = _BUDGET.fullmatch(text.strip())
    if match is None:
        raise SetupError(f"--llm-budget {text}: say it as '200 calls', '500k tokens' or '2M tokens'")
    number = int(Decimal(match[1]) * _SCALE[match[2].lower()])
    return Budget(calls=number) if match[3].startswith("call") else Budget(tokens=number)


@dataclass(frozen=True)
class Prices:
    """Of a million tokens read and of a million written, in any currency."""

    read: float
    written: float

    @property
    def of_batches(self) -> Prices:
        """Half."""
        return Prices(self.read / 2, self.written / 2)

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        return round((tokens_in * self.read + tokens_out * self.written) / MILLION, 4)


def prices_of(text: str) -> Prices:
    """The prices of "0.15,0.60". Raises SetupError for anything else."""
    try:
        read, written = (float(part) for part in text.split(","))
        if not (0 <= read < float("inf") and 0 <= written < float("inf")):
            raise ValueError
    except ValueError:
        raise SetupError(f"--llm-prices {text}: say the prices of a million tokens as '0.15,0.60'") from None
    return Prices(read, written)


@dataclass
class Ledger:
    """Counts of a run. `calls`: answers that the endpoint gave now; `cached`: those that were there already.

    Tokens are those of `calls`, and of these apart those of batches; `estimated`: of how many the server did not count
    them. `articles` were read whole or in part; `left`: articles that the budget left out; `unread`: articles that
    should have been read and keep the record of the small models; `set_aside`: prompts without a usable answer, by
    reason; `failed`: those that got no answer, and may get one later; `dropped`: parts of answers, by reason;
    `stopped`: why no more was asked.
    """

    articles: int = 0
    left: int = 0
    unread: int = 0
    calls: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    batch_in: int = 0
    batch_out: int = 0
    estimated: int = 0
    retries: int = 0
    asked_again: int = 0
    failed: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None

    def as_json(self, prices: Prices | None = None) -> dict[str, Any]:
        """The counts by name; `cost` where prices are known."""
        counts: dict[str, Any] = {**vars(self), "set_aside": dict(self.set_aside), "dropped": dict(self.dropped)}
        return counts | ({"cost": self.cost(prices)} if prices else {})

    def cost(self, prices: Prices) -> float:
        """What the tokens cost; those of batches half."""
        whole = prices.cost(self.tokens_in - self.batch_in, self.tokens_out - self.batch_out)
        return round(whole + prices.of_batches.cost(self.batch_in, self.batch_out), 4)

    def count(self, tokens_in: int, tokens_out: int, estimated: bool, batch: bool = False) -> None:
        """Counts an answer that the endpoint gave now."""
        self.calls += 1
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        self.batch_in += tokens_in * batch
        self.batch_out += tokens_out * batch
        self.estimated += estimated

    def text(self, prices: Prices | None = None) -> str:
        """One line for a person at the terminal."""
        parts = [
            f"{number_of(self.articles, 'article')} read by the language model",
            f"{number_of(self.calls, 'call')}, {number_of(self.cached, 'answer')} from the cache",
            f"{number_of(self.tokens_in, 'token')} read and {self.tokens_out:,} written",
        ]
        counts = (
            (self.left, "left out by the budget", ""),
            (self.unread, "that keeps the first record", "that keep the first record"),
            (self.estimated, "call whose tokens are estimated", "calls whose tokens are estimated"),
            (self.retries, "retry", "retries"),
            (self.asked_again, "answer asked again", "answers asked again"),
            (self.set_aside.total(), "answer set aside", "answers set aside"),
            (self.dropped.total(), "part of an answer dropped", "parts of answers dropped"),
        )
        parts += [number_of(count, one, many or one) for count, one, many in counts if count]
        if prices:
            parts.append(f"cost {self.cost(prices):,.2f}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Plan:
    """The articles to read, by their numbers, and about what that takes."""

    chosen: frozenset[int]
    articles: int
    cost: Cost

    def text(self, prices: Prices | None) -> str:
        """One line for a person at the terminal."""
        calls, read, written = number_of(self.cost.calls, "call"), self.cost.tokens_in, self.cost.tokens_out
        articles = f"{len(self.chosen):,} of {number_of(self.articles, 'article')} would be read"
        tokens = f"about {number_of(read, 'token')} read and {written:,} written"
        price = f", cost about {prices.cost(read, written):,.2f}" if prices else ""
        return f"{articles}: {calls}, {tokens}{price}"


def gain_features(record: Record) -> dict[str, float]:
    """What decides how many rows of an article a language model would make right."""
    acts = record.commitments
    return {
        "acts": float(len(acts)),
        "stated": sum(act.confidence for act in acts),
        "right": sum(act.row_confidence or 0.0 for act in acts),
        "amounts": float(sum(mention.label == "MONEY" for mention in record.mentions)),
        "sentences": float(sum(not sentence.boilerplate for sentence in record.sentences)),
    }


def weighed(record: Record, weights: Mapping[str, float]) -> tuple[Cost, float]:
    """About what reading a record takes, and how many rows become right. `weights`: of `gain_features`."""
    prompts, (any_, each) = prompts_of(record), WRITTEN
    read = sum(tokens_of(prompt) for prompt in prompts)
    if is_bare(record):
        tokens, rows = (share * len(record.sentences) for share in ALONE)
        return Cost(len(prompts), read, int(tokens)), rows
    written = any_ * len(prompts) + each * len(record.commitments)
    gain = sum(weights.get(name, 0.0) * value for name, value in gain_features(record).items())
    return Cost(len(prompts), read, written), max(gain, 0.0)


def planned(
    records: Iterable[Record],
    weights: Mapping[str, float],
    budget: Budget,
    spare: int = 0,
    free: Callable[[Record], bool] | None = None,
) -> Plan:
    """The plan for some records: all where there is no bound, else those with most gain a call or token that fit.

    `spare`: tokens of a budget that stay free, for the last answer may be long; `free`: whether a record costs nothing.
    """
    articles, chosen = list[tuple[Cost, float]](), set[int]()
    for number, record in enumerate(records):
        articles.append(weighed(record, weights))
        if free and articles[-1][0].calls and free(record):
            chosen.add(number)
            articles[-1] = Cost(), 0.0

    def worth(number: int) -> tuple[float, int]:
        cost, gain = articles[number]
        return -gain / max(cost.calls if budget.tokens is None else cost.tokens, 1), number

    total = Cost()
    for number in sorted(range(len(articles)), key=worth):
        cost, _ = articles[number]
        if cost.calls and budget.admits(total + cost, spare):
            chosen.add(number)
            total += cost
    return Plan(frozenset(chosen), len(articles), total)
