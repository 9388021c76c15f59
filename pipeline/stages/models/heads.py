"""Heads on the encoder, small ONNX graphs that score spans, pairs of spans or texts, and the arrays that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]  # how a long text is kept
Hidden = Floats | Halves
Integers = npt.NDArray[np.int64]

HIDDEN = 384  # columns of a piece before the heads
BLOCK = 4096  # a text of more pieces is kept in half precision
FOLDER = "heads"  # in the folder of the encoder
NAMES = ("roles", "relations", "mentions", "stated", "topics", "projects")
FILES = tuple(f"{FOLDER}/{name}.onnx" for name in NAMES)

TOGETHER = 512  # spans or pairs that are scored at once
# one vector a question, from distinct rows (n, HIDDEN): the number of its row, or weights (questions, n) of all rows
Vector = tuple[Floats, Integers | Floats]


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


class Head:
    """The graph in a file; `classes`: the number of its scores. One thread: the products are small."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._inputs = [given.name for given in self._session.get_inputs()]
        self.classes: int = self._session.get_outputs()[0].shape[1]

    def __call__(self, *inputs: Any) -> Floats:
        """Scores (questions, classes); the inputs in the order of the graph."""
        (found,) = self._session.run(None, dict(zip(self._inputs, inputs, strict=True)))
        scores: Floats = found
        return scores


def read_heads(folder: Path) -> dict[str, Head]:
    """The heads in the folder of an encoder by name."""
    return {Path(file).stem: Head(folder / file) for file in FILES}


class Encoded(Protocol):
    """An encoded text, as the heads read it; `sentences`: the sentence number of each piece."""

    @property
    def heads(self) -> Mapping[str, Head]: ...

    @property
    def sentences(self) -> Integers: ...

    @property
    def hidden(self) -> Hidden: ...
