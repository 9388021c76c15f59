"""An editable copy of a record, and the ids of all that a reviewer can accept, change or remove in it.

Mentions, actors, projects and commitments have their own ("m3"). The id of a relation is its ends ("a1 funds p2"), that
of a value in a slot of a commitment is the slot and the value ("c4 by a1", "c4 sectors 210", "c4 amounts 120:132" for
quoted characters), and that of the article itself is `ARTICLE`.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, NamedTuple, get_args

from pydantic import BaseModel

from pipeline.errors import CorridorError
from pipeline.gold.check import ARTICLE
from pipeline.record import Actor, Commitment, Evidence, Mention, Project, Quote, Record, Relation
from pipeline.review.accepted.decisions import REJECTED, Decision, entities

SURE = 1.0  # confidence of what a person decided
SLOTS: Mapping[str, str] = {  # of a commitment, and what they hold
    "by": "actors",
    "with": "actors",
    "to": "actors",
    "projects": "projects",
    "amounts": "amounts",
    "dates": "dates",
    "sectors": "sectors",
    "attributed_to": "actors",
}
ENTITY_SLOTS = [slot for slot, holds in SLOTS.items() if holds in ("actors", "projects")]
Table = Literal["mentions", "actors", "projects", "relations", "commitments"]
TABLES: tuple[Table, ...] = get_args(Table)


class Refused(CorridorError):
    """An operation that cannot be done; the message is for the reviewer."""


class Signature(NamedTuple):
    """Who decides, and when (ISO 8601)."""

    by: str | None = None
    at: str | None = None


UNSIGNED = Signature()


class Verdict(NamedTuple):
    """A decision on a commitment, who made it and when; None where it is `reopened`, which then says why."""

    decision: Decision | None
    by: str | None = None
    at: str | None = None
    reopened: str | None = None
    agreement: float | None = None  # the --accept-at by which it was accepted, if no person did


@dataclass(frozen=True)
class State:
    """`accepted`: ids of everything that the reviewer accepted, changed or added; `verdicts`: by commitment."""

    record: Record
    accepted: frozenset[str] = frozenset()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def kept(self) -> Record:
        """The record without the commitments that were rejected."""
        left = [one for one in self.record.commitments if self.decision(one.id) != REJECTED]
        return self.record.model_copy(update={"commitments": left})

    def decision(self, name: str) -> Decision | None:
        verdict = self.verdicts.get(name)
        return verdict and verdict.decision


def changed[T: BaseModel](part: T, **fields: Any) -> T:
    """A validated copy with other fields."""
    return type(part).model_validate(dict(part) | fields)


def relation_id(relation: Relation) -> str:
    return f"{relation.subject} {relation.type} {relation.object}"


def slot_id(commitment: str, slot: str, value: Any) -> str:
    return f"{commitment} {slot} {f'{value.start}:{value.end}' if isinstance(value, Quote) else value}"


def in_slot(commitment: Commitment, slot: str) -> list[Any]:
    """The values in a slot: ids, codes, amounts or dates."""
    value = getattr(commitment, _field(slot))
    return value if isinstance(value, list) else [value] if value is not None else []


def with_slots(commitment: Commitment, slots: Mapping[str, list[Any]], **fields: Any) -> Commitment:
    """The commitment with other values in some slots, and other fields."""
    single = {slot: next(iter(slots[slot]), None) for slot in slots if slot == "attributed_to"}
    return changed(commitment, **{_field(slot): values for slot, values in slots.items()} | single | fields)


def _field(slot: str) -> str:
    return "with_" if slot == "with" else slot


def slot_ids(commitment: Commitment) -> Iterator[tuple[str, str, Any]]:
    """Id, slot and value of everything in the slots of a commitment."""
    for slot in SLOTS:
        for value in in_slot(commitment, slot):
            yield slot_id(commitment.id, slot, value), slot, value


def ends_of(commitment: Commitment) -> set[str]:
    """The ids of all actors and projects of a commitment, those of its flow too."""
    flow = commitment.flow
    found = {name for slot in ENTITY_SLOTS for name in in_slot(commitment, slot)}
    return found.union(flow.provider, flow.recipient) if flow else found


def with_ends(commitment: Commitment, change: Callable[[list[str]], list[str]]) -> Commitment:
    """The commitment with other actors and projects: `change` is called with the ids in each slot."""
    flow = commitment.flow
    other = flow and changed(flow, provider=change(flow.provider), recipient=change(flow.recipient))
    return with_slots(commitment, {slot: change(in_slot(commitment, slot)) for slot in ENTITY_SLOTS}, flow=other)


def parts_of(record: Record) -> list[Mention | Actor | Project | Commitment]:
    """The parts that have their own id."""
    return [*record.mentions, *entities(record), *record.commitments]


def part_of(record: Record, name: str) -> Any:
    return next(part for part in parts_of(record) if part.id == name)


def ids_of(record: Record) -> set[str]:
    """Every id of a record."""
    found = {ARTICLE, *(part.id for part in parts_of(record)), *map(relation_id, record.relations)}
    return found.union(*({name for name, _, _ in slot_ids(commitment)} for commitment in record.commitments))


def rests_on(record: Record, commitment: Commitment) -> set[str]:
    """The ids of a commitment, its slots, and the actors, projects and mentions of its row.

    These are the mentions of its trigger, amounts and dates, and those of each actor and project in its sentences; of
    one that its sentences do not mention the first.
    """
    found = {commitment.id, *(name for name, _, _ in slot_ids(commitment))}
    trigger, values = commitment.trigger, {(v.start, v.end) for v in (*commitment.amounts, *commitment.dates)}
    for mention in record.mentions:
        if (mention.start, mention.end) in values or (mention.start < trigger.end and trigger.start < mention.end):
            found.add(mention.id)
    sentences, ends = {evidence.sentence for evidence in commitment.evidence}, ends_of(commitment)
    for name in (entity.id for entity in entities(record) if entity.id in ends):
        own = [mention for mention in record.mentions if mention.entity == name]
        near = [mention for mention in own if mention.sentence in sentences]
        found |= {name, *(mention.id for mention in near or own[:1])}
    return found


def only(record: Record, commitments: list[Commitment], kept: Collection[str]) -> Record:
    """A record with some commitments, mentions, actors and projects, and the relations between those."""
    mentions = [m for m in record.mentions if m.id in kept]

    def within[T: (Actor, Project)](entities: list[T]) -> list[T]:
        left = [entity for entity in entities if entity.id in kept]
        return [e.model_copy(update={"mentions": [name for name in e.mentions if name in kept]}) for e in left]

    return record.model_copy(
        update={
            "mentions": [m.model_copy(update={"entity": m.entity if m.entity in kept else None}) for m in mentions],
            "actors": within(record.actors),
            "projects": within(record.projects),
            "relations": [r for r in record.relations if r.subject in kept and r.object in kept],
            "commitments": commitments,
        }
    )


def without(record: Record, gone: Collection[str]) -> Record:
    """A record without some of its commitments, and without what only these rest on."""
    used = {one.id: rests_on(record, one) for one in record.commitments}
    left = [one for one in record.commitments if one.id not in gone]
    unused = set[str]().union(*(used[name] for name in used if name in gone)).difference(*(used[c.id] for c in left))
    return only(record, left, ids_of(record) - unused)


class Working:
    """A state under change, by a reviewer with a signature.

    Records are frozen, and their parts refer to each other: both sides of a link are changed here at once.
    """

    def __init__(self, state: State, signature: Signature = UNSIGNED) -> None:
        self.record, self.signature, self.sectors = state.record, signature, state.record.sectors
        self.accepted, self.verdicts = set(state.accepted), dict(state.verdicts)
        self.mentions: dict[str, Mention] = {mention.id: mention for mention in state.record.mentions}
        self.actors: dict[str, Actor] = {actor.id: actor for actor in state.record.actors}
        self.projects: dict[str, Project] = {project.id: project for project in state.record.projects}
        self.relations: dict[str, Relation] = {relation_id(one): one for one in state.record.relations}
        self.commitments: dict[str, Commitment] = {one.id: one for one in state.record.commitments}

    def closed(self) -> Record:
        """The record with all changes; mentions in the order of the text."""
        parts: dict[str, Any] = {table: list(getattr(self, table).values()) for table in TABLES}
        parts["mentions"].sort(key=lambda mention: (mention.start, mention.end))
        return self.record.model_copy(update={**parts, "sectors": self.sectors})

    def kind_of(self, name: str) -> str:
        """The table that holds an id, `ARTICLE`, or "slot by" and so on. Raises Refused if there is no such id."""
        if name == ARTICLE:
            return ARTICLE
        table = next((table for table in TABLES if name in getattr(self, table)), None)
        return table or f"slot {self.in_slot(name)[1]}"

    def require(self, name: str, *tables: Table) -> str:
        """The id, if one of the tables holds it. Raises Refused otherwise."""
        if not any(name in getattr(self, table) for table in tables):
            raise Refused(f"{name!r} is not among the {' or '.join(tables)}")
        return name

    def in_slot(self, name: str) -> tuple[str, str, Any]:
        """The commitment, the slot and the value of an id. Raises Refused if there is no such id."""
        for commitment in self.commitments.values():
            for known, slot, value in slot_ids(commitment):
                if known == name:
                    return commitment.id, slot, value
        raise Refused(f"there is no {name!r}")

    def entity(self, name: str) -> Actor | Project:
        return self.actors[name] if name in self.actors else self.projects[self.require(name, "actors", "projects")]

    def put_entity(self, entity: Actor | Project) -> None:
        """Stores an entity, with the words of its mentions among its names."""
        words = (self.mentions[mention].text for mention in entity.mentions)
        aliases = [alias for alias in dict.fromkeys([*entity.aliases, *words]) if alias != entity.name]
        table: dict[str, Any] = self.actors if isinstance(entity, Actor) else self.projects
        table[entity.id] = changed(entity, aliases=aliases)

    def new_id(self, letter: str) -> str:
        """`letter` and the next number after the highest one used with it."""
        used = {name for table in TABLES for name in getattr(self, table)}
        numbers = (re.fullmatch(rf"{letter}([0-9]{{1,9}})", name) for name in used)
        first = max((int(match[1]) for match in numbers if match), default=0) + 1
        return next(name for name in (f"{letter}{n}" for n in count(first)) if name not in used)

    def link(self, name: str, entity: str | None) -> None:
        """Sets the entity of a mention. Words leave the aliases of an entity with their last mention."""
        mention = self.mentions[name]
        if mention.entity is not None:
            known = self.entity(mention.entity)
            left = [other for other in known.mentions if other != name]
            words = {self.mentions[other].text for other in left}
            aliases = [alias for alias in known.aliases if alias != mention.text or alias in words]
            self.put_entity(changed(known, mentions=left, aliases=aliases))
        self.mentions[name] = changed(mention, entity=entity)
        if entity is not None:
            known = self.entity(entity)
            self.put_entity(changed(known, mentions=self.in_order([*known.mentions, name])))

    def in_order(self, mentions: list[str]) -> list[str]:
        """Ids of mentions, each once, in the order of the text."""
        return sorted(dict.fromkeys(mentions), key=lambda name: self.mentions[name].start)

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence at an offset. Raises Refused if the record has no sentences."""
        if not self.record.sentences:
            raise Refused("the article has no sentences")
        return max((n for n, one in enumerate(self.record.sentences) if one.start <= offset), default=0)

    def evidence(self, number: int) -> Evidence:
        """A sentence as evidence. Raises Refused if there is none of this number."""
        if number >= len(self.record.sentences):
            raise Refused(f"there is no sentence {number}")
        sentence = self.record.sentences[number]
        return Evidence(sentence=number, start=sentence.start, end=sentence.end)

    def quote(self, start: int, end: int) -> Quote:
        """The words between two offsets in one sentence, without white space at the ends. Raises Refused otherwise."""
        text = self.record.article.text
        if not 0 <= start < end <= len(text):
            raise Refused(f"{start} to {end} is not inside the text of {len(text)} characters")
        words = text[start:end]
        if words.isspace():
            raise Refused(f"there is only white space at {start}")
        start += len(words) - len(words.lstrip())
        end = start + len(words.strip())
        sentence = self.record.sentences[self.sentence_at(start)]
        if start < sentence.start or end > sentence.end:
            raise Refused(f"{text[start:end]!r} at {start} is not inside one sentence; mark each piece")
        return Quote(text=text[start:end], start=start, end=end)
