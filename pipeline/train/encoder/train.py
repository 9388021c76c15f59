"""Trains the encoder for use, and one for each part that never saw the part; several at a time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import chain
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any

import torch

from pipeline.gold.folder import digest
from pipeline.record import Record
from pipeline.stages.models.encoder import CARD, tokenizer
from pipeline.train.cards import SCORES, card_of, today, write_card
from pipeline.train.encoder.base import coded_projects
from pipeline.train.encoder.export import export
from pipeline.train.encoder.fit import AGAIN, FIRST, LARGE_AGAIN, fitted
from pipeline.train.encoder.heads.fit import PASSES, fit_heads
from pipeline.train.encoder.heads.modules import initial_heads
from pipeline.train.encoder.held_out import project_scores
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.packed import TOKENS, opened
from pipeline.train.encoder.samples import Sample, project_samples, samples_of
from pipeline.train.encoder.teach import mentions_of, teach, unannotated
from pipeline.train.entities.recognizer import write_silver
from pipeline.train.parts import Parts

REBUILD = (
    "corridor train encoder --gold FOLDER ... --parts FOLDER --base FOLDER --projects FOLDER"
    " [--teacher FOLDER --unlabelled FILE]"
)
UNUSED = "relations"  # the probabilities of a teacher that are worse than those of the encoder


def train_encoder(
    parts: Parts,
    out: Path,
    projects: Path | None = None,
    base: Path | None = None,
    seed: int = 0,
    workers: int = 2,
    teacher: Path | None = None,
    unlabelled: Sequence[str] = (),
) -> dict[str, Any]:
    """Writes an encoder to the folder of each part that has none, and that of all articles to `out`; returns its card.

    `base`: a folder that `train_base` wrote, packed or not, or that of all-MiniLM-L6-v2; `projects`: the folder of
    coded project descriptions, of which some go along; `workers`: processes of one thread each; `teacher`: a folder of
    `train_teacher`. The teacher first learns from the same articles as each encoder; the encoder then learns its
    probabilities for these and for the texts `unlabelled`. The mentions that it finds in those are kept for
    `train_entities`.
    """
    jobs = [(list(range(len(parts.golds))), out, parts.silver())]
    for number in range(len(parts.places)):
        jobs.append((parts.others(number), parts.folder(number) / "encoder", parts.silver(number)))
    left = [job for job in jobs if job[1] == out or not (job[1] / CARD).is_file()]
    with opened(base) as folder:
        data = parts.golds, folder, projects, seed, teacher, unlabelled
        with ProcessPoolExecutor(min(workers, len(left)), get_context("spawn"), _start, data) as pool:
            cards = list(pool.map(_train, *zip(*left, strict=True)))
    return cards[0]


class _Trainer:
    """Trains encoders on some of the articles."""

    def __init__(
        self,
        golds: Sequence[Record],
        base: Path,
        projects: Path | None,
        seed: int,
        teacher: Path | None = None,
        unlabelled: Sequence[str] = (),
    ) -> None:
        self._golds, self._base, self._seed = golds, base, seed
        self._teacher, self._unlabelled = teacher, unlabelled
        self._pieces = tokenizer(base / TOKENS)
        self._cuts = samples_of(golds, self._pieces)
        learned, self._unseen = coded_projects(projects)
        self._projects = list(project_samples(learned, self._pieces))

    def train(self, numbers: Sequence[int], out: Path, silver: Path) -> dict[str, Any]:
        """Writes the encoder that learned from the articles of these numbers; returns its card.

        `silver`: a file for the mentions that the teacher finds in unlabelled texts.
        """
        each = [[[replace(sample, teacher={}) for sample in cut[number]] for number in numbers] for cut in self._cuts]
        cuts = [list(chain(*cut)) for cut in each]
        more = self._unlabelled_samples(cuts, self._teacher, silver) if self._teacher else []
        base = card_of(self._base)
        course = AGAIN if base and base.get("articles") else FIRST
        torch.manual_seed(self._seed)
        export(fitted(cuts, self._projects, Network(self._base), course, self._seed, more), self._base, out)
        fit_heads(initial_heads(self._base, self._seed), out, each, self._projects, PASSES, self._seed)
        seen = [self._golds[number] for number in numbers]
        card = {
            "name": "encoder",
            "what": "all-MiniLM-L6-v2 fine-tuned to mentions, triggers, roles, relations, sectors at once; eight bits",
            "base": base,
            "teacher": card_of(self._teacher),
            "unlabelled": len(self._unlabelled),
            "articles": len(seen),
            "projects": len(self._projects),
            "epochs": course.passes,
            "data_sha256": digest(seen),
            "seed": self._seed,
            "projects_held_out": project_scores(out, self._unseen) if self._unseen else {},
            "date": today(),
            "scores": SCORES,
            "rebuild": REBUILD,
        }
        write_card(card, out)
        return card

    def _unlabelled_samples(self, cuts: Sequence[Sequence[Sample]], teacher: Path, silver: Path) -> list[Sample]:
        """Trains the teacher, adds its probabilities to the samples, returns samples of the unlabelled texts."""
        network = fitted(cuts, [], Network(teacher), LARGE_AGAIN, self._seed)
        teach(list(chain(*cuts)), network)
        found = unannotated(self._unlabelled, self._pieces, network)
        for sample in chain(*cuts, *found):
            del sample.teacher[UNUSED]
        write_silver(zip(self._unlabelled, map(mentions_of, found), strict=True), silver)
        return list(chain(*found))


_trainers: list[_Trainer] = []  # of this process


def _start(*data: Any) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    _trainers[:] = [_Trainer(*data)]


def _end_with_parent() -> None:
    """Ends this process when its parent is killed; training may go on for half an hour."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _train(numbers: Sequence[int], out: Path, silver: Path) -> dict[str, Any]:
    return _trainers[0].train(numbers, out, silver)
