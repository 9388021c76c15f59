"""The facts of a record that scoring compares: offsets, normalized names and sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.gold.check import has_flows
from pipeline.gold.importer import Offsets
from pipeline.record import Actor, Commitment, Project, Record
from pipeline.values.gazetteer.names import key

Labelled = tuple[int, int, str]  # start, end, label
Triple = tuple[str, str, str]  # subject, type, object: entity ids, or TEXT + normalized text for ends without an id
Slot = tuple[str, str]  # by, with, to, project: an entity id; amount: "4e+09 USD"; date: ISO

TEXT = "text:"


@dataclass(frozen=True)
class EntityFacts:
    """An actor or a project. `names` and `role` are normalized; `role` is "" where there is none."""

    id: str
    name: str
    names: frozenset[str]
    kind: str | None = None
    country: str | None = None
    role: str = ""
    sectors: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    confidence: float = 1.0


@dataclass(frozen=True)
class FlowFacts:
    """The flow of money of a commitment. `provider`, `recipient`: ids of actors."""

    instrument: str
    provider: frozenset[str]
    recipient: frozenset[str]


@dataclass(frozen=True)
class CommitmentFacts:
    """`name`: the trigger as quoted; `words`: its words; `spans`: the sentences that state it, in characters."""

    id: str
    name: str
    kind: str
    status: str
    words: frozenset[str]
    spans: tuple[Offsets, ...]
    slots: frozenset[Slot]
    attributed_to: str = ""  # the id of an actor
    negated: bool = False
    flow: FlowFacts | None = None
    confidence: float = 1.0


@dataclass(frozen=True)
class Facts:
    """All that is compared of an article. The values of `mentions` and `relations` are confidences.

    `boilerplate`: the sentences marked as such, None where none can be marked; `has_flows`: whether flows are given.
    """

    id: str
    text: str
    sentences: frozenset[Offsets]
    mentions: dict[Labelled, float]
    actors: list[EntityFacts]
    projects: list[EntityFacts]
    relations: dict[Triple, float]
    commitments: list[CommitmentFacts]
    sectors: frozenset[str]
    boilerplate: frozenset[Offsets] | None = None
    has_flows: bool = False


def nothing_of(facts: Facts) -> Facts:
    """Empty facts about the same article."""
    return Facts(facts.id, facts.text, frozenset(), {}, [], [], {}, [], frozenset())


def facts_of(record: Record) -> Facts:
    """The facts of a record, predicted or written by a person."""
    relations: dict[Triple, float] = {}
    ends = {mention.id: TEXT + key(mention.text) for mention in record.mentions}
    for found in record.relations:
        one, other = (ends.get(end) or _end(end) for end in (found.subject, found.object))
        triple = one, found.type, other
        relations[triple] = max(found.confidence, relations.get(triple, 0.0))
    texts = {mention.id: mention.text for mention in record.mentions}
    marks = {(s.start, s.end): s.boilerplate for s in record.sentences}
    return Facts(
        id=record.article.id,
        text=record.article.text,
        sentences=frozenset(marks),
        mentions=_mentions(record),
        actors=[_actor(actor, texts) for actor in record.actors],
        projects=[_project(project, texts) for project in record.projects],
        relations=relations,
        commitments=[_commitment(commitment) for commitment in record.commitments],
        sectors=frozenset(sector.code for sector in record.sectors),
        boilerplate=None if None in marks.values() else frozenset(s for s, marked in marks.items() if marked),
        has_flows=has_flows(record),
    )


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(key(name) for name in names) - {""}


def _end(end: str) -> str:
    """The id of an entity, or the words of an end that is no mention."""
    _, colon, text = end.partition(":")
    return TEXT + key(text) if colon else end


def amount_slot(value: float | None, currency: str | None) -> str:
    """An amount as it is compared, to nine digits; "" where the value is unknown."""
    return "" if value is None else f"{value:.9g} {currency or '?'}"


def _mentions(record: Record) -> dict[Labelled, float]:
    """The mentions of a record, each with its highest confidence."""
    found: dict[Labelled, float] = {}
    for mention in record.mentions:
        labelled = (mention.start, mention.end, mention.label)
        found[labelled] = max(mention.confidence, found.get(labelled, 0.0))
    return found


def _known_names(entity: Actor | Project, texts: dict[str, str]) -> frozenset[str]:
    return _names([entity.name, *entity.aliases, *(texts[m] for m in entity.mentions if m in texts)])


def _actor(actor: Actor, texts: dict[str, str]) -> EntityFacts:
    return EntityFacts(
        id=actor.id,
        name=actor.name,
        names=_known_names(actor, texts),
        kind=actor.kind,
        country=actor.country,
        role=key(actor.role or ""),
        confidence=actor.confidence,
    )


def _project(project: Project, texts: dict[str, str]) -> EntityFacts:
    return EntityFacts(
        id=project.id,
        name=project.name,
        names=_known_names(project, texts),
        sectors=frozenset(sector.code for sector in project.sectors),
        countries=frozenset(project.countries),
        confidence=project.confidence,
    )


def _commitment(found: Commitment) -> CommitmentFacts:
    slots = [(role, end) for role, ids in (("by", found.by), ("with", found.with_), ("to", found.to)) for end in ids]
    slots += [("project", end) for end in found.projects]
    slots += [("amount", amount_slot(amount.value, amount.currency)) for amount in found.amounts]
    slots += [("date", date.iso or "") for date in found.dates]
    flow = found.flow
    return CommitmentFacts(
        id=found.id,
        name=found.trigger.text,
        kind=found.kind,
        status=found.status,
        words=frozenset(key(found.trigger.text).split()),
        spans=tuple((evidence.start, evidence.end) for evidence in found.evidence),
        slots=frozenset((role, value) for role, value in slots if value),
        attributed_to=found.attributed_to or "",
        negated=found.negated,
        flow=FlowFacts(flow.instrument, frozenset(flow.provider), frozenset(flow.recipient)) if flow else None,
        confidence=found.confidence,
    )
