"""A head on the encoder: a small ONNX graph that scores spans, pairs of spans or texts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from pipeline.stages.models.layers import Floats, Hidden, Integers

FOLDER = "heads"  # in the folder of the encoder
NAMES = ("roles", "relations", "mentions", "stated", "topics", "projects")
FILES = tuple(f"{FOLDER}/{name}.onnx" for name in NAMES)

TOGETHER = 512  # spans or pairs that are scored at once
# one vector a question, from distinct rows (n, HIDDEN): the number of its row, or weights (questions, n) of all rows
Vector = tuple[Floats, Integers | Floats]


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
