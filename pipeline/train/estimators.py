"""Fits what the stages read: logistic regressions over named features, thresholds, curves and log odds."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipeline.errors import SetupError
from pipeline.gold.evaluate.score import Answer
from pipeline.stages.models.heads import log_softmax
from pipeline.stages.models.linear import ANY, Curve, LogOdds, Weights, parts

STRENGTH = 0.1  # inverse of the L2 penalty
RARE = 3  # features seen less often get no weight
PARTS = 4  # of the articles, for the threshold
SMALLEST = 0.005  # smaller weights are left out
SAMPLES = 100  # bootstrap samples, whose thresholds are averaged
NEVER = -9.0  # log probability of a class that no row has, before scaling
STEPS = 120  # of the optimizer of what more gold changes

Floats64 = npt.NDArray[np.float64]
Row = tuple[str, list[str] | None, bool]  # label and features (None: not proposed), and whether gold has it


def columns_of[Name: (str, tuple[str, str])](rows: Iterable[Iterable[Name]], rare: int = RARE) -> dict[Name, int]:
    """The column of each feature that is frequent enough."""
    counts = Counter(name for names in rows for name in names)
    return {name: at for at, name in enumerate(sorted(name for name, count in counts.items() if count >= rare))}


def matrix_of[Name: Hashable](rows: Iterable[Iterable[Name]], columns: Mapping[Name, int]) -> csr_matrix:
    """(rows, columns): how often each row has each feature."""
    known = [[columns[name] for name in names if name in columns] for names in rows]
    ends = np.cumsum([0, *map(len, known)], dtype=np.int32)
    indices = np.array([column for own in known for column in own], dtype=np.int32)
    return csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(known), len(columns)))


def held_out[T](parts: Sequence[int], fit: Callable[[Sequence[int]], T]) -> list[T]:
    """For each row, by its part, what is fitted to the rows of other parts."""
    models = {part: fit([row for row, own in enumerate(parts) if own != part]) for part in sorted(set(parts))}
    return [models[part] for part in parts]


def classes_of(
    matrix: Any, labels: Sequence[str], classes: Sequence[str], strength: float, weights: Sequence[float] | None = None
) -> tuple[Floats64, Floats64]:
    """A multinomial logistic regression: weights (columns, classes) and biases (classes,); NEVER of an unseen class."""
    model = LogisticRegression(C=strength, max_iter=5000).fit(matrix, labels, sample_weight=weights)
    slopes, biases = model.coef_, model.intercept_
    if len(slopes) == 1:  # of two classes, the log odds of the second
        slopes, biases = np.vstack([-slopes / 2, slopes / 2]), np.concatenate([-biases / 2, biases / 2])
    seen = [classes.index(name) for name in model.classes_]
    columns, bias = np.zeros((matrix.shape[1], len(classes))), np.full(len(classes), NEVER)
    columns[:, seen], bias[seen] = slopes.T, biases
    return columns, bias


def shifted(matrix: Any, wanted: Floats64, base: Floats64, importance: Floats64, free: int = 0) -> Floats64:
    """What a softmax regression adds to the weights behind the scores so far, `base`: (columns, classes).

    `wanted`: one-hot (rows, classes); `importance`: of the rows, beside an L2 penalty of all columns but the last
    `free`.
    """
    shape, bound = (matrix.shape[1], wanted.shape[1]), matrix.shape[1] - free

    def loss(flat: Floats64) -> tuple[float, Floats64]:
        shift = flat.reshape(shape)
        sure = log_softmax(base + matrix @ shift)
        slope = matrix.T @ (importance[:, None] * (np.exp(sure) - wanted))
        slope[:bound] += shift[:bound]
        return float((shift[:bound] ** 2).sum() / 2 - (importance[:, None] * wanted * sure).sum()), slope.ravel()

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    changed: Floats64 = found.x.reshape(shape)
    return changed


def weights_of(rows: Sequence[Row], strength: float = STRENGTH) -> Weights:
    """A logistic regression over named features, each for all labels and for its own; deterministic.

    Raises SetupError where the rows are too few.
    """
    proposed = [(label, features, right) for label, features, right in rows if features is not None]
    named = [
        [(label, ANY), *((either, feature) for feature in features for either in (ANY, label))]
        for label, features, _ in proposed
    ]
    answers, columns = [right for _, _, right in proposed], columns_of(named)
    if not columns or len(set(answers)) < 2:
        raise SetupError(f"too little gold to learn from: {len(named)} proposals to judge; annotate more articles")
    model = LogisticRegression(C=strength, max_iter=500, solver="liblinear", random_state=0)
    model.fit(matrix_of(named, columns), answers)
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

    def fit(chosen: Sequence[int]) -> Weights:
        return weights_of([row for at in chosen for row in articles[at]], strength)

    of_others = held_out([at % PARTS for at in range(len(articles))], fit)
    judged = [
        (label, of_others[at].probability(label, names), right)
        for at in sorted(range(len(articles))[:scored], key=lambda at: at % PARTS)
        for label, names, right in articles[at]
        if names is not None
    ]
    missed = Counter(label in apart for own in articles[:scored] for label, names, _ in own if names is None)
    found = {
        own: balance([(sure, right) for label, sure, right in judged if (label in apart) is own], missed[own], slack)
        for own in {label in apart for label, _, _ in judged}
    }
    thresholds = {ANY: found.get(False, found.get(True, 0.5)), **dict.fromkeys(sorted(apart), found.get(True, 0.5))}
    return replace(fit(range(len(articles))), thresholds=thresholds)


def balance(judged: Sequence[Answer], missed: int = 0, slack: float = 0.0) -> float:
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


def curve_of(answers: Sequence[Answer], caution: float = 1.0) -> Curve:
    """The calibration curve of answers in held-out articles; `caution`: the weight of wrong ones in the surer half."""
    right = [right for _, right in answers]
    if len(set(right)) < 2:
        return Curve()
    known, scores = np.array([parts(score) for score, _ in answers]), np.array([score for score, _ in answers])
    weights = np.where(right | (scores < np.median(scores)), 1.0, caution)
    model = LogisticRegression(C=100.0).fit(known, right, sample_weight=weights)
    rise, fall = model.coef_[0].tolist()
    if min(rise, fall) < 0:  # the curve must not fall
        model = LogisticRegression(C=100.0).fit(known.sum(axis=1, keepdims=True), right, sample_weight=weights)
        rise = fall = float(model.coef_[0, 0])
    return Curve(round(rise, 4), round(fall, 4), round(float(model.intercept_[0]), 4))


def log_odds_of(rows: Sequence[tuple[Mapping[str, float], bool]]) -> LogOdds:
    """A logistic regression of a few numbers, each row with whether it is right."""
    right = [answer for _, answer in rows]
    if len(set(right)) < 2:  # nothing to tell apart: how often rows are right, as if one more of either had been seen
        share = (sum(right) + 1) / (len(right) + 2)
        return LogOdds({}, round(log(share / (1 - share)), 3))
    names = sorted({name for features, _ in rows for name in features})
    matrix = np.array([[features.get(name, 0.0) for name in names] for features, _ in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(matrix, right)
    weights = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return LogOdds({name: weight for name, weight in weights.items() if weight}, round(float(model.intercept_[0]), 3))
