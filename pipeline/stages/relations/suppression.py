"""Of relations that a thing has one of, the likeliest: one employer of somebody, one builder of a bridge."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from pipeline.seeds import table


class Fact(NamedTuple):
    """What may be a relation, its ends by what makes them the same."""

    type: str
    subject: Hashable
    object: Hashable


def suppressed(facts: Sequence[Fact], sure: Sequence[float]) -> list[bool]:
    """Of each fact whether a likelier one leaves no room for it; of equals the first stands."""
    best: dict[Hashable, tuple[float, Hashable]] = {}
    for fact, likely in zip(facts, sure, strict=True):
        for place, other in _places(fact):
            if place not in best or likely > best[place][0]:
                best[place] = likely, other
    return [any(best[place][1] != other for place, other in _places(fact)) for fact in facts]


def _places(fact: Fact) -> list[tuple[Hashable, Hashable]]:
    """What has room for one relation, each with its other end."""
    one_of, found = table("relations.yaml")["one_of"], list[tuple[Hashable, Hashable]]()
    if fact.type in one_of["subject"]:
        found.append(((fact.type, "subject", fact.subject), fact.object))
    if fact.type in one_of["object"]:
        found.append(((fact.type, "object", fact.object), fact.subject))
    return found
