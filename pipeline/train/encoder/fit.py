"""Fits the network to samples, with all of its heads at once, then the heads in use to what the finished encoder gives.

The encoder learns with simpler heads, which see single pieces or the ends of two spans. The heads in use also see what
stands between and beside the spans; they learn in about a minute.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from pipeline.stages.models.encoder import HEADS, Encoder
from pipeline.stages.models.heads import Floats, Hidden, Integers
from pipeline.train.encoder import heads
from pipeline.train.encoder.export import export_heads
from pipeline.train.encoder.heads import Answers, Head, Questions
from pipeline.train.encoder.network import Network, loss, scores
from pipeline.train.encoder.samples import Sample


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
WEIGHTS = {
    "tags": 1.0,
    "triggers": 2.0,
    "statuses": 0.3,
    "arguments": 1.0,
    "relations": 1.0,
    "sectors": 0.3,
    "stages": 0.3,
    "stated": 0.3,
    "topics": 0.3,
    "listed": 0.5,
}
Encoded = tuple[Sample, Hidden]  # a window with the encoder's output for its pieces
Example = tuple[list[Hidden], Questions]  # the same of windows together, with their questions


def fitted(
    cuts: Sequence[Sequence[Sample]],
    projects: Sequence[Sample],
    start: Network,
    course: Course = FIRST,
    seed: int = 0,
) -> Network:
    """A copy of `start`, fitted to samples; the same seed and number of threads give the same weights.

    `cuts`: the samples of the same articles, cut in different ways, which passes take by turns; `projects`: samples of
    which a few go along in every pass, lest the network forget them.
    """
    order = random.Random(seed)
    epochs = []
    for number in range(course.passes):
        samples = cuts[number % len(cuts)]
        along = min(len(projects), int(ALONG * len(samples)))
        epochs.append([*samples, *order.sample(projects, along)])
    return _trained(deepcopy(start), epochs, course, seed)


def _trained(model: Network, epochs: Sequence[Sequence[Sample]], course: Course, seed: int) -> Network:
    """The model after some epochs, with a rate that rises and falls; prints a line an epoch."""
    torch.manual_seed(seed)
    order = random.Random(seed)
    optimizer = _optimizer(model, *course.rates)
    steps = sum(-(-len(samples) // course.size) for samples in epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM * steps), (steps - step) / ((1 - WARM) * steps))
    )
    model.train()
    for number, samples in enumerate(epochs, 1):
        total = 0.0
        for batch in _batches(samples, course.size, order):
            found = _loss(model, batch)
            found.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            total += float(found.detach())
        mean = total * course.size / len(samples)
        print(f"epoch {number} of {len(epochs)}: loss {mean:.4f}", file=sys.stderr, flush=True)
    return model.eval()


def _loss(network: Network, batch: list[Sample]) -> Tensor:
    rows = scores(network, batch)
    return torch.stack([WEIGHTS[name] * loss(name, found, batch) for name, found in rows.items()]).sum()


def _optimizer(model: nn.Module, old: float, new: float) -> torch.optim.Optimizer:
    """`old`: the rate of what the base brings (its parameters are called `bert.`); `new`: of what is new."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    brought = [p for name, p in named if "bert." in name]
    added = [p for name, p in named if "bert." not in name]
    groups = [{"params": brought, "lr": old}, {"params": added, "lr": new}]
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def _batches(samples: Sequence[Sample], size: int, order: random.Random) -> Iterator[list[Sample]]:
    """All samples in a new order, those of about one length together."""
    ranked = sorted(samples, key=lambda sample: len(sample.window.ids) // 32 + order.random())
    batches = [ranked[at : at + size] for at in range(0, len(ranked), size)]
    order.shuffle(batches)
    yield from batches


def _class(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have one class."""
    return cross_entropy(scores, answers)


def _any(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have any number of classes."""
    return binary_cross_entropy_with_logits(scores, answers.float())


def _one(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have one of some classes."""
    return -scores.log_softmax(dim=-1).masked_fill(~answers, -math.inf).logsumexp(dim=-1).mean()


class HeadCourse(NamedTuple):
    """How a head learns: `questions` about the windows `of` what together, and the `loss` of scores and answers.

    `passes`: over the articles; `size`: examples a step.
    """

    questions: Callable[[Sequence[Sample]], Questions]
    loss: Callable[[Tensor, Tensor], Tensor]
    passes: int
    size: int = 16
    of: Literal["window", "article", "project"] = "window"


COURSES = {
    "roles": HeadCourse(heads.roles, _class, 6),
    "relations": HeadCourse(heads.relations, _class, 6),
    "mentions": HeadCourse(heads.mentions, _class, 3),
    "stated": HeadCourse(heads.stated, _any, 5),
    "topics": HeadCourse(heads.topics, _any, 6, of="article"),
    "projects": HeadCourse(heads.projects, _one, 6, 64, of="project"),
}
PASSES = {name: course.passes for name, course in COURSES.items()}


def fit_heads(
    found: dict[str, Head],
    folder: Path,
    cuts: Sequence[Sequence[Sequence[Sample]]],
    projects: Sequence[Sample],
    passes: dict[str, int],
    seed: int,
) -> dict[str, Head]:
    """Fits heads to samples, as the encoder in `folder` reads them, and writes them there; deterministic.

    `cuts`: the windows of the same articles, cut in different ways, which passes take by turns; `projects`: windows of
    projects, which count twice where a stage is known, since those read like news; `passes`: by the name of a head.
    """
    export_heads(found, folder)  # the encoder does not open without heads
    encoder = Encoder(folder, threads=0)

    def read(windows: Sequence[Sample]) -> list[Encoded]:
        return [(sample, encoder.columns(sample.window, np.float16)[:, sum(HEADS) :]) for sample in windows]

    articles = [[read(windows) for windows in cut] for cut in cuts]
    together = {
        "window": [[[one] for windows in cut for one in windows] for cut in articles],
        "article": [[windows for windows in cut if windows] for cut in articles],
        "project": [[[one] for one in read(projects) for _ in range(1 + bool(one[0].stages))]],
    }
    for name, head in found.items():
        _fit(head, together[COURSES[name].of], COURSES[name], passes[name], seed)
    export_heads(found, folder)
    return found


def _fit(head: Head, cuts: Sequence[Sequence[Sequence[Encoded]]], course: HeadCourse, passes: int, seed: int) -> None:
    torch.manual_seed(seed)
    order = random.Random(seed)
    examples = [[_example(own, course) for own in cut] for cut in cuts]
    optimizer = torch.optim.AdamW(head.parameters(), lr=HEAD_RATE, weight_decay=0.01)
    steps = [batch for at in range(passes) for batch in _head_batches(examples[at % len(examples)], course.size, order)]
    falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, max(1, len(steps)))
    head.train()
    for batch in steps:
        hidden, ends, facts, answers = _stacked(batch)
        if len(answers):
            optimizer.zero_grad()
            scores = head(*head.examples(hidden, ends, facts))
            course.loss(scores, torch.from_numpy(answers)).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        falling.step()
    head.eval()


def _example(own: Sequence[Encoded], course: HeadCourse) -> Example:
    return [hidden for _, hidden in own], course.questions([sample for sample, _ in own])


def _head_batches(examples: Sequence[Example], size: int, order: random.Random) -> list[list[Example]]:
    shuffled = list(examples)
    order.shuffle(shuffled)
    return [shuffled[at : at + size] for at in range(0, len(shuffled), size)]


def _stacked(batch: Sequence[Example]) -> tuple[Floats, Integers, Integers, Answers]:
    """The pieces of a batch one after the other, with `ends`, `facts` and `answers` of their questions."""
    begin = np.cumsum([0, *(sum(map(len, hidden)) for hidden, _ in batch)])
    hidden = np.concatenate([read for own, _ in batch for read in own]).astype(np.float32)
    each = zip(begin, batch, strict=False)
    ends = np.concatenate([np.where(own.ends < 0, own.ends, own.ends + at) for at, (_, own) in each], axis=1)
    facts, answers = (np.concatenate([getattr(own, name) for _, own in batch]) for name in ("facts", "answers"))
    return hidden, ends, facts, answers
