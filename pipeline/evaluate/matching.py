"""Which found thing is which gold thing: one to one, the best pairs first.

Names vary and commitments have none, so a pair is ranked by what both sides share and taken greedily; ties go by
order of appearance, so that the same input always gives the same match.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.gold import Offsets
from pipeline.evaluate.facts import TEXT, CommitmentFacts, EntityFacts, Facts, Labelled, Slot, Triple

Rank = tuple[float, ...]
Pairs = list[tuple[int, int]]  # position in gold, position in found

UNMATCHED = "?"  # before the id of a found entity that no gold entity answers to
_IN_SLOTS = frozenset({"by", "with", "to", "project"})  # slots that hold an entity
_SHORTEST_CONTAINED = 4  # characters of a name that may count by containment


@dataclass(frozen=True)
class Matched:
    """Gold and found, the pairs between them, and `found` told in the ids of gold (`UNMATCHED` + id for the rest)."""

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
    told = _in_ids_of_gold(found, ids)
    return Matched(gold, told, actors, projects, greedy(gold.commitments, told.commitments, _commitment_rank))


def greedy[T](gold: Sequence[T], found: Sequence[T], rank: Callable[[T, T], Rank | None]) -> Pairs:
    """One-to-one pairs, highest rank first, in order of appearance among equals; None keeps a pair apart."""
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
    return greedy(gold, found, _overlap_rank)


def shared_names(one: frozenset[str], other: frozenset[str]) -> float:
    """How many names of one side the other has; a name that contains or is contained in one of theirs is a half."""
    halves = sum(any(_contains(a, b) for b in other) for a in one - other)
    return len(one & other) + halves / 2


def _contains(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _SHORTEST_CONTAINED and shorter in longer


def _entity_rank(gold: EntityFacts, found: EntityFacts) -> Rank | None:
    shared = shared_names(gold.names, found.names)
    return (shared,) if shared else None


def _overlap_rank(gold: Labelled, found: Labelled) -> Rank | None:
    shared = _overlap(gold[:2], found[:2])
    return (shared,) if shared > 0 and gold[2] == found[2] else None


def _overlap(one: Offsets, other: Offsets) -> int:
    return min(one[1], other[1]) - max(one[0], other[0])


def _commitment_rank(gold: CommitmentFacts, found: CommitmentFacts) -> Rank | None:
    if not any(_overlap(a, b) > 0 for a in gold.spans for b in found.spans):
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
    def told(end: str) -> str:
        return end if end.startswith(TEXT) else ids.get(end, UNMATCHED + end)

    def slot(role: str, value: str) -> Slot:
        return role, told(value) if role in _IN_SLOTS else value

    relations: dict[Triple, float] = {(told(s), kind, told(o)): c for (s, kind, o), c in found.relations.items()}
    commitments = [
        replace(
            c, slots=frozenset(slot(*pair) for pair in c.slots), attributed_to=c.attributed_to and told(c.attributed_to)
        )
        for c in found.commitments
    ]
    return replace(found, relations=relations, commitments=commitments)
