"""Fits the linear model of sectors: TF-IDF of words and pairs of words, a logistic regression a code.

Some rows only have alternatives ("agriculture, forestry or fishing"). A first model, fitted on the precise rows, picks
one; the final model learns from all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.stages.models.sectors import Floats, Model, codes
from pipeline.train.sectors.rows import SectorRow
from pipeline.values.gazetteer.sector_words import features, words

FEATURES = 40_000
REGULARISATION = 5.0  # scikit-learn's C
GCOF_WEIGHT = 3.0  # of descriptions in the style of news; appraisal documents have 1
TITLE_WEIGHT = 0.5  # of a title as a row of its own, since names and single sentences are classified too
RARE = 3  # a code with fewer rows is left to the lexicon
NEVER = -9.0  # its decision value

Labels = npt.NDArray[np.int8]  # (rows, codes)


def fitted(rows: Sequence[SectorRow]) -> Model:
    """The model of the rows, weights in eight bits a value, not yet calibrated."""
    precise = [row for row in rows if all(len(alternatives) == 1 for alternatives in row.sectors)]
    first = _fit_once(precise, labels(precise, None))
    return _quantised(_fit_once(rows, labels(rows, first)))


def labels(rows: Sequence[SectorRow], model: Model | None) -> Labels:
    """1 where a row has a code; among alternatives the one that the model prefers, without a model the first."""
    found = np.zeros((len(rows), len(codes())), np.int8)
    preferred = None if model is None else model.decisions([words(row.text) for row in rows])
    for at, row in enumerate(rows):
        for alternatives in row.sectors:
            columns = [codes().index(code) for code in alternatives]
            found[at, columns[0] if preferred is None else columns[preferred[at, columns].argmax()]] = 1
    return found


def _fit_once(rows: Sequence[SectorRow], wanted: Labels) -> Model:
    titled = [at for at, row in enumerate(rows) if row.title and row.description]
    texts = [row.text for row in rows] + [rows[at].title for at in titled]
    weight = np.array([GCOF_WEIGHT if row.group else 1.0 for row in rows])
    counts = {"sublinear_tf": True, "min_df": 2, "max_features": FEATURES, "dtype": np.float32}
    vectorizer = TfidfVectorizer(analyzer=features, **counts)
    matrix = vectorizer.fit_transform(texts)
    wanted = np.concatenate([wanted, wanted[titled]])
    weight = np.concatenate([weight, weight[titled] * TITLE_WEIGHT])
    lines = [_line(matrix, wanted[:, column], weight) for column in range(len(codes()))]
    return _model(vectorizer, lines)


def _line(matrix: npt.NDArray[np.float32], wanted: Labels, weight: Floats) -> Floats:
    """Weights (n) and bias (1) of one code, in one array."""
    if wanted.sum() < RARE:
        return np.append(np.zeros(matrix.shape[1], np.float32), np.float32(NEVER))
    learner = LogisticRegression(C=REGULARISATION, solver="liblinear", random_state=0)
    learner.fit(matrix, wanted, sample_weight=weight)
    return np.append(learner.coef_[0], learner.intercept_).astype(np.float32)


def _model(vectorizer: TfidfVectorizer, lines: list[Floats]) -> Model:
    stacked = np.stack(lines, axis=1)
    ones = np.ones(len(codes()), np.float32)
    vocabulary = {feature: int(at) for feature, at in vectorizer.vocabulary_.items()}
    idf = vectorizer.idf_.astype(np.float16).astype(np.float32)
    return Model(vocabulary, idf, stacked[:-1], stacked[-1], slope=ones, offset=0 * ones)


def _quantised(model: Model) -> Model:
    scale = scale_of(model.weights)
    return replace(model, weights=np.round(model.weights / scale) * scale)


def scale_of(weights: Floats) -> Floats:
    """The step of the eight-bit weights for each code."""
    return np.asarray(np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127, np.float32)
