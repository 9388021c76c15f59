"""What it costs a network to say other than annotators tell, and other than a teacher says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from pipeline.model.encoder import TRIGGERS
from pipeline.model.pair_head import NONE
from pipeline.train.encoder.rows import ANY, PAIRS, PIECES, Rows
from pipeline.train.encoder.samples import UNKNOWN, Sample

TAUGHT = 1.0  # what the teacher says, for each 1 of what annotators tell


def losses(rows: Rows, batch: Sequence[Sample]) -> dict[str, Tensor]:
    """By name of what is asked: the mean over what is told, and that over what a teacher said."""
    found = {name: _told(name, rows[name], batch) for name in rows}
    if not any(sample.taught for sample in batch):
        return found
    silent = _wanted(rows["triggers"], "triggers", batch)[:, TRIGGERS.index(NONE)]
    return {name: told + TAUGHT * _taught(name, rows[name], batch, silent) for name, told in found.items()}


def _told(name: str, scores: Tensor, batch: Sequence[Sample]) -> Tensor:
    told = [answer for sample in batch for answer in getattr(sample, name)]
    if name in PIECES:
        return _classes(scores, told)
    *_, answers = zip(*told, strict=True) if told else ((),)
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
    """What the teacher said, as `scores`; no number where it said nothing or is not listened to."""
    sizes = [len(getattr(sample, name)) for sample in batch]
    nothing = np.full((1, scores.shape[1]), np.nan, dtype=np.float32)
    said = [
        sample.taught[name].astype(np.float32) if name in sample.taught else nothing.repeat(size, axis=0)
        for sample, size in zip(batch, sizes, strict=True)
    ]
    return torch.from_numpy(np.concatenate(said))


def _taught(name: str, scores: Tensor, batch: Sequence[Sample], silent: Tensor) -> Tensor:
    """The mean over the rows; a status counts by how sure the teacher is of a trigger (`silent`: of none)."""
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
