"""Fits the encoder to samples: all heads at once, so that one pass over a text serves every stage."""

from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from pipeline.encoder import EDGES, HEADS, LABELS, WIDTH, stacked
from pipeline.train.encoder.network import Network, Pairs
from pipeline.train.encoder.samples import UNTOLD, Sample
from pipeline.train.encoder.steps import trained


class Course(NamedTuple):
    """`passes` over the samples; `rates` of the layers of the base, and of the heads."""

    passes: int
    rates: tuple[float, float]


FIRST = Course(10, (1e-4, 1e-3))  # of the scored articles, from a base that has seen none
OTHERS = Course(8, (1e-4, 1e-3))  # of a base: of the many articles that are not scored
AGAIN = Course(6, (7e-5, 7e-4))  # of the scored articles, from such a base
PROJECTS = Course(2, (1e-4, 1e-3))
SIZE, PROJECT_SIZE = 4, 16  # windows of a step; projects, which are shorter
ALONG = 0.25  # projects for each window of articles
WEIGHTS = {
    "tags": 1.0,
    "triggers": 2.0,
    "statuses": 0.3,
    "roles": 1.0,
    "relations": 1.0,
    "sectors": 0.3,
    "stages": 0.3,
    "told": 0.3,
    "topics": 0.3,
    "listed": 0.5,
}
TRIGGER = len(LABELS)  # the label of a trigger among those of places


def fitted(
    samples: Sequence[Sample], projects: Sequence[Sample], start: Network, course: Course = FIRST, seed: int = 0
) -> Network:
    """A copy of `start` that learned from samples; the same seed and number of threads give the same weights.

    `projects`: some more, of which a few go along in every epoch so that what was learned of them is not forgotten.
    """
    order = random.Random(seed)
    along = min(len(projects), int(ALONG * len(samples)))
    epochs = [[*samples, *order.sample(projects, along)] for _ in range(course.passes)]
    return trained(deepcopy(start), epochs, SIZE, course.rates, _loss, _length, seed)


def begun(network: Network, projects: Sequence[Sample], seed: int = 0) -> Network:
    """The network after it has learned the sectors and stages of projects, if there are any."""
    if not projects:
        return network
    return trained(network, [projects] * PROJECTS.passes, PROJECT_SIZE, PROJECTS.rates, _loss, _length, seed)


def _length(sample: Sample) -> int:
    return len(sample.window.ids)


def _loss(network: Network, batch: list[Sample]) -> Tensor:
    ids, cases, mask = torch.from_numpy(stacked([sample.window for sample in batch]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(ids, cases, mask)
    out = out.float()
    tags, triggers, statuses, sectors, stages, told, topics, listed = out[..., : sum(HEADS)].split(HEADS, dim=-1)
    losses = {
        "tags": _of_pieces(tags, [sample.tags for sample in batch]),
        "triggers": _of_pieces(triggers, [sample.triggers for sample in batch]),
        "statuses": _of_pieces(statuses, [sample.statuses for sample in batch]),
        "sectors": _of_spans(sectors, [sample.sectors for sample in batch]),
        "stages": _of_spans(stages, [[(a, b, (stage,)) for a, b, stage in sample.stages] for sample in batch]),
        "told": _of_all(told, [sample.told for sample in batch]),
        "topics": _of_all(topics, [sample.topics for sample in batch]),
        "listed": _of_all(listed, [sample.listed for sample in batch]),
        "roles": _of_pairs(network.roles, *argument_pairs(out, batch)),
        "relations": _of_pairs(network.relations, *relation_pairs(out, batch)),
    }
    return torch.stack([WEIGHTS[name] * loss for name, loss in losses.items()]).sum()


def _of_pieces(scores: Tensor, answers: list[list[int]]) -> Tensor:
    wanted = torch.full(scores.shape[:2], UNTOLD)
    for row, told in enumerate(answers):
        wanted[row, 1 : len(told) + 1] = torch.tensor(told)
    if not (wanted != UNTOLD).any():
        return scores.sum() * 0
    return cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=UNTOLD)


def _of_spans(scores: Tensor, answers: list[list[tuple[int, int, tuple[int, ...]]]]) -> Tensor:
    """Of spans that have one of some classes, by the mean of the scores of their pieces."""
    losses = [
        -scores[row, first + 1 : last + 2].mean(dim=0).log_softmax(dim=-1)[list(allowed)].logsumexp(dim=0)
        for row, told in enumerate(answers)
        for first, last, allowed in told
    ]
    return torch.stack(losses).mean() if losses else scores.sum() * 0


def _of_all(scores: Tensor, answers: list[list[tuple[int, int, tuple[int, ...]]]]) -> Tensor:
    """Of spans that have any number of some classes, by the mean of the scores of their pieces."""
    places = [(row, first, last, having) for row, told in enumerate(answers) for first, last, having in told]
    if not places:
        return scores.sum() * 0
    found = torch.stack([scores[row, first + 1 : last + 2].mean(dim=0) for row, first, last, _ in places])
    wanted = torch.zeros_like(found)
    for at, (*_, having) in enumerate(places):
        wanted[at, list(having)] = 1
    return binary_cross_entropy_with_logits(found, wanted, reduction="sum") / len(places)


Asked = tuple[Tensor, Tensor, tuple[Tensor, Tensor], Tensor, Tensor]  # what Pairs takes, and the answers


def argument_pairs(out: Tensor, batch: Sequence[Sample]) -> Asked:
    """Every trigger against every place of its window."""
    told = [
        (row, first, last, sample.places[at].first, sample.places[at].last, TRIGGER, sample.places[at].label, role)
        for row, sample in enumerate(batch)
        for first, last, at, role in sample.arguments
    ]
    return _asked(out, told, 0)


def relation_pairs(out: Tensor, batch: Sequence[Sample]) -> Asked:
    """Every place against the others of its sentence."""
    told = [
        (row, a.first, a.last, b.first, b.last, a.label, b.label, kind)
        for row, sample in enumerate(batch)
        for left, right, kind in sample.relations
        for a, b in [(sample.places[left], sample.places[right])]
    ]
    return _asked(out, told, 2)


def _asked(out: Tensor, told: Sequence[tuple[int, ...]], projection: int) -> Asked:
    row, a, b, c, d, left, right, answer = torch.tensor(told, dtype=torch.long).reshape(-1, 8).T
    at = sum(HEADS) + projection * WIDTH
    one, other = out[..., at : at + WIDTH], out[..., at + WIDTH : at + 2 * WIDTH]
    distance = torch.bucketize(c - a, torch.from_numpy(EDGES), right=True)
    return _span(one, row, a, b), _span(other, row, c, d), (left, right), distance, answer


def _span(projected: Tensor, row: Tensor, first: Tensor, last: Tensor) -> Tensor:
    return (projected[row, first + 1] + projected[row, last + 1]) / 2


def _of_pairs(
    pairs: Pairs, left: Tensor, right: Tensor, labels: tuple[Tensor, Tensor], distance: Tensor, answers: Tensor
) -> Tensor:
    if not len(answers):
        return left.sum() * 0
    return cross_entropy(pairs(left, right, labels, distance), answers)
