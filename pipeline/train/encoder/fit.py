"""Fits the encoder to samples: all heads at once, so that one pass over a text serves every stage."""

from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import Tensor

from pipeline.train.encoder.losses import losses
from pipeline.train.encoder.network import Network
from pipeline.train.encoder.rows import scores
from pipeline.train.encoder.samples import Sample
from pipeline.train.encoder.steps import trained


class Course(NamedTuple):
    """`passes` over the samples; `rates` of the layers of the base, and of the heads; `size`: windows of a step."""

    passes: int
    rates: tuple[float, float]
    size: int = 4


FIRST = Course(10, (1e-4, 1e-3))  # of the scored articles, from a base that has seen none
OTHERS = Course(7, (1.4e-4, 1.2e-3), 8)  # of a base: of the many articles that are not scored
AGAIN = Course(6, (7e-5, 7e-4))  # of the scored articles, from such a base
LARGE = Course(3, (5e-5, 1e-3), 8)  # of a teacher: of the many articles
LARGE_AGAIN = Course(3, (2.5e-5, 5e-4), 8)  # of the scored articles, from such a teacher
PROJECTS = Course(2, (1e-4, 1e-3), 16)
ALONG = 0.25  # projects for each window of articles
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


def fitted(
    cuts: Sequence[Sequence[Sample]],
    projects: Sequence[Sample],
    start: Network,
    course: Course = FIRST,
    seed: int = 0,
    once: Sequence[Sample] = (),
) -> Network:
    """A copy of `start` that learned from samples; the same seed and number of threads give the same weights.

    `cuts`: the samples of the same articles, cut in different ways, that passes take by turns; `once`: those of others,
    read once in all; `projects`: some more, of which a few go along in every pass so that what was learned of them is
    not forgotten.
    """
    order = random.Random(seed)
    epochs = []
    for number in range(course.passes):
        samples = cuts[number % len(cuts)]
        along = min(len(projects), int(ALONG * len(samples)))
        epochs.append([*samples, *once[number :: course.passes], *order.sample(projects, along)])
    return trained(deepcopy(start), epochs, course.size, course.rates, _loss, _length, seed)


def begun(network: Network, projects: Sequence[Sample], seed: int = 0) -> Network:
    """The network after it has learned the sectors and stages of projects, if there are any."""
    if not projects:
        return network
    return trained(network, [projects] * PROJECTS.passes, PROJECTS.size, PROJECTS.rates, _loss, _length, seed)


def _length(sample: Sample) -> int:
    return len(sample.window.ids)


def _loss(network: Network, batch: list[Sample]) -> Tensor:
    rows = scores(network, batch)
    return torch.stack([WEIGHTS[name] * found for name, found in losses(rows, batch).items()]).sum()
