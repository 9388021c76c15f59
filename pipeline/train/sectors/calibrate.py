"""Calibrates the sector model, and fits its threshold, on held-out rows.

The threshold is fitted on titles, which are most like the sentences and names that the model classifies in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipeline.stages.models.sectors import Cut, Floats, Model, codes, log_odds
from pipeline.train.sectors.fit import Labels, labels
from pipeline.train.sectors.rows import SectorRow
from pipeline.values.gazetteer.sector_words import words

FEWEST = 10  # rows that a code needs for a line of its own; the others share one
SLACK = 0.003  # the threshold is the middle of those whose F1 is so near to the best
THRESHOLDS = np.arange(0.05, 0.96, 0.01)


def calibrated(model: Model, rows: Sequence[SectorRow]) -> Model:
    """The model with a line a code from decision value to log-odds, and with its cut."""
    wanted = labels(rows, model)
    decisions = model.decisions([words(row.text) for row in rows])
    shared = _line(decisions.ravel(), wanted.ravel())
    lines = [
        _line(decisions[:, column], wanted[:, column]) if wanted[:, column].sum() >= FEWEST else shared
        for column in range(len(codes()))
    ]
    slope, offset = np.array(lines, np.float32).T
    model = replace(model, slope=slope, offset=offset)
    return replace(model, cut=_cut(model.blends([words(row.title) for row in rows]), wanted))


def _cut(blended: Floats, wanted: Labels) -> Cut:
    slope, offset = _line(log_odds(blended).ravel(), wanted.ravel())
    confidences = Cut(slope, offset, 0).confidences(blended)
    scores = np.array([f1((confidences >= threshold).astype(np.int8), wanted) for threshold in THRESHOLDS])
    good = THRESHOLDS[scores >= scores.max() - SLACK]
    return Cut(slope, offset, round(float(good[len(good) // 2]), 2))


def f1(found: Labels, wanted: Labels) -> float:
    """Micro F1 of two arrays of 0 and 1."""
    hits, size = int((found * wanted).sum()), int(found.sum()) + int(wanted.sum())
    return 2 * hits / max(1, size)


def _line(value: Floats, wanted: Labels) -> tuple[float, float]:
    """Slope and offset of Platt scaling, to six digits so that the last bit of a sum does not matter."""
    learner = LogisticRegression(C=1e3, solver="liblinear", random_state=0).fit(value.reshape(-1, 1), wanted)
    return round(float(learner.coef_[0, 0]), 6), round(float(learner.intercept_[0]), 6)
