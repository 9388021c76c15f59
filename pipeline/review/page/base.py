"""The starting point of a review: a record, or the gold of an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.errors import ArticleError
from pipeline.gold.check import doubts, problems
from pipeline.record import Record, digest
from pipeline.review.accepted.rows import Row, rows_of

CORRECT_GOLD = "correct its gold file"
FIRST, SECOND = "rules:", "llm:"  # in the method of what the small models, and a language model, have found
UNSURE = 0.6  # what is surer is no note


@dataclass(frozen=True)
class Base:
    """`seen`: the rows that a newer record had, by commitment, if the review went on with it."""

    origin: Literal["records", "gold"]
    record: Record
    seen: Mapping[str, Row] | None = None

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """What the record said of each commitment, as the reviewer saw it last."""
        return rows_of(self.record) if self.seen is None else self.seen

    @property
    def sha256(self) -> str:
        return digest(self.record.to_json())


def from_record(record: Record) -> Base:
    """Raises ArticleError if the record is damaged."""
    return _sound("records", record, "extract it again")


def from_gold(record: Record) -> Base:
    """Raises ArticleError if the gold is not valid."""
    return _sound("gold", record, CORRECT_GOLD)


def notes(record: Record) -> list[str]:
    """What an annotator should check in a record."""
    return [*disputed(record), *doubts(record)]


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


def _sound(origin: Literal["records", "gold"], record: Record, remedy: str) -> Base:
    if wrong := problems(record):
        raise ArticleError(record.article.id, f"cannot be reviewed: {wrong[0]}; {remedy}")
    return Base(origin, record)
