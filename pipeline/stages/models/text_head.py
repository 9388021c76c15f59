"""The text head: scores of a sentence or of a whole text.

Most words of a text say nothing about a class, so several looks each weigh the pieces anew.
"""

from __future__ import annotations

import numpy as np

from pipeline.stages.models.heads import HIDDEN, Encoded, Floats, Hidden, Integers, whole

LOOKS = 4
VECTORS = tuple(f"look {number}" for number in range(LOOKS))
TOGETHER = 32  # texts that are scored at once


def judged(encoding: Encoded, name: str, first: Integers, last: Integers) -> Floats:
    """Scores (texts, classes) by the head of a name, of texts by their first and last pieces."""
    head, starts = encoding.heads[name], range(0, len(first), TOGETHER)
    parts = (slice(at, at + TOGETHER) for at in starts)
    found = [head(*padded(encoding.hidden, first[part], last[part])) for part in parts]
    return np.concatenate([np.zeros((0, head.classes), np.float32), *found])


def padded(hidden: Hidden, first: Integers, last: Integers) -> tuple[Floats, Integers]:
    """The pieces of texts (texts, longest, HIDDEN), filled up with zeros, and how many each text has."""
    sizes = last + 1 - first
    if len(sizes) == 1:
        return whole(hidden[first[0] : last[0] + 1])[None], sizes
    found = np.zeros((len(sizes), sizes.max(initial=0), HIDDEN), np.float32)
    for row, begin, size in zip(found, first.tolist(), sizes.tolist(), strict=True):
        row[:size] = hidden[begin : begin + size]
    return found, sizes
