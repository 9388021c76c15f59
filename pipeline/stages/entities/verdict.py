"""Weighs the proposals: a measured probability for each, the surest stand, none overlaps a surer one.

The weights are a logistic regression over the names that `evidence` gives, in `models/entities/weights.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.record import Label
from pipeline.settings import Settings
from pipeline.stages.entities.evidence import Proposal, features

# The probability from which a proposal stands, below where mentions alone score best: later stages lose more by a
# missed one than by a wrong one, most of all by what is rare.
THRESHOLD = 0.25
RARE_THRESHOLDS: dict[Label, float] = {"PROJECT": 0.11, "PROGRAMME": 0.11, "EVENT": 0.11}
WEIGHTS = "weights.json"
ANY = "*"


@dataclass(frozen=True)
class Weights:
    """`of`: log odds by label, then by feature (`ANY` label: for all); `bias`: log odds of a proposal with none."""

    of: dict[str, dict[str, float]]
    bias: float

    def probability(self, label: Label, names: list[str]) -> float:
        any_label, own = self.of[ANY], self.of[label]
        odds = self.bias + own.get(ANY, 0.0) + sum(any_label.get(name, 0.0) + own.get(name, 0.0) for name in names)
        return 1 / (1 + exp(-odds))


def weighed(text: str, proposals: list[Proposal], weights: Weights) -> list[tuple[float, Proposal]]:
    """The proposals that stand with their probabilities, in reading order, without overlaps."""
    evidence = features(text, proposals)
    judged = [(weights.probability(p.label, names), p) for names, p in zip(evidence, proposals, strict=True)]
    taken: set[int] = set()
    kept = []
    for probability, proposal in sorted(judged, key=lambda pair: (-pair[0], pair[1].start, pair[1].label)):
        places = range(proposal.start, proposal.end)
        if probability >= RARE_THRESHOLDS.get(proposal.label, THRESHOLD) and taken.isdisjoint(places):
            taken.update(places)
            kept.append((probability, proposal))
    return sorted(kept, key=lambda pair: pair[1].start)


@cache
def weights(folder: Path | None = None) -> Weights:
    """The weights in `models/entities`; raises SetupError where they are missing or cut short."""
    path = (folder or Settings().models / "entities") / WEIGHTS
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return Weights(read["weights"], read["bias"])
    except (OSError, ValueError, KeyError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor") from error
