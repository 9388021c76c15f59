"""Of relations that a thing has one of, the likeliest: one employer of somebody, one builder of a bridge."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from pipeline.seeds import table


class Claim(NamedTuple):
    """What may be a relation, its ends by what makes them the same."""

    type: str
    subject: Hashable
    object: Hashable


def outdone(claims: Sequence[Claim], sure: Sequence[float]) -> list[bool]:
    """Of each claim whether a likelier one leaves no room for it; of equals the first stands."""
    best: dict[Hashable, tuple[float, Hashable]] = {}
    for claim, likely in zip(claims, sure, strict=True):
        for place, other in _places(claim):
            if place not in best or likely > best[place][0]:
                best[place] = likely, other
    return [any(best[place][1] != other for place, other in _places(claim)) for claim in claims]


def _places(claim: Claim) -> list[tuple[Hashable, Hashable]]:
    """What has room for one relation, each with its other end."""
    one_of, found = table("relations.yaml")["one_of"], list[tuple[Hashable, Hashable]]()
    if claim.type in one_of["subject"]:
        found.append(((claim.type, "subject", claim.subject), claim.object))
    if claim.type in one_of["object"]:
        found.append(((claim.type, "object", claim.object), claim.subject))
    return found
