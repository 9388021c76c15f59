"""How sure it is that a candidate is a commitment, and of which kind: sums of weights of the features that hold.

The weights are measured on annotated articles (`corridor train commitments`) and lie in models/commitments; a feature
that was too rare to measure has none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.record import CommitmentKind
from pipeline.settings import Settings

FILE = "weights.json"
Weights = Mapping[str, float]


@dataclass(frozen=True)
class Formula:
    """Logistic weights by feature name. `threshold`: the probability from which a candidate is a commitment."""

    accept: Weights
    kinds: Mapping[CommitmentKind, Weights]
    threshold: float
    slope: float = 1.0
    intercept: float = 0.0

    def log_odds(self, features: Iterable[str]) -> float:
        """Log odds of being a commitment."""
        return _sum(self.accept, features)

    def probability(self, features: Iterable[str]) -> float:
        """Calibrated probability, 0 to 1, that a candidate with these features is a commitment."""
        return 1 / (1 + math.exp(-(self.slope * self.log_odds(features) + self.intercept)))

    def kind(self, features: Iterable[str]) -> CommitmentKind:
        features = sorted(features)
        return max(self.kinds, key=lambda kind: _sum(self.kinds[kind], features))


def _sum(weights: Weights, features: Iterable[str]) -> float:
    return math.fsum(weights.get(name, 0.0) for name in features)


@cache
def formula(folder: Path | None = None) -> Formula:
    """The formula in `models/commitments`; raises SetupError where it is missing or cut short."""
    path = (folder or Settings().models / "commitments") / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Formula(found["accept"], found["kinds"], found["threshold"], found["slope"], found["intercept"])
    except (OSError, ValueError, KeyError) as error:
        raise SetupError(
            f"{path}: cannot be read ({error}); reinstall corridor or run `corridor train commitments`"
        ) from error
