"""Writes a network as `models/encoder` holds it: ONNX in eight bits, and the layers over pairs as arrays."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from pipeline.encoder import MODEL, PAIRS, TOKENS, WINDOW
from pipeline.train.encoder.network import Network, Pairs

INPUTS = ["ids", "cases", "mask"]


def export(network: Network, base: Path, folder: Path) -> None:
    """Writes the model, the pairs and the tokenizer of `base` to `folder`.

    Each channel has its scale, and weights take seven of the eight bits: sums of eight overflow on processors without
    VNNI.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        whole, prepared = Path(work) / "whole.onnx", Path(work) / "prepared.onnx"
        _trace(network, whole)
        quant_pre_process(whole, prepared, skip_symbolic_shape=True)
        quantize_dynamic(prepared, folder / MODEL, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    arrays = {**_arrays("roles", network.roles), **_arrays("relations", network.relations)}
    np.savez_compressed(folder / PAIRS, **arrays)  # type: ignore[arg-type]
    shutil.copyfile(base / TOKENS, folder / TOKENS)


def _trace(network: Network, path: Path) -> None:
    sample = tuple(torch.ones((2, WINDOW), dtype=torch.long) for _ in INPUTS)
    axes = {name: {0: "windows", 1: "pieces"} for name in [*INPUTS, "columns"]}
    torch.onnx.export(
        network, sample, str(path), input_names=INPUTS, output_names=["columns"], dynamic_axes=axes, dynamo=False
    )


def _arrays(name: str, pairs: Pairs) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    parts = {
        "left": pairs.left.weight,
        "right": pairs.right.weight,
        "distance": pairs.distance.weight,
        "weight": pairs.out.weight,
        "bias": pairs.out.bias,
    }
    return {f"{name}.{part}": value.detach().numpy().astype(np.float32) for part, value in parts.items()}
