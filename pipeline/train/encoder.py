"""Trains the encoder for use, and one for each part that never saw the part; several at a time.

The network is fitted to samples with all of its simple heads at once, then the heads in use to what the finished
encoder gives, in about a minute.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from itertools import batched, chain
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from pipeline import seeds
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.models.encoder import HEADS, SECTORS, STAGES, STATED, Encoder, encoder, tokenizer
from pipeline.stages.models.heads import (
    LABELS,
    LONGEST,
    NAMED,
    Floats,
    Hidden,
    Integers,
    around_of,
    beside,
    pair_facts,
    span_facts,
)
from pipeline.stages.models.sectors import read_model
from pipeline.train.gold import CARD, SCORES, Parts, card_of, described, write_json
from pipeline.train.network import BASE_TOKENS, Head, Network, initial_heads, loss, of_any, of_class, of_one, opened
from pipeline.train.quantized import export, export_heads
from pipeline.train.samples import Sample, project_samples, samples_of
from pipeline.train.sectors import SectorRow, read_rows
from pipeline.values.codes import words


class Course(NamedTuple):
    """`passes` over the samples; learning `rates` of the base, and of the heads; `size`: windows a step."""

    passes: int
    rates: tuple[float, float]
    size: int = 4


FIRST = Course(10, (1e-4, 1e-3))  # from a base that has seen no articles
AGAIN = Course(6, (7e-5, 7e-4))  # from a base that has
ALONG = 0.25  # projects for each window of articles
HEAD_RATE = 2e-3  # of learning of a head in use, at first; it falls to none
WARM = 0.1  # share of the steps in which the rate rises
NEAR, SHIFT = 12, 4  # spans near a mention, whose ends are moved by so many pieces at most
ELSEWHERE, USUAL = 60, 4.0  # spans anywhere in a window, and their mean number of pieces after the first


def train_encoder(
    parts: Parts, out: Path, projects: Path | None = None, base: Path | None = None, seed: int = 0, workers: int = 2
) -> dict[str, Any]:
    """Writes an encoder to the folder of each part that has none, and that of all articles to `out`; returns its card.

    `base`: a folder to start from, see `opened`; `projects`: the folder of coded project descriptions, of which some go
    along; `workers`: processes of one thread each.
    """
    jobs = [(list(range(len(parts.golds))), out)]
    jobs += [(parts.others(number), folder / "encoder") for number, folder in enumerate(parts.folders)]
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
        pieces = tokenizer(base / BASE_TOKENS)
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
        fit_heads(initial_heads(self._base, self._seed), out, each, self._projects, self._seed)
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
        return write_json(card, out / CARD)


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
    stages = [STAGES[encoding.stages.mean(axis=0).argmax()] for encoding in encodings]
    shares = {
        name: [groups[at] == row.group for at, row in zip((likely @ member).argmax(axis=1), rows, strict=True)]
        for name, likely in {"sectors": alone, "sectors_both": alone * np.sqrt(linear)}.items()
    }
    shares["stages"] = [stage == row.stage for stage, row in zip(stages, rows, strict=True) if row.stage]
    return {"projects": len(rows)} | {name: round(float(np.mean(right)), 4) for name, right in shares.items()}


# The network


def fitted(
    cuts: Sequence[Sequence[Sample]], projects: Sequence[Sample], start: Network, course: Course = FIRST, seed: int = 0
) -> Network:
    """A copy of `start`, fitted to samples; the same seed and number of threads give the same weights.

    `cuts`: the samples of the same articles, cut in different ways, which passes take by turns; `projects`: samples of
    which a few go along in every pass, lest the network forget them. The rate rises and falls; prints a line a pass.
    """
    model, drawn, order = deepcopy(start), random.Random(seed), random.Random(seed)
    epochs = []
    for number in range(course.passes):
        samples = cuts[number % len(cuts)]
        epochs.append([*samples, *drawn.sample(projects, min(len(projects), int(ALONG * len(samples))))])
    torch.manual_seed(seed)
    learned = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for name, p in learned if ("bert." in name) is brought], "lr": rate}
        for brought, rate in zip((True, False), course.rates, strict=True)
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = sum(-(-len(samples) // course.size) for samples in epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM * steps), (steps - step) / ((1 - WARM) * steps))
    )
    model.train()
    for number, samples in enumerate(epochs, 1):
        total = 0.0
        for batch in _batches(samples, course.size, order):
            found = loss(model, batch)
            found.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            total += float(found.detach())
        mean = total * course.size / len(samples)
        print(f"epoch {number} of {len(epochs)}: loss {mean:.4f}", file=sys.stderr, flush=True)
    return model.eval()


def _batches(samples: Sequence[Sample], size: int, order: random.Random) -> list[list[Sample]]:
    """All samples in a new order, those of about one length together."""
    ranked = sorted(samples, key=lambda sample: len(sample.window.ids) // 32 + order.random())
    batches = list(map(list, batched(ranked, size)))
    order.shuffle(batches)
    return batches


# The heads in use


@dataclass(frozen=True)
class Questions:
    """The questions about a window, or about all windows of an article, a row each.

    `ends` (4, rows): the pieces of a row (-1: none): of a pair first and last of both spans, of a span first, last and
    those beside it, of a text first and last; `facts` (rows, facts); `answers` (rows,): a class, or of a text (rows,
    classes) those that it may have.
    """

    ends: Integers
    facts: Integers
    answers: npt.NDArray[np.int64] | npt.NDArray[np.bool_]


Encoded = tuple[Sample, Hidden]  # a window with the encoder's output for its pieces
Example = tuple[list[Hidden], Questions]  # the same of windows together, with their questions


def _pairs(name: str, sample: Sample) -> Questions:
    """The role of each span of a window for each trigger, or the relations of the spans."""
    a, b, c, d, left, right, answers = sample.pairs(name).T
    around = np.array([(span.label, span.first) for span in sample.spans], np.int64).reshape(-1, 2).T
    facts = pair_facts((a, b, c, d), (left, right), _sentences(sample), around_of(around[0], around[1]))
    return Questions(np.stack([a, b, c, d]), facts, answers)


def mentions(sample: Sample) -> Questions:
    """Spans of a window: all mentions, many that are nearly one, some others, since nearly all spans are no mention."""
    labels = {(span.first, span.last): span.label for span in sample.spans if LABELS[span.label] in NAMED}
    draw, sentences = random.Random(len(sample.window.ids)), _sentences(sample)
    drawn: list[tuple[int, int]] = []
    for a, b in labels:
        drawn += [(a + draw.randint(-SHIFT, SHIFT), b + draw.randint(-SHIFT, SHIFT)) for _ in range(NEAR)]
        drawn += [ends for by in (-2, -1, 1, 2) for ends in ((a + by, b), (a, b + by))]
    for _ in range(ELSEWHERE):
        start = draw.randrange(len(sentences))
        drawn.append((start, start + int(draw.expovariate(1 / USUAL))))
    inside = [(a, b) for a, b in drawn if 0 <= a <= b < len(sentences) and b - a < LONGEST]
    asked = {ends: NAMED.index("none") for ends in inside if sentences[ends[0]] == sentences[ends[1]]} | labels
    first, last, answers = np.array([(*ends, label) for ends, label in asked.items()], np.int64).reshape(-1, 3).T
    around = beside(sentences, first, last)
    return Questions(np.stack([first, last, *around]), span_facts(first, last), answers)


def _texts(name: str, classes: int, sample: Sample) -> Questions:
    """What a window, its sentences or a project state."""
    ends, answers = sample.texts(name, classes)
    nothing = np.zeros((len(ends), 0), np.int64)
    return Questions(np.concatenate([ends, np.full_like(ends, -1)], axis=1).T, nothing, answers)


def _sentences(sample: Sample) -> Integers:
    return np.array(sample.window.sentences, np.int64)


class HeadCourse(NamedTuple):
    """How a head learns: `questions` about the windows `of` what together, and the `loss` of scores and answers.

    `passes`: over the articles; `size`: examples a step.
    """

    questions: Callable[[Sample], Questions]
    loss: Callable[[Tensor, Tensor], Tensor]
    passes: int
    size: int = 16
    of: Literal["window", "article", "project"] = "window"


COURSES = {
    "roles": HeadCourse(lambda sample: _pairs("arguments", sample), of_class, 6),
    "relations": HeadCourse(lambda sample: _pairs("relations", sample), of_class, 6),
    "mentions": HeadCourse(mentions, of_class, 3),
    "stated": HeadCourse(lambda sample: _texts("stated", len(STATED), sample), of_any, 5),
    "topics": HeadCourse(lambda sample: _texts("topics", len(SECTORS), sample), of_any, 6, of="article"),
    "projects": HeadCourse(lambda sample: _texts("sectors", len(SECTORS), sample), of_one, 6, 64, of="project"),
}


def fit_heads(
    found: dict[str, Head],
    folder: Path,
    cuts: Sequence[Sequence[Sequence[Sample]]],
    projects: Sequence[Sample],
    seed: int,
) -> dict[str, Head]:
    """Fits heads to samples, as the encoder in `folder` reads them, and writes them there; deterministic.

    `cuts`: the windows of the same articles, cut in different ways, which passes take by turns; `projects`: windows of
    projects, which count twice where a stage is known, since those read like news.
    """
    export_heads(found, folder)  # the encoder does not open without heads
    reader = Encoder(folder, threads=0)

    def read(windows: Sequence[Sample]) -> list[Encoded]:
        return [(sample, reader.columns(sample.window, np.float16)[:, sum(HEADS) :]) for sample in windows]

    articles = [[read(windows) for windows in cut] for cut in cuts]
    together = {
        "window": [[[one] for windows in cut for one in windows] for cut in articles],
        "article": [[windows for windows in cut if windows] for cut in articles],
        "project": [[[one] for one in read(projects) for _ in range(1 + bool(one[0].stages))]],
    }
    for name, head in found.items():
        _fit(head, together[COURSES[name].of], COURSES[name], seed)
    export_heads(found, folder)
    return found


def _fit(head: Head, cuts: Sequence[Sequence[Sequence[Encoded]]], course: HeadCourse, seed: int) -> None:
    torch.manual_seed(seed)
    order, steps = random.Random(seed), list[list[Example]]()
    examples = [[example(own, course) for own in cut] for cut in cuts]
    for number in range(course.passes):
        shuffled = list(examples[number % len(examples)])
        order.shuffle(shuffled)
        steps += map(list, batched(shuffled, course.size))
    optimizer = torch.optim.AdamW(head.parameters(), lr=HEAD_RATE, weight_decay=0.01)
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, max(1, len(steps)))
    head.train()
    for batch in steps:
        asked = _stacked(batch)
        if len(asked[-1]):
            optimizer.zero_grad()
            scores = head(*head.examples(*asked[:-1]))
            course.loss(scores, torch.from_numpy(asked[-1])).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        falling.step()
    head.eval()


def example(own: Sequence[Encoded], course: HeadCourse) -> Example:
    asked = course.questions(own[0][0])
    if len(own) > 1:  # a question about a whole article
        asked.ends[1] = sum(len(hidden) for _, hidden in own) - 1
    return [hidden for _, hidden in own], asked


def _stacked(batch: Sequence[Example]) -> tuple[Floats, Integers, Integers, Any]:
    """The pieces of a batch one after the other, with `ends`, `facts` and `answers` of their questions."""
    begin = np.cumsum([0, *(sum(map(len, hidden)) for hidden, _ in batch)])
    hidden = np.concatenate([read for own, _ in batch for read in own]).astype(np.float32)
    each = zip(begin, batch, strict=False)
    ends = np.concatenate([np.where(own.ends < 0, own.ends, own.ends + at) for at, (_, own) in each], axis=1)
    facts, answers = (np.concatenate([getattr(own, name) for _, own in batch]) for name in ("facts", "answers"))
    return hidden, ends, facts, answers
