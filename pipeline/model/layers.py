"""Small layers that judge spans of a text, pairs of them and whole texts, by what the encoder makes of the pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]  # how a long text is kept
Hidden = Floats | Halves
Integers = npt.NDArray[np.int64]

HIDDEN = 384  # what the encoder makes of a piece, before the heads
BLOCK = 4096  # spans or pairs that are judged, and pieces that are weighed, at once
AFTER = ("facts", "inner", "inner_bias", "outer", "outer_bias")  # the arrays that all layers have
ASKS = "asks"  # one that only those over texts have


@dataclass(frozen=True)
class Layers:
    """Two layers over vectors and facts of something.

    `into`: by vector (HIDDEN, width); `facts` (classes of all facts, width), `inner` (width, width), `inner_bias`
    (width,), `outer` (width, classes), `outer_bias` (classes,); `asks` (HIDDEN, looks): see `texts`.
    """

    into: dict[str, Floats]
    facts: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats
    asks: Floats

    def __call__(self, vectors: Sequence[Floats], facts: Integers) -> Floats:
        """Scores (rows, classes).

        `vectors`: (rows, width) each, by the arrays of `into`; `facts` (rows, facts): which rows of the array hold.
        """
        joined: Floats = sum(vectors[1:], vectors[0]) + self.facts[facts].sum(axis=1)
        deeper = np.maximum(np.maximum(joined, 0) @ self.inner + self.inner_bias, 0)
        scores: Floats = deeper @ self.outer + self.outer_bias
        return scores


class Encoded(Protocol):
    """What layers ask of the encoding of a text; `sentences`: the number of that which each piece is of."""

    @property
    def layers(self) -> Mapping[str, Layers]: ...

    @property
    def sentences(self) -> Integers: ...

    @property
    def hidden(self) -> Hidden: ...


def read_layers(arrays: Any, name: str, vectors: Sequence[str]) -> Layers:
    """The layers of a name, over these vectors, from the arrays of a file."""
    into = {vector: _unpacked(arrays, f"{name}.{vector}") for vector in vectors}
    asks = _unpacked(arrays, f"{name}.{ASKS}") if f"{name}.{ASKS}" in arrays else np.zeros((HIDDEN, 0), np.float32)
    return Layers(into=into, asks=asks, **{array: _unpacked(arrays, f"{name}.{array}") for array in AFTER})


def _unpacked(arrays: Any, name: str) -> Floats:
    """An array as it was before it was packed: eight bits with a scale a row, or halves."""
    found, scale = arrays[name].astype(np.float32), f"{name}.scale"
    scaled: Floats = found * arrays[scale].astype(np.float32) if scale in arrays else found
    return scaled


def whole(hidden: Hidden) -> Floats:
    """What is kept of pieces, in the numbers that are reckoned with; a short text is kept so from the first."""
    return hidden.astype(np.float32, copy=False)


def means(hidden: Hidden, into: Floats, begin: Integers, end: Integers) -> Floats:
    """(spans, width): the mean of all pieces from a piece up to another one, by an array of `into`; zeros of nothing.

    Pieces between which no span begins or ends are added up before they are weighed; those in no span are not read.
    """
    cuts, (first, last) = np.unique(np.stack([begin, end]), return_inverse=True)
    edges = np.bincount(first, minlength=len(cuts)) - np.bincount(last, minlength=len(cuts))
    read = np.flatnonzero(np.cumsum(edges))
    sums = np.zeros((len(cuts), into.shape[1]))
    if len(read):
        parts = zip(cuts[read].tolist(), cuts[read + 1].tolist(), strict=True)
        sums[read + 1] = np.array([hidden[a:b].sum(axis=0, dtype=np.float32) for a, b in parts]) @ into
    np.cumsum(sums, axis=0, out=sums)
    found: Floats = ((sums[last] - sums[first]) / np.maximum(end - begin, 1)[:, None]).astype(np.float32)
    return found


def rows_of(facts: Sequence[Integers], sizes: Sequence[int]) -> Integers:
    """(rows, facts) of facts, each with its number of classes: which rows hold of an array of all classes."""
    found: Integers = np.stack(facts, axis=1) + np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return found


def log_softmax(scores: Floats) -> Floats:
    """Log probabilities of scores, along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found
