"""Fits logistic regressions over named features, and their thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipeline.errors import SetupError
from pipeline.stages.models.linear import ANY, Weights

STRENGTH = 0.1  # inverse of the L2 penalty
RARE = 3  # features seen less often get no weight
PARTS = 4  # of the articles, for the threshold
SMALLEST = 0.005  # smaller weights are left out
SAMPLES = 100  # bootstrap samples, whose thresholds are averaged

Row = tuple[str, list[str] | None, bool]  # label and features (None: not proposed), and whether gold has it
Name = tuple[str, str]  # a label, or `ANY`, and a feature


def measured(rows: Sequence[Row], strength: float = STRENGTH) -> Weights:
    """A logistic regression over named features, each for all labels and for its own; deterministic.

    Raises SetupError where the rows are too few.
    """
    named = [(_names(label, features), right) for label, features, right in rows if features is not None]
    counts = Counter(name for names, _ in named for name in names)
    columns = {name: at for at, name in enumerate(sorted(n for n, count in counts.items() if count >= RARE))}
    if not columns or len({right for _, right in named}) < 2:
        raise SetupError(f"too little gold to learn from: {len(named)} proposals to judge; annotate more articles")
    model = LogisticRegression(C=strength, max_iter=500, solver="liblinear", random_state=0)
    model.fit(_matrix(named, columns), [right for _, right in named])
    of: dict[str, dict[str, float]] = {label: {} for label in sorted({ANY, *(label for label, _, _ in rows)})}
    for (label, feature), at in columns.items():
        if abs(model.coef_[0][at]) >= SMALLEST:
            of[label][feature] = round(float(model.coef_[0][at]), 3)
    return Weights(of, round(float(model.intercept_[0]), 3))


def balanced(
    articles: Sequence[Sequence[Row]],
    scored: int | None = None,
    apart: frozenset[str] = frozenset(),
    slack: float = 0.0,
    strength: float = STRENGTH,
) -> Weights:
    """The same, with thresholds of best F1 on articles that the weights never saw.

    `scored`: the thresholds are for so many articles, the first (None: all); the others would lower them. `apart`:
    labels that share a threshold, as the others do; `slack`: see `balance`.
    """
    judged: list[tuple[str, float, bool]] = []
    for part in range(PARTS):
        weights = measured([row for at, own in enumerate(articles) if at % PARTS != part for row in own], strength)
        for at in range(len(articles))[part:scored:PARTS]:
            proposed = [(label, names, right) for label, names, right in articles[at] if names is not None]
            judged += [(label, weights.probability(label, names), right) for label, names, right in proposed]
    missed = Counter(label in apart for own in articles[:scored] for label, names, _ in own if names is None)
    found = {
        own: balance([(sure, right) for label, sure, right in judged if (label in apart) is own], missed[own], slack)
        for own in {label in apart for label, _, _ in judged}
    }
    thresholds = {ANY: found.get(False, found.get(True, 0.5)), **dict.fromkeys(sorted(apart), found.get(True, 0.5))}
    return replace(measured([row for article in articles for row in article], strength), thresholds=thresholds)


def balance(judged: Sequence[tuple[float, bool]], missed: int = 0, slack: float = 0.0) -> float:
    """The threshold of best F1; `missed`: the number of right ones that were not proposed.

    The mean over bootstrap samples, since many thresholds are about as good. `slack`: the F1 that a higher threshold
    may cost.
    """
    sure, right = (np.array(column) for column in zip(*judged, strict=True))
    order = np.argsort(-sure, kind="stable")
    sure, right = sure[order], right[order]
    drawn = np.random.default_rng(0)
    found = []
    for _ in range(SAMPLES):
        times = np.bincount(drawn.integers(len(sure), size=len(sure)), minlength=len(sure))
        hits = np.cumsum(times * right)
        scores = 2 * hits / (np.cumsum(times) + hits[-1] + missed).clip(min=1)
        found.append(sure[int(np.flatnonzero(scores >= scores.max() - slack)[0])])
    return round(float(np.mean(found)), 3)


def _names(label: str, features: list[str]) -> list[Name]:
    return [(label, ANY), *((either, feature) for feature in features for either in (ANY, label))]


def _matrix(rows: Sequence[tuple[list[Name], bool]], columns: dict[Name, int]) -> csr_matrix:
    numbers = [[columns[name] for name in names if name in columns] for names, _ in rows]
    ends = np.cumsum([0, *(len(own) for own in numbers)], dtype=np.int32)
    indices = np.array([column for own in numbers for column in own], dtype=np.int32)
    return csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(rows), len(columns)))
