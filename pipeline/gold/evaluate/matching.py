"""Matches found actors, projects and commitments with those of gold: one to one, greedily, the best pairs first.

A pair is ranked by what both sides share. Equal ranks go by order of appearance, so the same input always gives the
same match.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.gold.evaluate.facts import TEXT, CommitmentFacts, EntityFacts, Facts, FlowFacts, Labelled, Triple
from pipeline.gold.importer import Offsets

Rank = tuple[float, ...]
Pairs = list[tuple[int, int]]  # position in gold, position in found

UNMATCHED = "?"  # before the id of a found entity that matches no gold entity
_IN_SLOTS = frozenset({"by", "with", "to", "project"})  # slots that hold an entity
_SHORTEST_CONTAINED = 4  # characters of a name that may count by containment


@dataclass(frozen=True)
class Matched:
    """Both sides and the pairs between them; relations and commitments of `found` have the ids of gold entities.

    An entity without a match there is `UNMATCHED` + its id.
    """

    gold: Facts
    found: Facts
    actors: Pairs
    projects: Pairs
    commitments: Pairs


def match(gold: Facts, found: Facts) -> Matched:
    """All matches of one article."""
    actors = greedy(gold.actors, found.actors, _entity_rank)
    projects = greedy(gold.projects, found.projects, _entity_rank)
    ids = {found.actors[f].id: gold.actors[g].id for g, f in actors}
    ids |= {found.projects[f].id: gold.projects[g].id for g, f in projects}
    found = _in_ids_of_gold(found, ids)
    return Matched(gold, found, actors, projects, greedy(gold.commitments, found.commitments, _commitment_rank))


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


def likeliest(matched: Matched) -> list[int | None]:
    """For each commitment found the one of gold that it states best, which others may state too; None without one."""
    stated = matched.gold.commitments
    ranked = [[(_commitment_rank(one, f), -g) for g, one in enumerate(stated)] for f in matched.found.commitments]
    best = [max(((rank, g) for rank, g in ranks if rank is not None), default=None) for ranks in ranked]
    return [None if one is None else -one[1] for one in best]


def overlapping(gold: Sequence[Labelled], found: Sequence[Labelled]) -> Pairs:
    """Pairs of mentions with the same label that share a character, the widest overlap first."""
    return greedy(gold, found, _overlap_rank)


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


def _overlap_rank(gold: Labelled, found: Labelled) -> Rank | None:
    shared = overlap(gold[:2], found[:2])
    return (shared,) if shared > 0 and gold[2] == found[2] else None


def overlap(one: Offsets, other: Offsets) -> int:
    """The number of characters that two spans share; 0 or less where they share none."""
    return min(one[1], other[1]) - max(one[0], other[0])


def _commitment_rank(gold: CommitmentFacts, found: CommitmentFacts) -> Rank | None:
    if not any(overlap(a, b) > 0 for a in gold.spans for b in found.spans):
        return None
    shared = [role for role, _ in gold.slots & found.slots]
    return (
        gold.kind == found.kind,
        gold.status == found.status,
        len(gold.words & found.words),
        shared.count("by"),
        shared.count("amount"),
    )


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
