"""Makes finished encoders smaller: fewer layers learn to make of each piece what all of them make of it.

Four layers take two thirds of the time of six. They need no annotated text to learn from, only many that the whole
encoder has read.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import kl_div, mse_loss

from pipeline.doc import sentence_spans
from pipeline.encoder import CARD, HEADS, LAYERS, MODEL, Encoder, Window, stacked, windows
from pipeline.errors import SetupError
from pipeline.evaluate.gold import GoldArticle
from pipeline.extract import load
from pipeline.layers import HIDDEN, Halves
from pipeline.train.cards import card_of, write_card
from pipeline.train.encoder.export import export
from pipeline.train.encoder.fit import Course
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.packed import opened
from pipeline.train.encoder.pool import each
from pipeline.train.encoder.steps import trained
from pipeline.train.encoder.train import School
from pipeline.train.parts import Parts

KEPT = (0, 1, 3, 5)  # the layers of a base that a smaller one begins with
COURSE = Course(1, (6e-4, 6e-4), 16)
NEAR = 5.0  # how much it counts that what is made of a piece is near, against that the likeliest answers are
ALIKE = 3  # heads, the first, whose answers are held against each other: TAGS, TRIGGERS, STATUSES
ENOUGH = 400  # windows that tell how the heads come of what is made of a piece
SLIM = "layers"  # in the card of what is small

Read = tuple[Window, Halves]  # a window with what the whole encoder makes of its pieces


def slim_encoders(
    parts: Parts,
    out: Path,
    unlabelled: Sequence[str],
    projects: Path | None = None,
    base: Path | None = None,
    seed: int = 0,
    workers: int = 2,
) -> dict[str, Any]:
    """Puts a smaller encoder in the place of that in `out` and of that of each part, but of those that are small.

    `base`: what the encoders began with; `unlabelled`: texts to learn from beside `projects` and the articles that an
    encoder learned from; `projects`, `workers`: as for `train_encoder`. Returns the card of that in `out`. Raises
    SetupError where an encoder is missing.
    """
    jobs = [(list(range(len(parts.golds))), out)]
    jobs += [(parts.others(number), parts.folder(number) / "encoder") for number in range(len(parts.places))]
    missing = [folder for _, folder in jobs if not (folder / CARD).is_file()]
    if missing:
        raise SetupError(f"{missing[0]}: has no encoder; run corridor train encoder before")
    left = [job for job in jobs if SLIM not in (card_of(job[1]) or {})]
    if left:
        with opened(base) as folder:
            each(_Slimmer, (parts.golds, folder, projects, seed, unlabelled), left, workers)
    return card_of(out) or {}


class _Slimmer:
    """Makes encoders smaller that learned from some of the articles."""

    def __init__(
        self,
        golds: Sequence[GoldArticle],
        base: Path,
        projects: Path | None,
        seed: int,
        unlabelled: Sequence[str],
    ) -> None:
        self._school, self._base, self._seed = School(golds, base, projects, seed), base, seed
        self._texts = len(unlabelled)
        told = ((doc.text, sentence_spans(doc)) for doc in load(()).pipe(unlabelled))
        self._windows = [window for text in told for window in windows(*text, self._school.pieces)]

    def __call__(self, places: Sequence[int], folder: Path) -> dict[str, Any]:
        """Puts a smaller encoder in the place of that in `folder`, which learned from the articles at `places`."""
        encoder = Encoder(folder, threads=0)
        own = chain(*self._school.samples(places)[0], self._school.projects)
        read = [(window, encoder.columns(window)) for window in [*self._windows, *(sample.window for sample in own)]]
        passes, rates, size = COURSE
        network = trained(_begun(self._base, read), [read] * passes, size, rates, _loss, _length, self._seed)
        with TemporaryDirectory(dir=folder.parent) as work:
            small = Path(work)
            export(network, self._base, small)
            self._school.finish(places, small)
            card = {**(card_of(folder) or {}), SLIM: len(KEPT), "read": self._texts, **self._school.held_out(small)}
            write_card(card, small)
            for name in (MODEL, LAYERS, CARD):
                shutil.copyfile(small / name, folder / name)
        return card


def _begun(base: Path, read: Sequence[Read]) -> Network:
    """Some layers of the base, with the heads of the encoder that has read the windows."""
    network = Network(base)
    whole = enumerate(network.bert.encoder.layer)
    network.bert.encoder.layer = nn.ModuleList(layer for at, layer in whole if at in KEPT)
    for part in network.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
    weights, bias = _heads([columns for _, columns in read[:: max(1, len(read) // ENOUGH)]])
    network.heads.load_state_dict({"weight": weights, "bias": bias})
    network.heads.requires_grad_(False)
    return network


def _heads(columns: Sequence[Halves]) -> tuple[Tensor, Tensor]:
    """Weights (scores, HIDDEN) and biases (scores,) by which an encoder's scores come of the rest of its columns."""
    scores, hidden = np.split(np.concatenate(columns).astype(np.float32), [sum(HEADS)], axis=1)
    found, *_ = np.linalg.lstsq(np.hstack([hidden, np.ones((len(hidden), 1), np.float32)]), scores, rcond=None)
    return torch.from_numpy(found[:HIDDEN].T.copy()), torch.from_numpy(found[HIDDEN])


def _length(read: Read) -> int:
    return len(read[0].ids)


def _loss(network: Network, batch: list[Read]) -> Tensor:
    """How far off what is made of the pieces is, and what the heads then answer."""
    ids, cases, mask = torch.from_numpy(stacked([window for window, _ in batch]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network.hidden(ids, cases, mask).float()
    found = torch.cat([row[1 : len(window.ids) + 1] for row, (window, _) in zip(out, batch, strict=True)])
    told = torch.from_numpy(np.concatenate([columns for _, columns in batch]).astype(np.float32))
    scores, wanted = network.heads(found).split(HEADS, dim=-1), told[:, : sum(HEADS)].split(HEADS, dim=-1)
    unlike = [
        kl_div(ours.log_softmax(dim=-1), theirs.log_softmax(dim=-1), log_target=True, reduction="batchmean")
        for ours, theirs in zip(scores[:ALIKE], wanted[:ALIKE], strict=True)
    ]
    return NEAR * mse_loss(found, told[:, sum(HEADS) :]) + torch.stack(unlike).sum()
