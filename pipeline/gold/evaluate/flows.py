"""Where money goes, as scoring compares it: amounts of commitments, flows, and sums of flows.

The home of an actor is its country; an actor without a country is its own home.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pipeline.gold.evaluate.facts import CommitmentFacts, Facts, FlowFacts
from pipeline.gold.evaluate.matching import UNMATCHED, Matched

Homes = dict[str, str]  # actor id: its home
MoneyFact = tuple[frozenset[str], frozenset[str], str, str]  # homes of `by` and of `to`, amount, status
Direction = tuple[frozenset[str], frozenset[str]]  # of a flow: the homes of provider and recipient
Cell = tuple[Direction, str, str, str, str]  # direction, instrument, status, currency, sum


def homes(matched: Matched) -> tuple[Homes, Homes]:
    """The homes of gold's actors, and of the found ones by the ids that they have in `matched`."""
    gold_ids = {matched.found.actors[f].id: matched.gold.actors[g].id for g, f in matched.actors}
    gold = {actor.id: actor.country or actor.id for actor in matched.gold.actors}
    ids = {actor.id: gold_ids.get(actor.id, UNMATCHED + actor.id) for actor in matched.found.actors}
    return gold, {ids[actor.id]: actor.country or ids[actor.id] for actor in matched.found.actors}


def money(side: Facts, homes: Homes) -> Iterator[MoneyFact]:
    """Each amount of each commitment, with whose money it is."""
    for found in side.commitments:
        by, to = (frozenset(homes.get(end, end) for role, end in found.slots if role == own) for own in ("by", "to"))
        for amount in _amounts(found):
            yield by, to, amount, found.status


def direction(flow: FlowFacts, homes: Homes) -> Direction:
    """The homes of a flow's provider and recipient."""
    provider, recipient = (
        frozenset(homes.get(actor, actor) for actor in side) for side in (flow.provider, flow.recipient)
    )
    return provider, recipient


def cells(side: Facts, homes: Homes) -> Iterator[Cell]:
    """The sums of an article's flows, to nine digits, by direction, instrument, status and currency."""
    sums: dict[tuple[Direction, str, str, str], float] = defaultdict(float)
    for found in side.commitments:
        if found.flow:
            for amount in _amounts(found):
                value, currency = amount.split(" ")
                sums[direction(found.flow, homes), found.flow.instrument, found.status, currency] += float(value)
    return ((*cell, f"{total:.9g}") for cell, total in sums.items())


def _amounts(found: CommitmentFacts) -> list[str]:
    return sorted(value for role, value in found.slots if role == "amount")
