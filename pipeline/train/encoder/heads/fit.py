"""Fits the heads on the output of a finished encoder, in about a minute.

The encoder learns with simpler heads, which see single pieces or the ends of two spans. These heads also see what
stands between and beside the spans.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from pipeline.stages.models.encoder import HEADS, Encoder
from pipeline.stages.models.heads import Floats, Hidden, Integers
from pipeline.train.encoder.heads import questions
from pipeline.train.encoder.heads.export import export_heads
from pipeline.train.encoder.heads.modules import Head
from pipeline.train.encoder.heads.questions import Answers, Questions
from pipeline.train.encoder.samples import Sample

RATE = 2e-3  # of learning, at first; it falls to none

Encoded = tuple[Sample, Hidden]  # a window with the encoder's output for its pieces
Example = tuple[list[Hidden], Questions]  # the same of windows together, with their questions


def _class(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have one class."""
    return cross_entropy(scores, answers)


def _any(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have any number of classes."""
    return binary_cross_entropy_with_logits(scores, answers.float())


def _one(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have one of some classes."""
    return -scores.log_softmax(dim=-1).masked_fill(~answers, -math.inf).logsumexp(dim=-1).mean()


class Course(NamedTuple):
    """How a head learns: `questions` about the windows `of` what together, and the `loss` of scores and answers.

    `begun`, `passes`: over the articles of a base, and of an encoder; `size`: examples a step.
    """

    questions: Callable[[Sequence[Sample]], Questions]
    loss: Callable[[Tensor, Tensor], Tensor]
    begun: int
    passes: int
    size: int = 16
    of: Literal["window", "article", "project"] = "window"


COURSES = {
    "roles": Course(questions.roles, _class, 3, 6),
    "relations": Course(questions.relations, _class, 3, 6),
    "mentions": Course(questions.mentions, _class, 3, 3),
    "stated": Course(questions.stated, _any, 5, 5),
    "topics": Course(questions.topics, _any, 6, 6, of="article"),
    "projects": Course(questions.projects, _one, 6, 6, 64, of="project"),
}
BEGINNING = {name: course.begun for name, course in COURSES.items()}
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


def _fit(head: Head, cuts: Sequence[Sequence[Sequence[Encoded]]], course: Course, passes: int, seed: int) -> None:
    torch.manual_seed(seed)
    order = random.Random(seed)
    examples = [[_example(own, course) for own in cut] for cut in cuts]
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.01)
    steps = [batch for at in range(passes) for batch in _batches(examples[at % len(examples)], course.size, order)]
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


def _example(own: Sequence[Encoded], course: Course) -> Example:
    return [hidden for _, hidden in own], course.questions([sample for sample, _ in own])


def _batches(examples: Sequence[Example], size: int, order: random.Random) -> list[list[Example]]:
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
