"""Writes a network and its heads as extraction reads them: ONNX in eight bits."""

from __future__ import annotations

import lzma
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from pipeline.stages.models.encoder import MODEL, TOKENS, WINDOW
from pipeline.stages.models.heads import FOLDER, HIDDEN
from pipeline.train.network import BASE_TOKENS, Head, Network

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
    sample = tuple(torch.ones((1, WINDOW), dtype=torch.long) for _ in INPUTS)
    axes = {name: {1: "pieces"} for name in [*INPUTS, "columns"]}
    with TemporaryDirectory() as work:
        whole, prepared = Path(work) / "whole.onnx", Path(work) / "prepared.onnx"
        _trace(_UsedNetwork(network), sample, whole, INPUTS, "columns", axes)
        quant_pre_process(whole, prepared, skip_symbolic_shape=True)
        quantize_dynamic(prepared, folder / MODEL, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    (folder / TOKENS).write_bytes(lzma.compress((base / BASE_TOKENS).read_bytes(), preset=9))


def export_heads(found: dict[str, Head], folder: Path) -> None:
    """Writes each head to the folder of an encoder, its matrices in eight bits."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    pieces, ends = np.zeros((4, HIDDEN), np.float32), np.tile(np.arange(3), (4, 1))
    for name, head in found.items():
        sample, path = head.inputs(pieces, ends, np.zeros((3, 1), np.int64)), folder / FOLDER / f"{name}.onnx"
        names = [f"input {number}" for number in range(len(sample))]
        axes = {
            name: {at: f"{name} {at}" for at in range(given.ndim) if given.shape[at] != HIDDEN}
            for name, given in zip(names, sample, strict=True)
        }
        _trace(head, sample, path, names, "scores", {**axes, "scores": {0: "questions"}}, do_constant_folding=False)
        _round(path)


def _trace(
    module: nn.Module, sample: Any, path: Path, inputs: list[str], output: str, axes: Any, **options: bool
) -> None:
    torch.onnx.export(
        module.eval(),
        sample,
        str(path),
        input_names=inputs,
        output_names=[output],
        dynamic_axes=axes,
        dynamo=False,
        **options,
    )


def _round(path: Path) -> None:
    """Stores the matrices of a graph in eight bits with a scale a row; onnxruntime unpacks them when it opens it."""
    model = onnx.load(path)
    graph = model.graph
    for part in [part for part in graph.initializer if len(part.dims) == 2]:
        value, name = numpy_helper.to_array(part), part.name
        scale = np.maximum(np.abs(value).max(axis=1, keepdims=True), TINY) / MOST
        numbers = np.round(value / scale).clip(-MOST, MOST).astype(np.int8)
        graph.initializer.remove(part)
        stored = {f"{name} numbers": numbers, f"{name} scale": scale}
        graph.initializer.extend(numpy_helper.from_array(array, own) for own, array in stored.items())
        graph.node.insert(0, helper.make_node("Mul", [f"{name} whole", f"{name} scale"], [name]))
        cast = helper.make_node("Cast", [f"{name} numbers"], [f"{name} whole"], to=onnx.TensorProto.FLOAT)
        graph.node.insert(0, cast)
    onnx.save(model, path)
