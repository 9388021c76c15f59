"""Trains the base of the encoder: all-MiniLM-L6-v2 (Apache-2.0) on news, coded projects and annotated articles.

A base is a folder with `config.json`, `model.safetensors` and `tokenizer.json`, and with `heads.safetensors` once it is
trained. The encoders of all parts start from it, so no story of the scored articles may be in its training data. With
annotated articles, the base also has a recognizer of mentions (`ner`).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors.torch import save_file

from pipeline.gold.folder import digest
from pipeline.gold.stories import stories
from pipeline.record import Record
from pipeline.stages.models.encoder import tokenizer
from pipeline.train.cards import SCORES, card_of, today, write_card
from pipeline.train.encoder.export import export
from pipeline.train.encoder.fit import LARGE, OTHERS, PROJECTS, begun, fitted
from pipeline.train.encoder.heads.fit import BEGINNING, fit_heads
from pipeline.train.encoder.heads.modules import initial_heads, state_of
from pipeline.train.encoder.masked import news_windows, read_news
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.packed import HEADS_FILE, TOKENS, installed, opened
from pipeline.train.encoder.samples import Sample, project_samples, samples_of
from pipeline.train.encoder.teach import in_order, mentions_of, teach, unannotated
from pipeline.train.entities.recognizer import OTHERS_EPOCHS, labelled, taught, write
from pipeline.train.sectors.rows import SectorRow, read_rows

REBUILD = (
    "corridor train base --news FILE --projects FOLDER --gold FOLDER --apart FOLDER"
    " --teacher FOLDER --unlabelled FILE --out FOLDER"
)


def train_base(
    out: Path,
    news: Sequence[Path] = (),
    projects: Path | None = None,
    base: Path | None = None,
    seed: int = 0,
    golds: Sequence[Record] = (),
    teacher: Path | None = None,
    unlabelled: Sequence[Record] = (),
) -> dict[str, Any]:
    """Trains a base on `news` (JSON lines with `text`), `projects` and `golds`, writes it to `out`, returns its card.

    `golds`: see `unscored`. `base`: the start; if it has learned projects, it does not learn them again, but some go
    along with the golds. `teacher`: a folder of `train_teacher`, whose probabilities for the golds and for `unlabelled`
    the base learns too.
    """
    with opened(base) as folder:
        return _train_base(out, news, projects, folder, seed, golds, teacher, unlabelled)


def _train_base(
    out: Path,
    news: Sequence[Path],
    projects: Path | None,
    base: Path,
    seed: int,
    golds: Sequence[Record],
    teacher: Path | None,
    unlabelled: Sequence[Record],
) -> dict[str, Any]:
    before = card_of(base)
    pieces = tokenizer(base / TOKENS)
    read = [window for path in news for window in news_windows(path, pieces)]
    coded, _ = coded_projects(projects)
    torch.manual_seed(seed)
    shown = list(project_samples(coded, pieces))
    new = [] if before and before.get("projects") else shown
    network = begun(read_news(Network(base), read, seed), new, seed)
    seen: list[list[Sample]] = []
    if golds:
        annotated = samples_of(golds, pieces)
        cuts = [list(chain(*cut)) for cut in annotated]
        seen = _taught(cuts, [gold.article.text for gold in unlabelled], pieces, teacher) if teacher else []
        network = fitted(cuts, shown, network, OTHERS, seed, list(chain(*seen)))
    card = {
        "name": "base",
        "what": "all-MiniLM-L6-v2 that has read news with masked words, the sectors and stages of projects, articles",
        "base": before,
        "teacher": card_of(teacher),
        "unlabelled": len(seen),
        "windows": len(read),
        "projects": len(coded),
        "articles": len(golds),
        "epochs": [int(bool(read)), PROJECTS.passes * bool(new), OTHERS.passes * bool(golds)],
        "data_sha256": digest(golds),
        "seed": seed,
        "date": today(),
        "scores": SCORES,
        "rebuild": REBUILD,
    }
    _write(network, base, out, card)
    if golds:
        _write_heads(network, base, out, annotated, shown, seed)
        silver = [(gold.article.text, mentions_of(samples)) for gold, samples in zip(unlabelled, seen, strict=False)]
        write(taught(labelled(golds), seed, silver, epochs=OTHERS_EPOCHS), out)
    return card


def _write_heads(
    network: Network,
    base: Path,
    out: Path,
    cuts: Sequence[Sequence[Sequence[Sample]]],
    projects: Sequence[Sample],
    seed: int,
) -> None:
    """Trains the heads for spans, pairs and texts and adds them to those of the base."""
    with TemporaryDirectory() as work:
        export(network, base, Path(work))
        learned = fit_heads(initial_heads(base, seed), Path(work), cuts, projects, BEGINNING, seed)
    save_file({**network.learned_heads(), **state_of(learned)}, out / HEADS_FILE)


def train_teacher(
    out: Path, base: Path, golds: Sequence[Record], seed: int = 0, small: Path | None = None
) -> dict[str, Any]:
    """Trains a teacher on `golds` (see `unscored`), writes it to `out`, returns its card.

    `base`: the folder of all-mpnet-base-v2 (Apache-2.0), or of another network with the word pieces of BERT; `small`:
    the folder of the network that it will teach.
    """
    small = small or installed()
    pieces = tokenizer(small / TOKENS)
    cuts = [list(chain(*cut)) for cut in samples_of(golds, pieces)]
    torch.manual_seed(seed)
    with TemporaryDirectory() as work:
        network = fitted(cuts, [], Network(in_order(base, small, Path(work))), LARGE, seed)
    card = {
        "name": "teacher",
        "what": f"{base.resolve().name} that has read annotated articles, to teach the base",
        "articles": len(golds),
        "epochs": LARGE.passes,
        "data_sha256": digest(golds),
        "seed": seed,
        "date": today(),
        "rebuild": "corridor train teacher --base FOLDER --gold FOLDER --apart FOLDER --out FOLDER",
    }
    _write(network, small, out, card)
    return card


def _taught(cuts: Sequence[Sequence[Sample]], texts: Sequence[str], pieces: Any, teacher: Path) -> list[list[Sample]]:
    """Adds the probabilities of the teacher to the samples; returns the samples of each unannotated text."""
    network = Network(teacher).eval()
    teach(list(chain(*cuts)), network)
    return unannotated(texts, pieces, network)


def unscored(golds: Sequence[Record], scored: Sequence[Record]) -> list[Record]:
    """The articles that share no story with the scored ones."""
    known = {number for story in stories([*scored, *golds]) if min(story) < len(scored) for number in story}
    return [gold for number, gold in enumerate(golds, len(scored)) if number not in known]


def coded_projects(folder: Path | None) -> tuple[list[SectorRow], list[SectorRow]]:
    """The projects that AidData coded: those to learn from, and the held-out ones; none without a folder."""
    rows = read_rows(folder) if folder else []
    learned = [row for row in rows if row.part == "train" and not row.key.startswith("worldbank")]
    return learned, [row for row in rows if row.part == "test"]


def _write(network: Network, base: Path, out: Path, card: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    network.bert.save_pretrained(out)
    shutil.copyfile(base / TOKENS, out / TOKENS)
    save_file(network.learned_heads(), out / HEADS_FILE)
    write_card(card, out)
