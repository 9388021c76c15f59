"""Ids for everything in a record that a reviewer can accept, change or remove.

Mentions, actors, projects and commitments have their own ("m3"). The id of a relation is its ends ("a1 funds p2"), that
of a value in a slot of a commitment is the slot and the value ("c4 by a1", "c4 sectors 210", "c4 amounts 120:132" for
quoted characters), and that of the article itself is `ARTICLE`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any

from pipeline.gold.check import ARTICLE
from pipeline.record import Actor, Commitment, Mention, Project, Quote, Record, Relation

ACTORS, PROJECTS, SECTORS, AMOUNTS, DATES = "actors", "projects", "sectors", "amounts", "dates"
SLOTS: Mapping[str, str] = {  # of a commitment, and what they hold
    "by": ACTORS,
    "with": ACTORS,
    "to": ACTORS,
    "projects": PROJECTS,
    "amounts": AMOUNTS,
    "dates": DATES,
    "sectors": SECTORS,
    "attributed_to": ACTORS,
}


def relation_id(relation: Relation) -> str:
    return f"{relation.subject} {relation.type} {relation.object}"


def slot_id(commitment: str, slot: str, value: Any) -> str:
    return f"{commitment} {slot} {f'{value.start}:{value.end}' if isinstance(value, Quote) else value}"


def in_slot(commitment: Commitment, slot: str) -> list[Any]:
    """The values in a slot: ids, codes, amounts or dates."""
    value = getattr(commitment, field_of(slot))
    return value if isinstance(value, list) else [value] if value is not None else []


def field_of(slot: str) -> str:
    return "with_" if slot == "with" else slot


def as_field(slot: str, values: list[Any]) -> Any:
    """The values as the field of a slot holds them: a list, or the only one."""
    return next(iter(values), None) if slot == "attributed_to" else values


def slot_ids(commitment: Commitment) -> Iterator[tuple[str, str, Any]]:
    """Id, slot and value of everything in the slots of a commitment."""
    for slot in SLOTS:
        for value in in_slot(commitment, slot):
            yield slot_id(commitment.id, slot, value), slot, value


def named(record: Record) -> list[Mention | Actor | Project | Commitment]:
    """The parts that have their own id."""
    return [*record.mentions, *record.actors, *record.projects, *record.commitments]


def ids_of(record: Record) -> set[str]:
    """Every id of a record."""
    found = {ARTICLE, *(part.id for part in named(record)), *map(relation_id, record.relations)}
    return found.union(*({name for name, _, _ in slot_ids(commitment)} for commitment in record.commitments))


def new_id(letter: str, used: Collection[str]) -> str:
    """`letter` and the next number after the highest one used with it."""
    numbers = (re.fullmatch(rf"{letter}([0-9]{{1,9}})", name) for name in used)
    first = max((int(match[1]) for match in numbers if match), default=0) + 1
    return next(name for name in (f"{letter}{n}" for n in count(first)) if name not in used)
