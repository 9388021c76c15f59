"""Arrays that the encoder and its heads share: types, sizes, means of spans, log probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]  # how a long text is kept
Hidden = Floats | Halves
Integers = npt.NDArray[np.int64]

HIDDEN = 384  # columns of a piece before the heads
BLOCK = 4096  # a text of more pieces is kept in half precision


def whole(hidden: Hidden) -> Floats:
    """The pieces in single precision; those of a short text are kept so."""
    return hidden.astype(np.float32, copy=False)


def means(hidden: Hidden, begin: Integers, end: Integers) -> tuple[Floats, Floats]:
    """Rows (segments, HIDDEN) and weights (spans, segments): their product is the mean of the pieces of each span.

    A span goes from `begin` up to `end`; the weights of an empty one are zeros. A segment is the sum of the pieces
    between two neighbouring ends.
    """
    cuts, (first, last) = np.unique(np.stack([begin, end]), return_inverse=True)
    edges = np.bincount(first, minlength=len(cuts)) - np.bincount(last, minlength=len(cuts))
    segments = np.flatnonzero(np.cumsum(edges))  # those that are in a span
    rows = np.zeros((len(segments), HIDDEN), np.float32)
    for row, a, b in zip(rows, cuts[segments].tolist(), cuts[segments + 1].tolist(), strict=True):
        hidden[a:b].sum(axis=0, dtype=np.float32, out=row)
    inside = (first[:, None] <= segments) & (segments < last[:, None])
    return rows, inside / np.maximum(end - begin, 1).astype(np.float32)[:, None]


def rows_of(facts: Sequence[Integers], sizes: Sequence[int]) -> Integers:
    """(rows, facts): for each fact, which has so many classes, the row of its class in one array of all classes."""
    found: Integers = np.stack(facts, axis=1) + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return found


def log_softmax(scores: Floats) -> Floats:
    """Log probabilities of scores, along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found
