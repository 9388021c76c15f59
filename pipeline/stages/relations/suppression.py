"""Of relations that exclude each other, the likeliest: a person has one employer, a bridge one builder."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from pipeline.seeds import table
from pipeline.stages.relations.candidates import Fact


def suppressed(facts: Sequence[Fact], probabilities: Sequence[float]) -> list[bool]:
    """For each fact whether a likelier one excludes it; of equals the first stands."""
    best: dict[Hashable, tuple[float, Hashable]] = {}
    for fact, probability in zip(facts, probabilities, strict=True):
        for slot, other in _slots(fact):
            if slot not in best or probability > best[slot][0]:
                best[slot] = probability, other
    return [any(best[slot][1] != other for slot, other in _slots(fact)) for fact in facts]


def _slots(fact: Fact) -> list[tuple[Hashable, Hashable]]:
    """The slots of a fact that hold one relation, each with the end that would fill it."""
    one_of, found = table("relations.yaml")["one_of"], list[tuple[Hashable, Hashable]]()
    if fact.type in one_of["subject"]:
        found.append(((fact.type, "subject", fact.subject), fact.object))
    if fact.type in one_of["object"]:
        found.append(((fact.type, "object", fact.object), fact.subject))
    return found
