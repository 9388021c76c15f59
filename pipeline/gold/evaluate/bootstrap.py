"""Confidence intervals of F1 by the bootstrap over articles.

Articles are drawn, not mentions, because the errors within one article depend on each other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DRAWS = 1_000
SEED = 20_250_925


def f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 of counts (..., 3: tp, fp, fn) -> (...); NaN where all three are 0."""
    tp, wrong = counts[..., 0], counts[..., 1] + counts[..., 2]
    whole = 2 * tp + wrong
    found = np.full(whole.shape, np.nan)
    np.divide(2 * tp, whole, out=found, where=whole > 0)
    return found


def intervals(counts: NDArray[np.int64], draws: int = DRAWS, seed: int = SEED) -> NDArray[np.float64]:
    """The 95 % interval of F1: counts (articles, rows, 3) -> (rows, 2: low, high); NaN for a row without counts."""
    articles, rows, _ = counts.shape
    if articles == 0:
        return np.full((rows, 2), np.nan)
    weights = np.random.default_rng(seed).multinomial(articles, np.full(articles, 1 / articles), size=draws)
    drawn = (weights.astype(np.float64) @ counts.reshape(articles, -1)).reshape(draws, rows, 3)
    scores = f1(drawn)
    found = np.full((rows, 2), np.nan)
    for row in range(rows):
        defined = scores[:, row][~np.isnan(scores[:, row])]
        if defined.size:
            found[row] = np.percentile(defined, (2.5, 97.5))
    return found
