"""Weighs the proposals: a measured probability for each, the surest stand, none overlaps a surer one.

The weights are a logistic regression over the names that `evidence` gives, in `models/entities`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model.encoder import Encoding
from pipeline.model.linear import Weights
from pipeline.record import Amount
from pipeline.stages.entities.features import Proposal, features
from pipeline.stages.entities.finders import long_names

# The probability from which a proposal stands, below where mentions alone score best: later stages lose more by a
# missed one than by a wrong one, most of all by what is rare.
THRESHOLD = 0.25
LARGE = 1_000  # of any currency; "One INR" is a rate, "QR 436" a flight
RARE, UNENCODED = 0.15, 0.1  # of `long_names.LABELS`; the last where the encoder has not read the text


def weighed(
    text: str, proposals: list[Proposal], weights: Weights, encoding: Encoding | None
) -> list[tuple[float, Proposal]]:
    """The proposals that stand with their probabilities, in reading order, without overlaps."""
    evidence, sums = features(text, proposals, encoding), _sums(proposals)
    judged = [(_probability(weights, p, names), p) for names, p in zip(evidence, proposals, strict=True)]
    rare = RARE if encoding is not None else UNENCODED
    taken: set[int] = set()
    kept = []
    for probability, proposal in sorted(judged, key=lambda pair: (-pair[0], pair[1].start, pair[1].label)):
        places = range(proposal.start, proposal.end)
        threshold = rare if proposal.label in long_names.LABELS else THRESHOLD
        if probability >= threshold and taken.isdisjoint(places) and not _lacks_sign(text, proposal, sums):
            taken.update(places)
            kept.append((probability, proposal))
    return sorted(kept, key=lambda pair: pair[1].start)


def _sums(proposals: list[Proposal]) -> dict[int, int]:
    """Where each amount that has its sign ends -> where it starts."""
    return {p.end: p.start for p in proposals if p.label == "MONEY" and "amounts" in p.methods}


def _lacks_sign(text: str, proposal: Proposal, sums: dict[int, int]) -> bool:
    """Whether it is the end of an amount, without the sign: "4 billion" of "NRs. 4 billion"."""
    start = proposal.start
    return proposal.label == "MONEY" and sums.get(proposal.end, start) < start and text[start : start + 1].isdigit()


def _probability(weights: Weights, proposal: Proposal, names: Iterable[str]) -> float:
    """As measured; a large amount stands at least: its forms leave little doubt, seldom as some of them are."""
    found = weights.probability(proposal.label, names)
    large = isinstance(proposal.value, Amount) and (proposal.value.value or 0) >= LARGE
    return max(found, THRESHOLD) if large and "amounts" in proposal.methods else found
