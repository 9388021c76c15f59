"""What a text tells, a sentence or a whole article: as the encoder has all its pieces, each as far as it matters.

Hard because most words of a sentence say nothing of what it commits to: several looks at it each weigh its pieces anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched

import numpy as np

from pipeline.model.layers import BLOCK, Encoded, Floats, Hidden, Integers, Layers, whole

LOOKS = 4
VECTORS = tuple(f"look {number}" for number in range(LOOKS))
TOGETHER = 256  # texts that are judged at once
FACTS = (1,)  # nothing is known beforehand


def judged(encoding: Encoded, name: str, first: Integers, last: Integers) -> Floats:
    """Scores (texts, classes) by the layers of a name, of texts: their first and last pieces."""
    layers, ends = encoding.layers[name], zip(first.tolist(), last.tolist(), strict=True)
    found = [_judged(encoding.hidden, layers, some) for some in batched(ends, TOGETHER)]
    return np.concatenate([np.zeros((0, len(layers.outer_bias)), np.float32), *found])


def _judged(hidden: Hidden, layers: Layers, ends: Sequence[tuple[int, int]]) -> Floats:
    seen = np.array([_looks(hidden, layers.asks, *own) for own in ends])
    vectors = [seen[:, number] @ layers.into[look] for number, look in enumerate(VECTORS)]
    return layers(vectors, np.zeros((len(ends), len(FACTS)), np.int64))


def _looks(hidden: Hidden, asks: Floats, first: int, last: int) -> Floats:
    """(LOOKS, HIDDEN): the pieces from the first to the last one, weighed as each look has it."""
    scores = np.concatenate([rows @ asks for rows in _blocks(hidden, first, last)])
    weights = np.exp(scores - scores.max(axis=0))
    parts = np.split(weights / weights.sum(axis=0), range(BLOCK, len(weights), BLOCK))
    looked: Floats = sum(part.T @ rows for part, rows in zip(parts, _blocks(hidden, first, last), strict=True))
    return looked


def _blocks(hidden: Hidden, first: int, last: int) -> Iterator[Floats]:
    for at in range(first, last + 1, BLOCK):
        yield whole(hidden[at : min(at + BLOCK, last + 1)])
