"""Writes heads as the encoder in use reads them: an ONNX graph each, weights in eight bits with a scale a row."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.stages.models.heads import FOLDER, HIDDEN
from pipeline.train.encoder.heads.modules import Head, RowHead
from pipeline.train.encoder.packed import rounded

MOST = 127  # the largest whole number of a weight: eight bits with a sign


class _Rounded(nn.Module):
    """A matrix in eight bits with a scale a row; onnxruntime unpacks it once, when it opens the graph."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        scale, numbers = rounded(matrix.detach().numpy(), MOST, np.float16)
        self.scale, self.numbers = (nn.Buffer(torch.from_numpy(array)) for array in (scale, numbers))

    def forward(self) -> Tensor:
        return self.numbers.float() * self.scale.float()


class _Linear(nn.Module):
    def __init__(self, own: nn.Linear) -> None:
        super().__init__()
        self.matrix = _Rounded(own.weight.T)
        self.bias = nn.Buffer(own.bias.detach().half()) if own.bias is not None else None

    def forward(self, rows: Tensor) -> Tensor:
        found: Tensor = rows @ self.matrix()
        return found if self.bias is None else found + self.bias.float()


class _Embedding(nn.Module):
    def __init__(self, own: nn.Embedding) -> None:
        super().__init__()
        self.matrix = _Rounded(own.weight)

    @property
    def weight(self) -> Tensor:
        return self.matrix()

    def forward(self, numbers: Tensor) -> Tensor:
        return self.matrix()[numbers]


class _Used(nn.Module):
    """A head as it is used; `RowHead` gives log probabilities, since each of its questions has one class."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.head = deepcopy(head).eval()
        for parent in list(self.head.modules()):
            for name, child in list(parent.named_children()):
                if isinstance(child, nn.Linear):
                    setattr(parent, name, _Linear(child))
                elif isinstance(child, nn.Embedding):
                    setattr(parent, name, _Embedding(child))

    def forward(self, *inputs: Tensor) -> Tensor:
        scores: Tensor = self.head(*inputs)
        return scores.log_softmax(dim=-1) if isinstance(self.head, RowHead) else scores


def export_heads(found: dict[str, Head], folder: Path) -> None:
    """Writes each head to the folder of an encoder."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, head in found.items():
        _trace(head, folder / FOLDER / f"{name}.onnx")


def _trace(head: Head, path: Path) -> None:
    pieces, ends = np.zeros((4, HIDDEN), np.float32), np.tile(np.arange(3), (4, 1))
    sample = head.inputs(pieces, ends, np.zeros((3, 1), np.int64))
    names = [f"input {number}" for number in range(len(sample))]
    axes = {
        name: {at: f"{name} {at}" for at in range(given.ndim) if given.shape[at] != HIDDEN}
        for name, given in zip(names, sample, strict=True)
    }
    torch.onnx.export(
        _Used(head).eval(),
        sample,
        str(path),
        input_names=names,
        output_names=["scores"],
        dynamic_axes={**axes, "scores": {0: "questions"}},
        do_constant_folding=False,  # weights stay in eight bits
        dynamo=False,
    )
