"""Writes a network and its heads as extraction reads them: ONNX in eight bits."""

from __future__ import annotations

import lzma
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from pipeline.stages.models.encoder import MODEL, TOKENS, WINDOW
from pipeline.stages.models.heads import FOLDER, HIDDEN, Floats
from pipeline.train.encoder.base import TOKENS as BASE_TOKENS
from pipeline.train.encoder.heads import Head, RowHead
from pipeline.train.encoder.network import Network

INPUTS = ["ids", "cases"]
MOST = 127  # the largest whole number of a weight: eight bits with a sign
TINY = np.float32(1e-8)  # the smallest that the largest weight of a row counts for


class _OneOperator(torch.autograd.Function):
    """The attention operator of onnxruntime; `forward` is only traced and returns the right shape."""

    @staticmethod
    def forward(context: Any, hidden: Tensor, weights: Tensor, bias: Tensor, heads: int) -> Tensor:
        return hidden.clone()

    @staticmethod
    def symbolic(graph: Any, hidden: Any, weights: Any, bias: Any, heads: int) -> Any:
        found = graph.op("com.microsoft::Attention", hidden, weights, bias, num_heads_i=heads)
        return found.setType(hidden.type())


class _Attention(nn.Module):
    """The attention of a layer without a mask; query, key and value are one product."""

    def __init__(self, own: Any) -> None:
        super().__init__()
        parts = own.query, own.key, own.value
        self.weights = nn.Parameter(torch.cat([part.weight.T for part in parts], dim=1))
        self.bias = nn.Parameter(torch.cat([part.bias for part in parts]))
        self.heads = own.num_attention_heads

    def forward(self, hidden: Tensor, *_: Any, **__: Any) -> tuple[Tensor, None]:
        return _OneOperator.apply(hidden, self.weights, self.bias, self.heads), None  # type: ignore[no-untyped-call]


class _UsedNetwork(nn.Module):
    """The network for one window: (1, pieces, columns) out: scores of the heads, then HIDDEN.

    A single window has no padding, so there is no mask, which saves a twelfth of the time.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = deepcopy(network)
        for layer in self.network.bert.encoder.layer:
            layer.attention.self = _Attention(layer.attention.self)
        positions = self.network.bert.embeddings.position_embeddings
        positions.weight = nn.Parameter(positions.weight[:WINDOW])  # no window is longer

    def forward(self, ids: Tensor, cases: Tensor) -> Tensor:
        bert = self.network.bert
        hidden = bert.encoder(bert.embeddings(inputs_embeds=self.network.embedded(ids, cases))).last_hidden_state
        return torch.cat([self.network.heads(hidden), hidden], dim=-1)


def export(network: Network, base: Path, folder: Path) -> None:
    """Writes the model and the tokenizer of `base` to `folder`.

    Each channel has its scale. Weights take seven of the eight bits, since sums of eight overflow on processors without
    VNNI.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        whole, prepared = Path(work) / "whole.onnx", Path(work) / "prepared.onnx"
        _trace(_UsedNetwork(network).eval(), whole)
        quant_pre_process(whole, prepared, skip_symbolic_shape=True)
        quantize_dynamic(prepared, folder / MODEL, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    (folder / TOKENS).write_bytes(lzma.compress((base / BASE_TOKENS).read_bytes(), preset=9))


def _trace(network: nn.Module, path: Path) -> None:
    sample = tuple(torch.ones((1, WINDOW), dtype=torch.long) for _ in INPUTS)
    axes = {name: {1: "pieces"} for name in [*INPUTS, "columns"]}
    torch.onnx.export(
        network, sample, str(path), input_names=INPUTS, output_names=["columns"], dynamic_axes=axes, dynamo=False
    )


def _rounded(value: Floats) -> tuple[Any, Any]:
    """The scale of each row of a matrix, in half precision, and its values in whole numbers up to MOST."""
    scale = (np.maximum(np.abs(value).max(axis=1, keepdims=True), TINY) / MOST).astype(np.float16)
    return scale, np.round(value / scale.astype(np.float32)).clip(-MOST, MOST).astype(np.int8)


class _Rounded(nn.Module):
    """A matrix in eight bits with a scale a row; onnxruntime unpacks it once, when it opens the graph."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        scale, numbers = _rounded(matrix.detach().numpy())
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


class _UsedHead(nn.Module):
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
        _trace_head(head, folder / FOLDER / f"{name}.onnx")


def _trace_head(head: Head, path: Path) -> None:
    pieces, ends = np.zeros((4, HIDDEN), np.float32), np.tile(np.arange(3), (4, 1))
    sample = head.inputs(pieces, ends, np.zeros((3, 1), np.int64))
    names = [f"input {number}" for number in range(len(sample))]
    axes = {
        name: {at: f"{name} {at}" for at in range(given.ndim) if given.shape[at] != HIDDEN}
        for name, given in zip(names, sample, strict=True)
    }
    torch.onnx.export(
        _UsedHead(head).eval(),
        sample,
        str(path),
        input_names=names,
        output_names=["scores"],
        dynamic_axes={**axes, "scores": {0: "questions"}},
        do_constant_folding=False,  # weights stay in eight bits
        dynamo=False,
    )
