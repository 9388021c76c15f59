"""Trains the encoder for use, and one for each part that never saw the part; several at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import torch

from pipeline import seeds
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.models.encoder import CARD, SECTORS, STAGES, encoder, tokenizer
from pipeline.stages.models.heads import Floats
from pipeline.stages.models.sectors import read_model
from pipeline.train.cards import SCORES, card_of, described, write_card
from pipeline.train.encoder.base import TOKENS, opened
from pipeline.train.encoder.export import export
from pipeline.train.encoder.fit import AGAIN, FIRST, PASSES, fit_heads, fitted
from pipeline.train.encoder.heads import initial_heads
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.samples import project_samples, samples_of
from pipeline.train.parts import Parts
from pipeline.train.sectors import SectorRow, read_rows
from pipeline.values.codes import words


def train_encoder(
    parts: Parts, out: Path, projects: Path | None = None, base: Path | None = None, seed: int = 0, workers: int = 2
) -> dict[str, Any]:
    """Writes an encoder to the folder of each part that has none, and that of all articles to `out`; returns its card.

    `base`: a folder to start from, see `opened`; `projects`: the folder of coded project descriptions, of which some go
    along; `workers`: processes of one thread each.
    """
    jobs = [(list(range(len(parts.golds))), out)]
    for number in range(len(parts.places)):
        jobs.append((parts.others(number), parts.folder(number) / "encoder"))
    left = [job for job in jobs if job[1] == out or not (job[1] / CARD).is_file()]
    with opened(base) as folder:
        data = parts.golds, folder, projects, seed
        with ProcessPoolExecutor(min(workers, len(left)), get_context("spawn"), _start, data) as pool:
            cards = list(pool.map(_train, *zip(*left, strict=True)))
    return cards[0]


class Trainer:
    """Trains encoders on some of the articles."""

    def __init__(self, golds: Sequence[Record], base: Path, projects: Path | None, seed: int) -> None:
        self._golds, self._base, self._seed = golds, base, seed
        pieces = tokenizer(base / TOKENS)
        self._cuts = samples_of(golds, pieces)
        rows = read_rows(projects) if projects else []
        learned = [row for row in rows if row.part == "train" and not row.key.startswith("worldbank")]
        self._projects = list(project_samples(learned, pieces))
        self._unseen = [row for row in rows if row.part == "test"]

    def train(self, numbers: Sequence[int], out: Path) -> dict[str, Any]:
        """Writes the encoder that learned from the articles of these numbers; returns its card."""
        each = [[cut[number] for number in numbers] for cut in self._cuts]
        base = card_of(self._base)
        course = AGAIN if base and base.get("articles") else FIRST
        torch.manual_seed(self._seed)
        network = fitted([list(chain(*cut)) for cut in each], self._projects, Network(self._base), course, self._seed)
        export(network, self._base, out)
        fit_heads(initial_heads(self._base, self._seed), out, each, self._projects, PASSES, self._seed)
        card = {
            "name": "encoder",
            "what": "all-MiniLM-L6-v2 fine-tuned to mentions, triggers, roles, relations, sectors at once; eight bits",
            "base": base,
            **described([self._golds[number] for number in numbers]),
            "projects": len(self._projects),
            "epochs": course.passes,
            "seed": self._seed,
            "projects_held_out": project_scores(out, self._unseen) if self._unseen else {},
            "scores": SCORES,
            "rebuild": "corridor train encoder --gold FOLDER ... --parts FOLDER --base FOLDER --projects FOLDER",
        }
        write_card(card, out)
        return card


_trainers: list[Trainer] = []  # of this process


def _start(*data: Any) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    _trainers[:] = [Trainer(*data)]


def _end_with_parent() -> None:
    """Ends this process when its parent is killed; training may go on for half an hour."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _train(numbers: Sequence[int], out: Path) -> dict[str, Any]:
    return _trainers[0].train(numbers, out)


def project_scores(folder: Path, rows: Sequence[SectorRow]) -> dict[str, float]:
    """The shares (micro F1) of descriptions coded by AidData, one sector and one stage each, that are right.

    `sectors`: compared by the two-level code of AidData; `sectors_both`: the same with the probabilities of the encoder
    times the square root of those of the linear model.
    """
    group = {row["code"]: row["group"] for row in seeds.rows("sectors.csv", "code", "group", "label")}
    groups = sorted(set(group.values()))
    member = np.array([[group[code] == name for name in groups] for code in SECTORS], np.float32)
    encodings = encoder(folder)([(row.text, [(0, len(row.text))]) for row in rows])
    alone = np.array([np.exp(encoding.project()) for encoding in encodings])
    linear = read_model(Settings().models / "sectors").probabilities([words(row.text) for row in rows])
    found = [STAGES[encoding.stages.mean(axis=0).argmax()] for encoding in encodings]
    stages = [stage == row.stage for stage, row in zip(found, rows, strict=True)]

    def right(likely: Floats) -> float:
        best = (likely @ member).argmax(axis=1)
        return _share([groups[at] == row.group for at, row in zip(best, rows, strict=True)])

    return {
        "projects": len(rows),
        "sectors": right(alone),
        "sectors_both": right(alone * np.sqrt(linear)),
        "stages": _share([is_right for is_right, row in zip(stages, rows, strict=True) if row.stage]),
    }


def _share(answers: Sequence[bool]) -> float:
    return round(float(np.mean(answers)), 4)
