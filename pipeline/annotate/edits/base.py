"""What the review of an article starts from, and the gold that its record makes.

Hard because gold says less than a record: what it has no place for is told to the reviewer, and what a gold folder has
that no record can say is kept as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.annotate.corrections.from_record import raw_of, task_of_record
from pipeline.annotate.corrections.keep import gold_of
from pipeline.annotate.review.sound import problems
from pipeline.corpus.check import defects, doubts
from pipeline.corpus.from_gold import gold_record
from pipeline.corpus.gold import GoldArticle
from pipeline.errors import ArticleError
from pipeline.gazetteer.names import key
from pipeline.record import Record, digest

BY_HAND = "correct its gold by hand"
EARLIER = "gold quotes words, and finds them earlier in the sentence, unmarked"


@dataclass(frozen=True)
class Base:
    """`row`: the article's line of articles.jsonl; `kept`: what else its gold holds; `lost`: relations of gold to
    events, places or agreements that are no mention; `flows`: gold's flows of money, by the key of their commitment.
    No record holds such relations or flows."""

    origin: Literal["records", "gold"]
    record: Record
    row: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)
    lost: list[list[Any]] = field(default_factory=list)
    flows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return digest(self.record.to_json())

    def gold(self, record: Record) -> GoldArticle:
        """The gold of the record as it is now, with the sentences numbered as in the article's line."""
        raw = raw_of(record, [(start, end) for start, end in self.row["sentences"]])
        there = {entity.id for entity in record.actors} | {entity.id for entity in record.projects}
        lost = [row for row in self.lost if all(":" in end or end in there for end in (row[0], row[2]))]
        for row in raw["commitments"]:
            if flow := self.flows.get(row["key"]):
                sides = {side: [end for end in flow[side] if end in there] for side in ("provider", "recipient")}
                row["flow"] = {**flow, **sides}
        return gold_of(self.row, raw | dict(self.kept) | {"relations": raw["relations"] + lost})


def from_record(record: Record) -> Base:
    """Raises ArticleError where the record is not whole, or makes no sound gold."""
    _require(record.article.id, problems(record), "extract it again")
    base = Base("records", record, task_of_record(record).row)
    _require(record.article.id, defects(base.gold(record)), "extract it again")
    return base


def from_gold(gold: GoldArticle, row: Mapping[str, Any]) -> Base:
    """Raises ArticleError where the gold is not sound."""
    _require(gold.id, defects(gold), BY_HAND)
    record = gold_record(gold)
    _require(gold.id, problems(record), BY_HAND)
    told = raw_of(record, gold.numbered)
    kept = {name: value for name, value in gold.raw.items() if name not in told}
    words = {key(mention.text) for mention in record.mentions}
    lost = [row for row in gold.raw["relations"] if not all(_is_told(end, words) for end in (row[0], row[2]))]
    flows = {row["key"]: row["flow"] for row in gold.raw["commitments"] if row.get("flow")}
    base = Base("gold", record, row, kept | {"sentence_fixes": gold.raw.get("sentence_fixes", [])}, lost, flows)
    _require(gold.id, defects(base.gold(record)), BY_HAND)
    return base


def unsaid(base: Base, record: Record) -> list[str]:
    """What a record says and its gold does not, and what an annotator should look at in the gold."""
    gold = base.gold(record)
    return [*_places(gold, record), *_commitments(gold, record), *doubts(gold)]


def _require(name: str, wrong: list[str], remedy: str) -> None:
    if wrong:
        raise ArticleError(name, f"cannot be reviewed: {wrong[0]}; {remedy}")


def _is_told(end: str, words: set[str]) -> bool:
    _, colon, text = end.partition(":")
    return not colon or key(text) in words


def _places(gold: GoldArticle, record: Record) -> Iterator[str]:
    for mention, told in zip(record.mentions, gold.mentions, strict=True):
        if (mention.start, mention.end) != (told.start, told.end):
            yield f"{mention.id} {mention.text!r}: {EARLIER}"


def _commitments(gold: GoldArticle, record: Record) -> Iterator[str]:
    for found, told in zip(record.commitments, gold.raw["commitments"], strict=True):
        if gold.find(found.trigger.text, told["sent"]) != (found.trigger.start, found.trigger.end):
            yield f"{found.id} {found.trigger.text!r}: {EARLIER}"
        for amount in found.amounts:
            if amount.value is None:
                yield f"{found.id}: {amount.text!r} has no value, and stays out of the gold"
