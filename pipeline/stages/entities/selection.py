"""Selects proposals by their probability: the most probable first, above a threshold, without overlaps.

The probability is that of a logistic regression over the names of `features`, with its weights in `models/entities`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.record import Amount
from pipeline.stages.entities.features import Proposal, features
from pipeline.stages.entities.finders import long_names
from pipeline.stages.models.encoder import Encoding
from pipeline.stages.models.linear import Weights

# Lower than the threshold at which mentions alone score best: later stages lose more by a missed mention than by a
# wrong one, most of all for rare labels.
THRESHOLD = 0.25
LARGE = 1_000  # of any currency; "One INR" is a rate, "QR 436" a flight
RARE, UNENCODED = 0.15, 0.1  # for `long_names.LABELS`; the second without an encoding


def weighed(
    text: str, proposals: list[Proposal], weights: Weights, encoding: Encoding | None
) -> list[tuple[float, Proposal]]:
    """The selected proposals with their probabilities, in reading order, without overlaps."""
    named, sums = features(text, proposals, encoding), _signed_amounts(proposals)
    scored = [(_probability(weights, p, names), p) for names, p in zip(named, proposals, strict=True)]
    rare = RARE if encoding is not None else UNENCODED
    taken: set[int] = set()
    kept = []
    for probability, proposal in sorted(scored, key=lambda pair: (-pair[0], pair[1].start, pair[1].label)):
        characters = range(proposal.start, proposal.end)
        threshold = rare if proposal.label in long_names.LABELS else THRESHOLD
        if probability >= threshold and taken.isdisjoint(characters) and not _lacks_sign(text, proposal, sums):
            taken.update(characters)
            kept.append((probability, proposal))
    return sorted(kept, key=lambda pair: pair[1].start)


def _signed_amounts(proposals: list[Proposal]) -> dict[int, int]:
    """End -> start of each amount that includes its currency sign."""
    return {p.end: p.start for p in proposals if p.label == "MONEY" and "amounts" in p.methods}


def _lacks_sign(text: str, proposal: Proposal, sums: dict[int, int]) -> bool:
    """Whether it is an amount cut off from its sign: "4 billion" of "NRs. 4 billion"."""
    start = proposal.start
    return proposal.label == "MONEY" and sums.get(proposal.end, start) < start and text[start : start + 1].isdigit()


def _probability(weights: Weights, proposal: Proposal, names: Iterable[str]) -> float:
    """As measured, but at least the threshold for a large amount, since its forms leave little doubt."""
    found = weights.probability(proposal.label, names)
    large = isinstance(proposal.value, Amount) and (proposal.value.value or 0) >= LARGE
    return max(found, THRESHOLD) if large and "amounts" in proposal.methods else found
