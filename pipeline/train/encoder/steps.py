"""The training loop: batches of similar length, a rate that rises and falls, a line an epoch."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn

WARM = 0.1  # share of the steps in which the rate rises


def trained[Model: nn.Module, Example](
    model: Model,
    epochs: Sequence[Sequence[Example]],
    size: int,
    rates: tuple[float, float],
    loss: Callable[[Model, list[Example]], Tensor],
    length: Callable[[Example], int],
    seed: int,
) -> Model:
    """The model after some epochs of `size` examples a step; the same seed and number of threads, the same weights.

    `rates`: of what the base brings (its parameters are called `bert.`), and of what is new.
    """
    torch.manual_seed(seed)
    order = random.Random(seed)
    optimizer = _optimizer(model, *rates)
    steps = sum(-(-len(examples) // size) for examples in epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    model.train()
    for number, examples in enumerate(epochs, 1):
        total = 0.0
        for batch in _batches(examples, size, length, order):
            found = loss(model, batch)
            found.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            total += float(found.detach())
        print(f"epoch {number} of {len(epochs)}: loss {total * size / len(examples):.4f}", file=sys.stderr, flush=True)
    return model.eval()


def _optimizer(model: nn.Module, old: float, new: float) -> torch.optim.Optimizer:
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    brought = [p for name, p in named if "bert." in name]
    added = [p for name, p in named if "bert." not in name]
    groups = [{"params": brought, "lr": old}, {"params": added, "lr": new}]
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def _rate(step: int, steps: int) -> float:
    return min((step + 1) / (WARM * steps), (steps - step) / ((1 - WARM) * steps))


def _batches[Example](
    examples: Sequence[Example], size: int, length: Callable[[Example], int], order: random.Random
) -> Iterator[list[Example]]:
    """All examples in a new order, those of about one length together."""
    ranked = sorted(examples, key=lambda example: length(example) // 32 + order.random())
    batches = [ranked[at : at + size] for at in range(0, len(ranked), size)]
    order.shuffle(batches)
    yield from batches
