"""Of relations that exclude each other, the likeliest: a person has one employer."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from pipeline.seeds import table
from pipeline.stages.relations.candidates import Fact


def suppressed(facts: Sequence[Fact], probabilities: Sequence[float]) -> list[bool]:
    """For each fact whether a likelier one excludes it; of equals the first stands."""
    one_of = table("relations.yaml")["one_of"]
    best: dict[tuple[str, Hashable], tuple[float, Hashable]] = {}
    for fact, probability in zip(facts, probabilities, strict=True):
        slot = fact.type, fact.subject
        if fact.type in one_of and (slot not in best or probability > best[slot][0]):
            best[slot] = probability, fact.object
    return [fact.type in one_of and best[fact.type, fact.subject][1] != fact.object for fact in facts]
