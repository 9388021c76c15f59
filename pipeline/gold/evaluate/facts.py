"""The facts of a record that scoring compares: offsets, normalized names and sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
    texts = {mention.id: mention.text for mention in record.mentions}
    marks = {(s.start, s.end): s.boilerplate for s in record.sentences}

    def end(one: str) -> str:
        """The id of an entity, else the words of a mention, or of what is no mention."""
        words = texts.get(one) or one.partition(":")[2]
        return TEXT + key(words) if words else one

    return Facts(
        id=record.article.id,
        text=record.article.text,
        sentences=frozenset(marks),
        mentions=_strongest(((m.start, m.end, m.label), m.confidence) for m in record.mentions),
        actors=[_entity(actor, texts) for actor in record.actors],
        projects=[_entity(project, texts) for project in record.projects],
        relations=_strongest(((end(r.subject), r.type, end(r.object)), r.confidence) for r in record.relations),
        commitments=[_commitment(commitment) for commitment in record.commitments],
        sectors=frozenset(sector.code for sector in record.sectors),
        boilerplate=None if None in marks.values() else frozenset(s for s, marked in marks.items() if marked),
        has_flows=has_flows(record),
    )


def amount_slot(value: float | None, currency: str | None) -> str:
    """An amount as it is compared, to nine digits; "" where the value is unknown."""
    return "" if value is None else f"{value:.9g} {currency or '?'}"


def _strongest[T](pairs: Iterable[tuple[T, float]]) -> dict[T, float]:
    """Each with its highest confidence."""
    found: dict[T, float] = {}
    for one, confidence in pairs:
        found[one] = max(confidence, found.get(one, 0.0))
    return found


def _entity(entity: Actor | Project, texts: dict[str, str]) -> EntityFacts:
    names = [entity.name, *entity.aliases, *(texts[m] for m in entity.mentions if m in texts)]
    facts = EntityFacts(
        id=entity.id,
        name=entity.name,
        names=frozenset(key(name) for name in names) - {""},
        confidence=entity.confidence,
    )
    if isinstance(entity, Actor):
        return replace(facts, kind=entity.kind, country=entity.country, role=key(entity.role or ""))
    codes = frozenset(sector.code for sector in entity.sectors)
    return replace(facts, sectors=codes, countries=frozenset(entity.countries))


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
