"""Measures weights of named features: how far each speaks for a proposal of a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipeline.normalise.weights import ANY, Weights

STRENGTH = 0.1  # inverse of the L2 penalty: lower trusts what was seen seldom less
RARE = 3  # features seen less often get no weight
SMALLEST = 0.005  # weights nearer to nothing are left out

Row = tuple[str, list[str], bool]  # the label and the features of a proposal, and whether gold has it
Name = tuple[str, str]  # a label, or `ANY`, and a feature


def measured(rows: Sequence[Row], strength: float = STRENGTH) -> Weights:
    """Logistic regression over named features, each for all labels and for its own; deterministic."""
    named = [(_names(label, features), right) for label, features, right in rows]
    counts = Counter(name for names, _ in named for name in names)
    columns = {name: at for at, name in enumerate(sorted(n for n, count in counts.items() if count >= RARE))}
    model = LogisticRegression(C=strength, max_iter=500, solver="liblinear", random_state=0)
    model.fit(_matrix(named, columns), [right for _, right in named])
    of: dict[str, dict[str, float]] = {label: {} for label in sorted({ANY, *(label for label, _, _ in rows)})}
    for (label, feature), at in columns.items():
        if abs(model.coef_[0][at]) >= SMALLEST:
            of[label][feature] = round(float(model.coef_[0][at]), 3)
    return Weights(of, round(float(model.intercept_[0]), 3))


def _names(label: str, features: list[str]) -> list[Name]:
    return [(label, ANY), *((either, feature) for feature in features for either in (ANY, label))]


def _matrix(rows: Sequence[tuple[list[Name], bool]], columns: dict[Name, int]) -> csr_matrix:
    places = [[columns[name] for name in names if name in columns] for names, _ in rows]
    ends = np.cumsum([0, *(len(place) for place in places)], dtype=np.int32)
    indices = np.array([column for place in places for column in place], dtype=np.int32)
    return csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(rows), len(columns)))
