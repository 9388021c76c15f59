"""Trains the encoder: for each part one that never saw it, and the one that is used; several at a time."""

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

from pipeline.corpus.gold import GoldArticle, digest
from pipeline.model.encoder import CARD, tokenizer
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
UNHEARD = "relations"  # of what a teacher says: it knows less of these than who it teaches


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
    """Writes an encoder to the folder of each part, those that are there stay, and that of all articles to `out`.

    `base`: a folder that `train_base` wrote, packed or not, or that of all-MiniLM-L6-v2; `projects`: the folder of
    coded project descriptions, of which some go along; `workers`: processes, of one thread each; `teacher`: a folder
    of `train_teacher`, which learns from the same articles as each encoder before it teaches it, and says what it
    thinks of the texts `unlabelled`; the mentions that it sees in them are written down for `train_entities`. Returns
    the card.
    """
    jobs = [(list(range(len(parts.golds))), out, parts.silver())]
    for number in range(len(parts.places)):
        jobs.append((parts.others(number), parts.folder(number) / "encoder", parts.silver(number)))
    left = [job for job in jobs if job[1] == out or not (job[1] / CARD).is_file()]
    with opened(base) as folder:
        lesson = parts.golds, folder, projects, seed, teacher, unlabelled
        with ProcessPoolExecutor(min(workers, len(left)), get_context("spawn"), _attend, lesson) as pool:
            cards = list(pool.map(_train, *zip(*left, strict=True)))
    return cards[0]


class _School:
    """Trains encoders on some of the articles."""

    def __init__(
        self,
        golds: Sequence[GoldArticle],
        base: Path,
        projects: Path | None,
        seed: int,
        teacher: Path | None = None,
        unlabelled: Sequence[str] = (),
    ) -> None:
        self._golds, self._base, self._seed = golds, base, seed
        self._teacher, self._unlabelled = teacher, unlabelled
        self._pieces = tokenizer(base / TOKENS)
        self._told = samples_of(golds, self._pieces)
        learned, self._unseen = coded_projects(projects)
        self._projects = list(project_samples(learned, self._pieces))

    def train(self, places: Sequence[int], out: Path, silver: Path) -> dict[str, Any]:
        """Writes the encoder that learned from the articles at `places`; returns its card.

        `silver`: a file for the mentions that the teacher sees in unlabelled texts.
        """
        each = [[[replace(sample, taught={}) for sample in cut[place]] for place in places] for cut in self._told]
        told = [list(chain(*cut)) for cut in each]
        more = self._taught(told, self._teacher, silver) if self._teacher else []
        base = card_of(self._base)
        course = AGAIN if base and base.get("articles") else FIRST
        torch.manual_seed(self._seed)
        export(fitted(told, self._projects, Network(self._base), course, self._seed, more), self._base, out)
        fit_heads(initial_heads(self._base, self._seed), out, each, self._projects, PASSES, self._seed)
        seen = [self._golds[place] for place in places]
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

    def _taught(self, told: Sequence[Sequence[Sample]], teacher: Path, silver: Path) -> list[Sample]:
        """Has the teacher learn from the samples and say what it thinks of them; returns those it alone has read."""
        network = fitted(told, [], Network(teacher), LARGE_AGAIN, self._seed)
        teach(list(chain(*told)), network)
        found = unannotated(self._unlabelled, self._pieces, network)
        for sample in chain(*told, *found):
            del sample.taught[UNHEARD]
        write_silver(zip(self._unlabelled, map(mentions_of, found), strict=True), silver)
        return list(chain(*found))


_schools: list[_School] = []  # of this process


def _attend(*lesson: Any) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    _schools[:] = [_School(*lesson)]


def _end_with_parent() -> None:
    """Ends this process, which may be at an encoder for half an hour, when the one that began it is killed."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _train(places: Sequence[int], out: Path, silver: Path) -> dict[str, Any]:
    return _schools[0].train(places, out, silver)
