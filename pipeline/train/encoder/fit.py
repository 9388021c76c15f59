"""Fits the encoder to samples, with all heads at once."""

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
    """`passes` over the samples; learning `rates` of the base, and of the heads; `size`: windows a step."""

    passes: int
    rates: tuple[float, float]
    size: int = 4


FIRST = Course(10, (1e-4, 1e-3))  # on the scored articles, from a base that has seen no articles
OTHERS = Course(7, (1.4e-4, 1.2e-3), 8)  # of a base, on the many articles that are not scored
AGAIN = Course(6, (7e-5, 7e-4))  # on the scored articles, from such a base
LARGE = Course(3, (5e-5, 1e-3), 8)  # of a teacher, on the many articles
LARGE_AGAIN = Course(3, (2.5e-5, 5e-4), 8)  # on the scored articles, from such a teacher
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
    """A copy of `start`, fitted to samples; the same seed and number of threads give the same weights.

    `cuts`: the samples of the same articles, cut in different ways, which passes take by turns; `once`: samples that
    are read once in all; `projects`: samples of which a few go along in every pass, lest the network forget them.
    """
    order = random.Random(seed)
    epochs = []
    for number in range(course.passes):
        samples = cuts[number % len(cuts)]
        along = min(len(projects), int(ALONG * len(samples)))
        epochs.append([*samples, *once[number :: course.passes], *order.sample(projects, along)])
    return trained(deepcopy(start), epochs, course.size, course.rates, _loss, _length, seed)


def begun(network: Network, projects: Sequence[Sample], seed: int = 0) -> Network:
    """The network after training on the sectors and stages of projects, if there are any."""
    if not projects:
        return network
    return trained(network, [projects] * PROJECTS.passes, PROJECTS.size, PROJECTS.rates, _loss, _length, seed)


def _length(sample: Sample) -> int:
    return len(sample.window.ids)


def _loss(network: Network, batch: list[Sample]) -> Tensor:
    rows = scores(network, batch)
    return torch.stack([WEIGHTS[name] * found for name, found in losses(rows, batch).items()]).sum()
