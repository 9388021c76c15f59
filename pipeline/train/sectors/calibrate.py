"""Decision values -> probabilities, and where to cut them, on rows that the weights were not fitted to.

Hard because the rows are single projects and articles speak of several: an article is imitated by two rows read as
one, a sentence or a name by a title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipeline.normalise.sectors import Floats, Model, Register, blend, codes, log_odds
from pipeline.normalise.words import words
from pipeline.train.sectors.fit import Labels, labels
from pipeline.train.sectors.rows import SectorRow

FEWEST = 10  # rows that a code needs for a line of its own; the others share one
TOGETHER = 2  # projects in an imitated article: then it has two or three sectors
SLACK = 0.003  # the curve is flat at its top: the middle of all that are this near to the best F1 is taken
THRESHOLDS = np.arange(0.05, 0.96, 0.01)


def calibrated(model: Model, rows: Sequence[SectorRow]) -> Model:
    """The model with a line a code from decision value to log-odds, and with its registers."""
    wanted = labels(rows, model)
    decisions = np.stack([model.decisions(words(row.text)) for row in rows])
    shared = _line(decisions.ravel(), wanted.ravel())
    lines = [
        _line(decisions[:, column], wanted[:, column]) if wanted[:, column].sum() >= FEWEST else shared
        for column in range(len(codes()))
    ]
    slope, offset = np.array(lines, np.float32).T
    model = replace(model, slope=slope, offset=offset)
    return replace(model, registers=_registers(model, rows, wanted))


def _registers(model: Model, rows: Sequence[SectorRow], wanted: Labels) -> dict[str, Register]:
    """One for a sentence alone, for an article, and for a sentence in its article."""
    size = len(rows) // TOGETHER
    groups = [range(at, size * TOGETHER, size) for at in range(size)]
    titles = _blends(model, [row.title for row in rows])
    articles = _blends(model, ["\n".join(rows[at].text for at in group) for group in groups])
    return {
        "sentence": _register(titles, wanted),
        "article": _register(articles, np.stack([wanted[list(group)].max(axis=0) for group in groups])),
        "sentence_in_article": _register((titles + _blends(model, [row.text for row in rows])) / np.float32(2), wanted),
    }


def _blends(model: Model, texts: Sequence[str]) -> Floats:
    return np.stack([blend(words(text), model) for text in texts])


def _register(blended: Floats, wanted: Labels) -> Register:
    slope, offset = _line(log_odds(blended).ravel(), wanted.ravel())
    confidences = Register(slope, offset, 0).confidences(blended)
    scores = np.array([f1((confidences >= threshold).astype(np.int8), wanted) for threshold in THRESHOLDS])
    good = THRESHOLDS[scores >= scores.max() - SLACK]
    return Register(slope, offset, round(float(good[len(good) // 2]), 2))


def f1(found: Labels, wanted: Labels) -> float:
    """Micro F1 of two arrays of 0 and 1."""
    hits, size = int((found * wanted).sum()), int(found.sum()) + int(wanted.sum())
    return 2 * hits / max(1, size)


def _line(value: Floats, wanted: Labels) -> tuple[float, float]:
    """Slope and offset of Platt's line, to six digits so that the last bit of a sum does not matter."""
    learner = LogisticRegression(C=1e3, solver="liblinear", random_state=0).fit(value.reshape(-1, 1), wanted)
    return round(float(learner.coef_[0, 0]), 6), round(float(learner.intercept_[0]), 6)
