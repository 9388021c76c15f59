"""Writes a network to `models/encoder`: ONNX in eight bits."""

from __future__ import annotations

import lzma
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from pipeline.stages.models.encoder import MODEL, TOKENS, WINDOW
from pipeline.train.encoder import packed
from pipeline.train.encoder.network import Network

INPUTS = ["ids", "cases"]


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


class Used(nn.Module):
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
        _trace(Used(network).eval(), whole)
        quant_pre_process(whole, prepared, skip_symbolic_shape=True)
        quantize_dynamic(prepared, folder / MODEL, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    (folder / TOKENS).write_bytes(lzma.compress((base / packed.TOKENS).read_bytes(), preset=9))


def _trace(network: nn.Module, path: Path) -> None:
    sample = tuple(torch.ones((1, WINDOW), dtype=torch.long) for _ in INPUTS)
    axes = {name: {1: "pieces"} for name in [*INPUTS, "columns"]}
    torch.onnx.export(
        network, sample, str(path), input_names=INPUTS, output_names=["columns"], dynamic_axes=axes, dynamo=False
    )
