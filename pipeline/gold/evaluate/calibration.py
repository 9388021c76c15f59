"""Expected calibration error of confidences, and precision above thresholds.

Bins have equal counts, because many confidences are alike and bins of equal width would be empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from pipeline.gold.evaluate.matching import Matched

THRESHOLDS = (0.5, 0.8, 0.9)
BINS = 10

Answer = tuple[float, bool]  # confidence, right


@dataclass(frozen=True)
class Kept:
    """Of the output with at least this confidence: its share of all output and its precision, NaN where it is empty."""

    threshold: float
    share: float
    precision: float


@dataclass(frozen=True)
class Calibration:
    count: int
    ece: float
    kept: tuple[Kept, ...]


def calibration(answers: Sequence[Answer]) -> Calibration:
    """The calibration of some answers. Equal confidences keep their order; all is NaN where there are no answers."""
    if not answers:
        return Calibration(0, float("nan"), tuple(Kept(t, float("nan"), float("nan")) for t in THRESHOLDS))
    ordered = np.array(sorted(answers, key=itemgetter(0)), dtype=np.float64)
    bins = [part for part in np.array_split(ordered, BINS) if len(part)]
    ece = sum(abs(part[:, 0].mean() - part[:, 1].mean()) * len(part) for part in bins) / len(ordered)
    return Calibration(len(ordered), float(ece), tuple(_kept(ordered, threshold) for threshold in THRESHOLDS))


def _kept(answers: NDArray[np.float64], threshold: float) -> Kept:
    right = answers[answers[:, 0] >= threshold, 1]
    return Kept(threshold, len(right) / len(answers), float(right.mean()) if len(right) else float("nan"))


def answers(matched: Matched) -> dict[str, list[Answer]]:
    """The confidence of everything found in an article, and whether it is right, by family."""
    gold, found = matched.gold, matched.found
    actors, projects = ({f for _, f in pairs} for pairs in (matched.actors, matched.projects))
    kinds = {f for g, f in matched.commitments if gold.commitments[g].kind == found.commitments[f].kind}
    return {
        "mentions": [(c, mention in gold.mentions) for mention, c in found.mentions.items()],
        "actors": _answers((actor.confidence for actor in found.actors), actors),
        "projects": _answers((project.confidence for project in found.projects), projects),
        "relations": [(c, triple in gold.relations) for triple, c in found.relations.items()],
        "commitments": _answers((commitment.confidence for commitment in found.commitments), kinds),
    }


def _answers(confidences: Iterable[float], right: set[int]) -> list[Answer]:
    return [(confidence, position in right) for position, confidence in enumerate(confidences)]
