"""The scores of a network for a batch of samples: a row for each piece, span and pair.

They are compared with annotations and with the probabilities of a teacher.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from pipeline.stages.models.encoder import HEADS, stacked
from pipeline.stages.models.pair_head import EDGES, LABELS
from pipeline.train.encoder.network import WIDTH, Network, Pairs
from pipeline.train.encoder.samples import Sample

PIECES = ("tags", "triggers", "statuses")  # one class of a piece
ONE = ("sectors", "stages")  # one class of a span, by the mean of the scores of its pieces
ANY = ("stated", "topics", "listed")  # any number of classes of a span
PAIRS = ("arguments", "relations")  # one class of a pair
TRIGGER = len(LABELS)  # the label of a trigger

Rows = dict[str, Tensor]  # (rows, classes) by field of a sample


def scores(network: Network, batch: Sequence[Sample]) -> Rows:
    """The scores for each sample of the batch."""
    ids, cases, mask = torch.from_numpy(stacked([sample.window for sample in batch]))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(ids, cases, mask)
    return scored(network, out.float(), batch)


def scored(network: Network, out: Tensor, batch: Sequence[Sample]) -> Rows:
    """The same from the columns of the network (windows, pieces, columns)."""
    heads = dict(zip((*PIECES, *ONE, *ANY), out[..., : sum(HEADS)].split(HEADS, dim=-1), strict=True))
    pieces = [(row, at + 1) for row, sample in enumerate(batch) for at in range(len(sample.window.ids))]
    found = {name: heads[name][tuple(torch.tensor(pieces).T)] for name in PIECES}
    found |= {name: _means(heads[name], [getattr(sample, name) for sample in batch]) for name in (*ONE, *ANY)}
    trigger, subject = sum(HEADS), sum(HEADS) + 2 * WIDTH  # where the projections of the two begin
    found["arguments"] = _pairs(network.roles, out[..., trigger:], list(_arguments(batch)))
    found["relations"] = _pairs(network.relations, out[..., subject:], list(_relations(batch)))
    return found


def _means(scores: Tensor, spans: Sequence[Sequence[tuple[int, int, object]]]) -> Tensor:
    means = [scores[row, a + 1 : b + 2].mean(dim=0) for row, own in enumerate(spans) for a, b, _ in own]
    return torch.stack(means) if means else scores.new_empty((0, scores.shape[-1]))


def _arguments(batch: Sequence[Sample]) -> Iterator[tuple[int, ...]]:
    """Every trigger with every span of its window."""
    for row, sample in enumerate(batch):
        for first, last, at, _ in sample.arguments:
            span = sample.spans[at]
            yield row, first, last, span.first, span.last, TRIGGER, span.label


def _relations(batch: Sequence[Sample]) -> Iterator[tuple[int, ...]]:
    """The pairs of spans that may be related."""
    for row, sample in enumerate(batch):
        for left, right, _ in sample.relations:
            a, b = sample.spans[left], sample.spans[right]
            yield row, a.first, a.last, b.first, b.last, a.label, b.label


def _pairs(head: Pairs, projections: Tensor, questions: Sequence[tuple[int, ...]]) -> Tensor:
    row, a, b, c, d, left, right = torch.tensor(questions, dtype=torch.long).reshape(-1, 7).T
    one, other = projections[..., :WIDTH], projections[..., WIDTH : 2 * WIDTH]
    distance = torch.bucketize(c - a, torch.from_numpy(EDGES), right=True)
    found: Tensor = head(_span(one, row, a, b), _span(other, row, c, d), (left, right), distance)
    return found


def _span(projected: Tensor, row: Tensor, first: Tensor, last: Tensor) -> Tensor:
    return (projected[row, first + 1] + projected[row, last + 1]) / 2
