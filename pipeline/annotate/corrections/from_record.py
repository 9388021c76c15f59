"""A record as gold, for people to correct: what is said of it by number and offset is said by sentence and words.

Hard because gold has no place for doubt: confidence goes into one score of the article, and amounts and dates whose
value nobody knows are left to the mentions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pipeline.annotate.corrections.keep import gold_of
from pipeline.annotate.formats.task import Task
from pipeline.corpus.gold import Offsets
from pipeline.record import Actor, Commitment, Project, Record


def task_of_record(record: Record) -> Task:
    """The task of a record; its score is the mean confidence of mentions and commitments, 0 where there are none."""
    told = record.article.model_dump(include={"id", "title", "source", "url", "date"})
    numbered = [(s.start, s.end) for s in record.sentences]
    row = {**told, "text": record.article.text, "sentences": [list(place) for place in numbered]}
    found = [*(mention.confidence for mention in record.mentions), *(c.confidence for c in record.commitments)]
    return Task(gold_of(row, raw_of(record, numbered)), row, round(sum(found) / len(found), 3) if found else 0.0)


def raw_of(record: Record, numbered: Sequence[Offsets]) -> dict[str, Any]:
    """The gold JSON of a record, whose sentences are numbered as in `numbered`, their offsets."""
    number = partial(_number, [start for start, _ in numbered])
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


def _number(starts: list[int], offset: int) -> int:
    """The number of the sentence that begins at the offset, or is the last to begin before it."""
    return max(bisect_right(starts, offset) - 1, 0)


def _surface(entity: Actor | Project, texts: dict[str, str]) -> list[str]:
    return list(
        dict.fromkeys([entity.name, *entity.aliases, *(texts[name] for name in entity.mentions if name in texts)])
    )


def _actor(actor: Actor, texts: dict[str, str]) -> dict[str, Any]:
    told = {"key": actor.id, "name": actor.name, "kind": actor.kind, "country": actor.country, "role": actor.role}
    return {**told, "surface": _surface(actor, texts)}


def _project(project: Project, texts: dict[str, str]) -> dict[str, Any]:
    sectors = [sector.code for sector in project.sectors]
    told = {"key": project.id, "name": project.name, "programme": project.programme, "sectors": sectors}
    return {**told, "countries": project.countries, "surface": _surface(project, texts)}


def _commitment(number: Callable[[int], int], found: Commitment) -> dict[str, Any]:
    sent = number(found.trigger.start)
    others = dict.fromkeys(number(evidence.start) for evidence in found.evidence)
    told = found.model_dump(by_alias=True, include={"kind", "status", "by", "with_", "to", "projects"})
    amounts = [amount for amount in found.amounts if amount.value is not None]
    return {
        "key": found.id,
        "sent": sent,
        "also": [other for other in others if other != sent],
        "trigger": found.trigger.text,
        **told,
        "amounts": [{"text": a.text, "value": a.value, "currency": a.currency} for a in amounts],
        "dates": [{"text": d.text, "iso": d.iso} for d in found.dates],
        "sectors": found.sectors,
        "attributed_to": found.attributed_to,
        **({"negated": True} if found.negated else {}),
    }
