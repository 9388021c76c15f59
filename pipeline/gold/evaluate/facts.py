"""The facts of a record that scoring compares (offsets, normalized names, sets), and which of gold they match.

Found actors, projects and commitments are matched with those of gold one to one, greedily, the best pairs first. A pair
is ranked by what both sides share. Equal ranks go by order of appearance, so the same input gives the same match.
"""

from collections.abc import Callable, Iterable, Sequence
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


def _strongest[T](pairs: Iterable[tuple[T, float]]) -> dict[T, float]:
    """Each with its highest confidence."""
    found: dict[T, float] = {}
    for one, confidence in pairs:
        found[one] = max(confidence, found.get(one, 0.0))
    return found


def _entity(entity: Actor | Project, texts: dict[str, str]) -> EntityFacts:
    names = [entity.name, *entity.aliases, *(texts[m] for m in entity.mentions if m in texts)]
    known = frozenset(map(key, names)) - {""}
    facts = EntityFacts(entity.id, entity.name, known, confidence=entity.confidence)
    if isinstance(entity, Actor):
        return replace(facts, kind=entity.kind, country=entity.country, role=key(entity.role or ""))
    codes = frozenset(sector.code for sector in entity.sectors)
    return replace(facts, sectors=codes, countries=frozenset(entity.countries))


def _commitment(found: Commitment) -> CommitmentFacts:
    slots = [(role, end) for role, ids in (("by", found.by), ("with", found.with_), ("to", found.to)) for end in ids]
    slots += [("project", end) for end in found.projects]
    slots += [("amount", f"{a.value:.9g} {a.currency or '?'}") for a in found.amounts if a.value is not None]
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


Rank = tuple[float, ...]
Pairs = list[tuple[int, int]]  # position in gold, position in found

UNMATCHED = "?"  # before the id of a found entity that matches no gold entity
_IN_SLOTS = frozenset({"by", "with", "to", "project"})  # slots that hold an entity
_SHORTEST_CONTAINED = 4  # characters of a name that may count by containment


@dataclass(frozen=True)
class Matched:
    """Both sides and the pairs between them; relations and commitments of `found` have the ids of gold entities.

    An entity without a match there is `UNMATCHED` + its id. `ids`: by the id of a found entity that of gold's.
    """

    gold: Facts
    found: Facts
    actors: Pairs
    projects: Pairs
    commitments: Pairs
    ids: dict[str, str]

    @property
    def likeliest(self) -> list[int | None]:
        """For each commitment found the one of gold that it states best, which others may state too; None without."""
        stated = self.gold.commitments
        ranked = [[(_commitment_rank(one, f), -g) for g, one in enumerate(stated)] for f in self.found.commitments]
        best = [max(((rank, g) for rank, g in ranks if rank is not None), default=None) for ranks in ranked]
        return [None if one is None else -one[1] for one in best]


def match(gold: Facts, found: Facts) -> Matched:
    """All matches of one article."""
    actors = greedy(gold.actors, found.actors, _entity_rank)
    projects = greedy(gold.projects, found.projects, _entity_rank)
    ids = {found.actors[f].id: gold.actors[g].id for g, f in actors}
    ids |= {found.projects[f].id: gold.projects[g].id for g, f in projects}
    found = _in_ids_of_gold(found, ids)
    return Matched(gold, found, actors, projects, greedy(gold.commitments, found.commitments, _commitment_rank), ids)


def greedy[T](gold: Sequence[T], found: Sequence[T], rank: Callable[[T, T], Rank | None]) -> Pairs:
    """One-to-one pairs of positions, highest rank first, in order of appearance among equals; None forbids a pair."""
    ranked = []
    for g, one in enumerate(gold):
        for f, other in enumerate(found):
            value = rank(one, other)
            if value is not None:
                ranked.append((tuple(-part for part in value), g, f))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, g, f in sorted(ranked):
        if g not in pairs and f not in taken:
            pairs[g] = f
            taken.add(f)
    return sorted(pairs.items())


def overlapping(gold: Sequence[Labelled], found: Sequence[Labelled]) -> Pairs:
    """Pairs of mentions with the same label that share a character, the widest overlap first."""

    def rank(one: Labelled, other: Labelled) -> Rank | None:
        shared = overlap(one[:2], other[:2])
        return (shared,) if shared > 0 and one[2] == other[2] else None

    return greedy(gold, found, rank)


def shared_names(one: frozenset[str], other: frozenset[str]) -> float:
    """The number of shared names; a name that contains one of the other side, or is contained in one, is a half."""
    halves = sum(any(_contains(a, b) for b in other) for a in one - other)
    return len(one & other) + halves / 2


def _contains(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_CONTAINED and shorter in longer


def _entity_rank(gold: EntityFacts, found: EntityFacts) -> Rank | None:
    shared = shared_names(gold.names, found.names)
    return (shared,) if shared else None


def overlap(one: Offsets, other: Offsets) -> int:
    """The number of characters that two spans share; 0 or less where they share none."""
    return min(one[1], other[1]) - max(one[0], other[0])


def _commitment_rank(gold: CommitmentFacts, found: CommitmentFacts) -> Rank | None:
    if not any(overlap(a, b) > 0 for a in gold.spans for b in found.spans):
        return None
    shared = [role for role, _ in gold.slots & found.slots]
    words = len(gold.words & found.words)
    return gold.kind == found.kind, gold.status == found.status, words, shared.count("by"), shared.count("amount")


def _in_ids_of_gold(found: Facts, ids: dict[str, str]) -> Facts:
    def gold_id(end: str) -> str:
        return end if end.startswith(TEXT) else ids.get(end, UNMATCHED + end)

    def flow(old: FlowFacts) -> FlowFacts:
        return FlowFacts(old.instrument, *(frozenset(map(gold_id, side)) for side in (old.provider, old.recipient)))

    relations: dict[Triple, float] = {(gold_id(s), kind, gold_id(o)): c for (s, kind, o), c in found.relations.items()}
    commitments = [
        replace(
            c,
            slots=frozenset((role, gold_id(value) if role in _IN_SLOTS else value) for role, value in c.slots),
            attributed_to=c.attributed_to and gold_id(c.attributed_to),
            flow=c.flow and flow(c.flow),
        )
        for c in found.commitments
    ]
    return replace(found, relations=relations, commitments=commitments)
