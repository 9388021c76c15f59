"""Decision values -> probabilities, and where to cut them, on rows that the weights were not fitted to.

Hard because the rows are single projects and articles speak of several: an article is imitated by three rows read as
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
TOGETHER = 3  # projects in an imitated article
THRESHOLDS = np.arange(0.05, 0.96, 0.01)


def calibrate(model: Model, rows: Sequence[SectorRow]) -> Model:
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
    titled = [at for at, row in enumerate(rows) if row.title]
    return replace(
        model,
        registers={
            "sentence": _register(model, [rows[at].title for at in titled], wanted[titled]),
            "article": _register(model, *_articles(rows, wanted)),
        },
    )


def _articles(rows: Sequence[SectorRow], wanted: Labels) -> tuple[list[str], Labels]:
    """Every third of the rows beside one of the other thirds."""
    size = len(rows) // TOGETHER
    groups = [range(at, size * TOGETHER, size) for at in range(size)]
    texts = ["\n".join(rows[at].text for at in group) for group in groups]
    return texts, np.stack([wanted[list(group)].max(axis=0) for group in groups])


def _register(model: Model, texts: Sequence[str], wanted: Labels) -> Register:
    blended = np.stack([blend(words(text), model) for text in texts])
    slope, offset = _line(log_odds(blended).ravel(), wanted.ravel())
    confidences = Register(slope, offset, 0).confidences(blended)
    scores = [f1((confidences >= threshold).astype(np.int8), wanted) for threshold in THRESHOLDS]
    return Register(slope, offset, round(float(THRESHOLDS[int(np.argmax(scores))]), 2))


def f1(found: Labels, wanted: Labels) -> float:
    """Micro F1 of two arrays of 0 and 1."""
    hits, size = int((found * wanted).sum()), int(found.sum()) + int(wanted.sum())
    return 2 * hits / max(1, size)


def _line(value: Floats, wanted: Labels) -> tuple[float, float]:
    """Slope and offset of Platt's line, to six digits so that the last bit of a sum does not matter."""
    learner = LogisticRegression(C=1e3, solver="liblinear", random_state=0).fit(value.reshape(-1, 1), wanted)
    return round(float(learner.coef_[0, 0]), 6), round(float(learner.intercept_[0]), 6)
