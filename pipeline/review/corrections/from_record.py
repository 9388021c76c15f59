"""A record as gold: references by offset become sentence numbers and quoted words.

Gold has no confidences: they become one score of the article. Amounts without a value are left out of commitments.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from pipeline.gold.gold import Offsets
from pipeline.record import Actor, Commitment, Project, Record
from pipeline.review.corrections.payload import gold_of
from pipeline.review.formats.task import Task


class _Scored(Protocol):
    @property
    def confidence(self) -> float: ...


def task_of_record(record: Record) -> Task:
    """The task of a record; its score is the mean confidence of mentions and commitments."""
    numbered = [(s.start, s.end) for s in record.sentences]
    row = {
        **record.article.model_dump(include={"id", "title", "source", "url", "date"}),
        "text": record.article.text,
        "sentences": [[*offsets] for offsets in numbered],
    }
    score = mean_confidence([*record.mentions, *record.commitments])
    return Task(gold_of(row, raw_of(record, numbered)), row, score)


def mean_confidence(parts: Iterable[_Scored]) -> float:
    """The mean confidence, of commitments that of their rows, to three decimals; 0 if there are no parts."""
    rows = ((getattr(part, "row_confidence", None), part.confidence) for part in parts)
    found = [own if row is None else row for row, own in rows]
    return round(sum(found) / len(found), 3) if found else 0.0


def raw_of(record: Record, numbered: Sequence[Offsets]) -> dict[str, Any]:
    """The gold JSON of a record; `numbered`: the offsets of its sentences, by number."""
    starts = [start for start, _ in numbered]

    def number(offset: int) -> int:
        """Of the last sentence that starts at or before the offset."""
        return max(bisect_right(starts, offset) - 1, 0)

    texts = {m.id: m.text for m in record.mentions}
    mentions = sorted(record.mentions, key=lambda m: (m.start, m.end))
    ends = {m.id: f"{m.label}:{m.text}" for m in record.mentions}
    return {
        "id": record.article.id,
        "sentence_fixes": [],
        "mentions": [[number(m.start), m.label, m.text] for m in mentions],
        "actors": [_actor(actor, texts) for actor in record.actors],
        "projects": [_project(project, texts) for project in record.projects],
        "relations": [
            [ends.get(r.subject, r.subject), r.type, ends.get(r.object, r.object), number(r.evidence.start)]
            for r in record.relations
        ],
        "commitments": [_commitment(number, commitment) for commitment in record.commitments],
        "sectors": [sector.code for sector in record.sectors],
    }


def _surface(entity: Actor | Project, texts: dict[str, str]) -> list[str]:
    mentioned = (texts[name] for name in entity.mentions if name in texts)
    return list(dict.fromkeys([entity.name, *entity.aliases, *mentioned]))


def _actor(actor: Actor, texts: dict[str, str]) -> dict[str, Any]:
    fields = actor.model_dump(include={"name", "kind", "country", "role"})
    return {"key": actor.id, **fields, "surface": _surface(actor, texts)}


def _project(project: Project, texts: dict[str, str]) -> dict[str, Any]:
    sectors = [sector.code for sector in project.sectors]
    fields = {"key": project.id, "name": project.name, "programme": project.programme, "sectors": sectors}
    return {**fields, "countries": project.countries, "surface": _surface(project, texts)}


def _commitment(number: Callable[[int], int], found: Commitment) -> dict[str, Any]:
    sent = number(found.trigger.start)
    others = dict.fromkeys(number(evidence.start) for evidence in found.evidence)
    amounts = [amount for amount in found.amounts if amount.value is not None]
    return {
        "key": found.id,
        "sent": sent,
        "also": [other for other in others if other != sent],
        "trigger": found.trigger.text,
        **found.model_dump(by_alias=True, include={"kind", "status", "by", "with_", "to", "projects"}),
        "amounts": [{"text": a.text, "value": a.value, "currency": a.currency} for a in amounts],
        "dates": [{"text": d.text, "iso": d.iso} for d in found.dates],
        "sectors": found.sectors,
        "attributed_to": found.attributed_to,
        **({"negated": True} if found.negated else {}),
    }
