"""The losses of a network against annotations and against the probabilities of a teacher."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from pipeline.stages.models.encoder import TRIGGERS
from pipeline.stages.models.pair_head import NONE
from pipeline.train.encoder.rows import ANY, PAIRS, PIECES, Rows
from pipeline.train.encoder.samples import UNKNOWN, Sample

TEACHER = 1.0  # weight of the loss against the teacher; that against annotations has 1


def losses(rows: Rows, batch: Sequence[Sample]) -> dict[str, Tensor]:
    """By name of `Rows`: the mean loss against the annotations plus that against the teacher."""
    found = {name: _annotated(name, rows[name], batch) for name in rows}
    if not any(sample.teacher for sample in batch):
        return found
    silent = _wanted(rows["triggers"], "triggers", batch)[:, TRIGGERS.index(NONE)]
    return {name: loss + TEACHER * _teacher(name, rows[name], batch, silent) for name, loss in found.items()}


def _annotated(name: str, scores: Tensor, batch: Sequence[Sample]) -> Tensor:
    given = [answer for sample in batch for answer in getattr(sample, name)]
    if name in PIECES:
        return _classes(scores, given)
    *_, answers = zip(*given, strict=True) if given else ((),)
    if name in PAIRS:
        return _classes(scores, answers)
    known = [at for at, answer in enumerate(answers) if answer is not None]
    if not known:
        return scores.sum() * 0
    allowed = torch.zeros_like(scores)
    for at in known:
        allowed[at, list(answers[at])] = 1
    if name in ANY:
        return binary_cross_entropy_with_logits(scores[known], allowed[known], reduction="sum") / len(known)
    having = scores.log_softmax(dim=-1).masked_fill(allowed == 0, -torch.inf)[known]
    return -having.logsumexp(dim=-1).mean()


def _classes(scores: Tensor, answers: Sequence[int]) -> Tensor:
    wanted = torch.tensor(answers, dtype=torch.long)
    known = wanted != UNKNOWN
    return cross_entropy(scores[known], wanted[known]) if known.any() else scores.sum() * 0


def _wanted(scores: Tensor, name: str, batch: Sequence[Sample]) -> Tensor:
    """The probabilities of the teacher in the shape of `scores`; NaN where there are none."""
    sizes = [len(getattr(sample, name)) for sample in batch]
    nothing = np.full((1, scores.shape[1]), np.nan, dtype=np.float32)
    found = [
        sample.teacher[name].astype(np.float32) if name in sample.teacher else nothing.repeat(size, axis=0)
        for sample, size in zip(batch, sizes, strict=True)
    ]
    return torch.from_numpy(np.concatenate(found))


def _teacher(name: str, scores: Tensor, batch: Sequence[Sample], silent: Tensor) -> Tensor:
    """The mean over the rows; the weight of a status is the teacher's probability of a trigger (`silent`: of none)."""
    wanted = _wanted(scores, name, batch)
    known = ~wanted[:, 0].isnan()
    if not known.any():
        return scores.sum() * 0
    scores, wanted = scores[known], wanted[known]
    if name in ANY:
        return binary_cross_entropy_with_logits(scores, wanted, reduction="sum") / len(scores)
    each = -(wanted * scores.log_softmax(dim=-1)).sum(dim=-1)
    weights = 1 - silent[known] if name == "statuses" else torch.ones_like(each)
    return (each * weights).sum() / weights.sum().clamp(min=1)
