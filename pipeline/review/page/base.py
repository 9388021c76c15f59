"""The starting point of a review, and the gold that a reviewed record gives.

Gold holds less than a record, and the reviewer is notified of the difference. What a gold folder has and no record can
hold is kept unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pipeline.errors import ArticleError
from pipeline.gold.check import defects, doubts
from pipeline.gold.from_gold import gold_record
from pipeline.gold.gold import GoldArticle
from pipeline.record import Flow, Record, digest
from pipeline.review.accepted.rows import Row, rows_of
from pipeline.review.corrections.from_record import raw_of, task_of_record
from pipeline.review.corrections.payload import gold_of
from pipeline.review.edits.sound import problems
from pipeline.values.gazetteer.names import key

CORRECT_GOLD = "correct its gold file"
FIRST, SECOND = "rules:", "llm:"  # in the method of what the small models, and a language model, have found
UNSURE = 0.6  # what is surer is no note
EARLIER = "gold quotes words, and finds them earlier in the sentence, unmarked"


@dataclass(frozen=True)
class Base:
    """`row`: the article's line of articles.jsonl; `kept`: other fields of its gold.

    `lost`: relations of gold to events, places or agreements that are no mention; `flows`: flows of money in gold, by
    the key of their commitment. `seen`: the rows that a newer record had, by commitment, if the review went on with it.
    """

    origin: Literal["records", "gold"]
    record: Record
    row: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)
    lost: list[list[Any]] = field(default_factory=list)
    flows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seen: Mapping[str, Row] | None = None

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """What the record said of each commitment, as the reviewer saw it last."""
        return rows_of(self.record) if self.seen is None else self.seen

    @property
    def sha256(self) -> str:
        return digest(self.record.to_json())

    def gold(self, record: Record) -> GoldArticle:
        """The gold of the present record, with the sentence numbers of the article's line."""
        raw = raw_of(record, [(start, end) for start, end in self.row["sentences"]])
        entities = {actor.id for actor in record.actors} | {project.id for project in record.projects}
        lost = [row for row in self.lost if all(":" in end or end in entities for end in (row[0], row[2]))]
        for row, act in zip(raw["commitments"], record.commitments, strict=True):
            if act.flow:
                old = self.flows.get(row["key"])  # may lack `terms`
                row["flow"] = old if old and Flow(**old) == act.flow else act.flow.model_dump()
        return gold_of(self.row, raw | dict(self.kept) | {"relations": raw["relations"] + lost})


def from_record(record: Record) -> Base:
    """Raises ArticleError if the record is damaged or does not give valid gold."""
    _require(record.article.id, problems(record), "extract it again")
    marked = [number for number, sentence in enumerate(record.sentences) if sentence.boilerplate]
    known = any(sentence.boilerplate is not None for sentence in record.sentences)
    base = Base("records", record, task_of_record(record).row, {"boilerplate": marked} if known else {})
    _require(record.article.id, defects(base.gold(record)), "extract it again")
    return base


def from_gold(gold: GoldArticle, row: Mapping[str, Any]) -> Base:
    """Raises ArticleError if the gold is not valid."""
    _require(gold.id, defects(gold), CORRECT_GOLD)
    record = gold_record(gold)
    _require(gold.id, problems(record), CORRECT_GOLD)
    fields = raw_of(record, gold.numbered)
    kept = {name: value for name, value in gold.raw.items() if name not in fields}
    words = {key(mention.text) for mention in record.mentions}
    lost = [row for row in gold.raw["relations"] if not all(_is_mentioned(end, words) for end in (row[0], row[2]))]
    flows = {row["key"]: row["flow"] for row in gold.raw["commitments"] if row.get("flow")}
    base = Base("gold", record, row, kept | {"sentence_fixes": gold.raw.get("sentence_fixes", [])}, lost, flows)
    _require(gold.id, defects(base.gold(record)), CORRECT_GOLD)
    return base


def notes(base: Base, record: Record) -> list[str]:
    """What the gold of a record cannot hold, and what an annotator should check in it."""
    gold = base.gold(record)
    return [*disputed(record), *_mentions(gold, record), *_commitments(gold, record), *doubts(gold)]


def disputed(record: Record) -> list[str]:
    """The fields on which two readers disagree or of which they are least sure, those first."""
    names = {part.id: part.name for part in record.actors} | {part.id: part.name for part in record.projects}
    found: list[tuple[float, str]] = []
    for act in record.commitments:
        if act.slot_confidence and SECOND in act.method and FIRST in act.method:
            sure = act.slot_confidence
            slots: dict[str, tuple[list[str], list[float]]] = {
                "status": ([act.status], [sure.status]),
                "by": (act.by, sure.by),
                "with": (act.with_, sure.with_),
                "to": (act.to, sure.to),
                "projects": (act.projects, sure.projects),
            }
            for field, (entries, values) in slots.items():
                for entry, value in zip(entries, values, strict=False):
                    what = f"{act.id} {act.trigger.text!r}: check {field}: {names.get(entry, entry)} ({value:.2f})"
                    found += [(value, what)] if value < UNSURE else []
    return [what for _, what in sorted(found)]


def _require(name: str, wrong: list[str], remedy: str) -> None:
    if wrong:
        raise ArticleError(name, f"cannot be reviewed: {wrong[0]}; {remedy}")


def _is_mentioned(end: str, words: set[str]) -> bool:
    _, colon, text = end.partition(":")
    return not colon or key(text) in words


def _mentions(gold: GoldArticle, record: Record) -> Iterator[str]:
    for mention, found in zip(record.mentions, gold.mentions, strict=True):
        if (mention.start, mention.end) != (found.start, found.end):
            yield f"{mention.id} {mention.text!r}: {EARLIER}"


def _commitments(gold: GoldArticle, record: Record) -> Iterator[str]:
    for found, row in zip(record.commitments, gold.raw["commitments"], strict=True):
        if gold.find(found.trigger.text, row["sent"]) != (found.trigger.start, found.trigger.end):
            yield f"{found.id} {found.trigger.text!r}: {EARLIER}"
        for amount in found.amounts:
            if amount.value is None:
                yield f"{found.id}: {amount.text!r} has no value, and is not in the gold"
