"""What of a record scoring compares, and which parts of gold a record matches.

Found actors, projects and commitments are matched with those of gold one to one, greedily, the best pairs first. A pair
is ranked by what both sides share. Equal ranks go by order of appearance, so the same input gives the same match.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.gold.importer import Offsets
from pipeline.record import Actor, Commitment, Project, Record
from pipeline.values.gazetteer.names import key

Labelled = tuple[int, int, str]  # start, end, label
Triple = tuple[str, str, str]  # subject, type, object: entity ids, or TEXT + normalized text for ends without an id
Slot = tuple[str, str]  # by, with, to, project: an entity id; amount: "4e+09 USD"; date: ISO
Names = frozenset[str]  # normalized
Rank = tuple[float, ...]
Pairs = list[tuple[int, int]]  # position in gold, position in found

TEXT = "text:"
UNMATCHED = "?"  # before the id of a found entity that matches no gold entity
PARTS = ("sentences", "mentions", "actors", "projects", "relations", "commitments", "sectors")
_SHORTEST_CONTAINED = 4  # characters of a name that may count by containment


def mentions_of(record: Record) -> dict[Labelled, float]:
    """The mentions of a record with their confidences."""
    return _strongest(((m.start, m.end, m.label), m.confidence) for m in record.mentions)


def relations_of(record: Record) -> dict[Triple, float]:
    """The relations of a record with their confidences."""
    return _strongest(((r.subject, r.type, r.object), r.confidence) for r in record.relations)


def _strongest[T](pairs: Iterable[tuple[T, float]]) -> dict[T, float]:
    """Each with its highest confidence."""
    found: dict[T, float] = {}
    for one, confidence in pairs:
        found[one] = max(confidence, found.get(one, 0.0))
    return found


def boilerplate_of(record: Record) -> frozenset[Offsets] | None:
    """The sentences marked as boilerplate; None where some are not marked either way."""
    marks = {(s.start, s.end): s.boilerplate for s in record.sentences}
    return None if None in marks.values() else frozenset(span for span, marked in marks.items() if marked)


def names_of(record: Record, entities: Iterable[Actor | Project]) -> list[Names]:
    """The names of each entity of a record: its own, its aliases and its mentions."""
    texts = {mention.id: mention.text for mention in record.mentions}
    listed = ([one.name, *one.aliases, *(texts[m] for m in one.mentions if m in texts)] for one in entities)
    return [frozenset(map(key, names)) - {""} for names in listed]


def slots_of(found: Commitment) -> frozenset[Slot]:
    """The values of a commitment."""
    ids = {"by": found.by, "with": found.with_, "to": found.to, "project": found.projects}
    slots = [(role, end) for role, ends in ids.items() for end in ends]
    slots += [("amount", f"{a.value:.9g} {a.currency or '?'}") for a in found.amounts if a.value is not None]
    slots += [("date", date.iso or "") for date in found.dates]
    return frozenset((role, value) for role, value in slots if value)


@dataclass(frozen=True)
class Matched:
    """Both sides and the pairs between them; relations and commitments of `found` have the ids of gold entities.

    An entity without a match there is `UNMATCHED` + its id; an end of a relation that is words, `TEXT` + these. `ids`:
    by the id of a found entity that of gold's.
    """

    gold: Record
    found: Record
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


def match(gold: Record, found: Record | None) -> Matched:
    """All matches of one article; without a record of it there are none."""
    found = found or gold.model_copy(update={part: [] for part in PARTS})
    actors, projects = (
        greedy(names_of(gold, one), names_of(found, other), _shared_names)
        for one, other in ((gold.actors, found.actors), (gold.projects, found.projects))
    )
    ids = {found.actors[f].id: gold.actors[g].id for g, f in actors}
    ids |= {found.projects[f].id: gold.projects[g].id for g, f in projects}
    gold = _renamed(gold, lambda end: end)
    found = _renamed(found, lambda end: ids.get(end, UNMATCHED + end))
    return Matched(gold, found, actors, projects, greedy(gold.commitments, found.commitments, _commitment_rank), ids)


def _renamed(record: Record, named: Callable[[str], str]) -> Record:
    """A record whose relations and commitments have other ids of entities, and whose other ends are words."""
    texts = {mention.id: mention.text for mention in record.mentions}

    def end(one: str) -> str:
        words = texts.get(one) or one.partition(":")[2]
        return TEXT + key(words) if words else named(one)

    relations = [r.model_copy(update={"subject": end(r.subject), "object": end(r.object)}) for r in record.relations]
    commitments = []
    for one in record.commitments:
        own: dict[str, object] = {slot: [*map(named, getattr(one, slot))] for slot in ("by", "with_", "to", "projects")}
        own["attributed_to"] = one.attributed_to and named(one.attributed_to)
        if flow := one.flow:
            sides = {side: [*map(named, getattr(flow, side))] for side in ("provider", "recipient")}
            own["flow"] = flow.model_copy(update=sides)
        commitments.append(one.model_copy(update=own))
    return record.model_copy(update={"relations": relations, "commitments": commitments})


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


def _shared_names(one: Names, other: Names) -> Rank | None:
    """The number of shared names; a name that contains one of the other side, or is contained in one, is a half."""
    halves = sum(any(_contains(a, b) for b in other) for a in one - other)
    shared = len(one & other) + halves / 2
    return (shared,) if shared else None


def _contains(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_CONTAINED and shorter in longer


def overlap(one: Offsets, other: Offsets) -> int:
    """The number of characters that two spans share; 0 or less where they share none."""
    return min(one[1], other[1]) - max(one[0], other[0])


def spans_of(found: Commitment) -> list[Offsets]:
    """The sentences that state a commitment."""
    return [(evidence.start, evidence.end) for evidence in found.evidence]


def _commitment_rank(gold: Commitment, found: Commitment) -> Rank | None:
    if not any(overlap(a, b) > 0 for a in spans_of(gold) for b in spans_of(found)):
        return None
    shared = [role for role, _ in slots_of(gold) & slots_of(found)]
    words, other = (set(key(one.trigger.text).split()) for one in (gold, found))
    kind, status = gold.kind == found.kind, gold.status == found.status
    return kind, status, len(words & other), shared.count("by"), shared.count("amount")
