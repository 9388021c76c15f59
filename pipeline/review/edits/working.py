"""The ids of what a reviewer can change, and an editable copy of a record."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from pipeline.errors import CorridorError
from pipeline.gold.check import ARTICLE
from pipeline.record import Actor, Commitment, Mention, Project, Quote, Record, Relation, Sector
from pipeline.review.accepted.decisions import Decision

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


METHOD, SURE = "reviewed", 1.0  # method and confidence of what a person decided
SLOT = "slot"
Table = Literal["mentions", "actors", "projects", "relations", "commitments"]
TABLES: tuple[Table, ...] = ("mentions", "actors", "projects", "relations", "commitments")


class Refused(CorridorError):
    """An operation that cannot be done; the message is for the reviewer."""


class InSlot(NamedTuple):
    """A value in a slot of a commitment."""

    commitment: str
    slot: str
    value: Any


class Signature(NamedTuple):
    """Who decides, and when (ISO 8601)."""

    by: str | None = None
    at: str | None = None


class Verdict(NamedTuple):
    """A decision on a commitment; None where it is `reopened`, which then says why."""

    decision: Decision | None
    signature: Signature
    reopened: str | None = None


UNSIGNED = Signature()


def changed[T: BaseModel](part: T, **fields: Any) -> T:
    """A validated copy with other fields."""
    return type(part).model_validate(dict(part) | fields)


@dataclass
class Working:
    """`accepted`: ids of everything that the reviewer accepted, changed or added; `verdicts`: by commitment."""

    record: Record
    mentions: dict[str, Mention]
    actors: dict[str, Actor]
    projects: dict[str, Project]
    relations: dict[str, Relation]
    commitments: dict[str, Commitment]
    sectors: list[Sector]
    accepted: set[str] = field(default_factory=set)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    signature: Signature = UNSIGNED

    def kind_of(self, name: str) -> str:
        """The table that holds an id, `ARTICLE`, or "slot by" and so on. Raises Refused if there is no such id."""
        if name == ARTICLE:
            return ARTICLE
        found = next((table for table in TABLES if name in getattr(self, table)), None)
        return found or f"{SLOT} {self.in_slot(name).slot}"

    def require(self, name: str, *tables: Table) -> str:
        """The id, if one of the tables holds it. Raises Refused otherwise."""
        if not any(name in getattr(self, table) for table in tables):
            raise Refused(f"{name!r} is not among the {' or '.join(tables)}")
        return name

    def in_slot(self, name: str) -> InSlot:
        for commitment in self.commitments.values():
            for known, slot, value in slot_ids(commitment):
                if known == name:
                    return InSlot(commitment.id, slot, value)
        raise Refused(f"there is no {name!r}")

    def entity(self, name: str) -> Actor | Project:
        return self.actors[name] if name in self.actors else self.projects[self.require(name, "actors", "projects")]

    def put_entity(self, entity: Actor | Project) -> None:
        """Stores an entity, with the words of its mentions among its names."""
        words = (self.mentions[mention].text for mention in entity.mentions)
        aliases = [alias for alias in dict.fromkeys([*entity.aliases, *words]) if alias != entity.name]
        entity = changed(entity, aliases=aliases)
        if isinstance(entity, Actor):
            self.actors[entity.id] = entity
        else:
            self.projects[entity.id] = entity

    def new_id(self, letter: str) -> str:
        return new_id(letter, {name for table in TABLES for name in getattr(self, table)})

    def link(self, name: str, entity: str | None) -> None:
        """Sets the entity of a mention. Words leave the aliases of an entity with their last mention."""
        mention = self.mentions[name]
        if mention.entity is not None:
            self._unlink(mention)
        self.mentions[name] = changed(mention, entity=entity)
        if entity is not None:
            known = self.entity(entity)
            self.put_entity(changed(known, mentions=self.in_order([*known.mentions, name])))

    def _unlink(self, mention: Mention) -> None:
        known = self.entity(mention.entity or "")
        left = [other for other in known.mentions if other != mention.id]
        words = {self.mentions[other].text for other in left}
        aliases = [alias for alias in known.aliases if alias != mention.text or alias in words]
        self.put_entity(changed(known, mentions=left, aliases=aliases))

    def in_order(self, mentions: list[str]) -> list[str]:
        """Ids of mentions, each once, in the order of the text."""
        return sorted(dict.fromkeys(mentions), key=lambda name: self.mentions[name].start)

    def rename(self, old: str, new: str) -> None:
        """Makes the new id accepted if the old one was."""
        if old in self.accepted:
            self.accepted.add(new)


def opened(record: Record, accepted: frozenset[str], verdicts: Mapping[str, Verdict], signature: Signature) -> Working:
    return Working(
        record,
        {mention.id: mention for mention in record.mentions},
        {actor.id: actor for actor in record.actors},
        {project.id: project for project in record.projects},
        {relation_id(relation): relation for relation in record.relations},
        {commitment.id: commitment for commitment in record.commitments},
        record.sectors,
        set(accepted),
        dict(verdicts),
        signature,
    )


def closed(work: Working) -> Record:
    """The record with all changes; mentions in the order of the text."""
    parts: dict[str, Any] = {table: list(getattr(work, table).values()) for table in TABLES}
    parts["mentions"].sort(key=lambda mention: (mention.start, mention.end))
    return work.record.model_copy(update={**parts, "sectors": work.sectors})
