"""Fits the layers that say what one span is to another, on what a finished encoder makes of the pieces.

Hard because the encoder learns its pieces with layers small enough to be read along with everything else, which see the
two spans alone: what stands between them, and how many names do, tells more, and is learned here in a minute.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from pipeline.encoder import HEADS, PAIRS, Encoder
from pipeline.ties import FACTS, HIDDEN, LABELS, RELATIONS, ROLES, Halves, Integers, Pairs, around_of, facts_of
from pipeline.train.encoder.packed import HEADS_FILE, rounded
from pipeline.train.encoder.samples import Sample

WIDTH = 128  # of the layers
DROPPED = 0.2
RATE, SIZE = 2e-3, 16  # of learning, at first, whence it falls to none; windows of a step
BEGINNING, GOING_ON = 3, 6  # passes over the articles of a base, and over those of an encoder
CLASSES = {"roles": len(ROLES), "relations": len(RELATIONS)}
MOST = 127  # the largest number that eight bits hold with a sign


class Layers(nn.Module):
    """In torch what `Pairs` is in use."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.left, self.right, self.middle = (nn.Linear(HIDDEN, WIDTH, bias=False) for _ in range(3))
        self.facts = nn.EmbeddingBag(sum(FACTS), WIDTH, mode="sum")
        self.inner, self.outer = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, classes)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, hidden: Tensor, ends: Tensor, facts: Tensor) -> Tensor:
        """(pairs, classes) scores of `hidden` (pieces, HIDDEN), `ends` (4, pairs) and `facts`, as `Asked` has them."""
        a, b, c, d = ends
        left, right = self.drop((hidden[a] + hidden[b]) / 2), self.drop((hidden[c] + hidden[d]) / 2)
        joined = self.left(left) + self.right(right) + self.middle(self.drop(_between(hidden, a, b, c, d)))
        scores: Tensor = self.outer(self.drop(torch.relu(self.inner(torch.relu(joined + self.facts(facts))))))
        return scores

    def arrays(self) -> dict[str, Tensor]:
        """By the names of the fields of `Pairs`."""
        inner, outer = self.inner, self.outer
        linear = {name: getattr(self, name).weight.T for name in ("left", "right", "middle", "inner", "outer")}
        return {**linear, "facts": self.facts.weight, "inner_bias": inner.bias, "outer_bias": outer.bias}


def _between(hidden: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """The mean of the pieces between two spans, as `middles` in use."""
    sums = torch.cat([torch.zeros(1, HIDDEN), hidden.cumsum(0)])
    begin = torch.minimum(b, d) + 1
    end = torch.maximum(torch.maximum(a, c), begin)
    return (sums[end] - sums[begin]) / (end - begin).clamp(min=1)[:, None]


@dataclass(frozen=True)
class Asked:
    """The pairs of a window: first and last pieces of both spans (4, pairs), `facts` (pairs, FACTS), and classes."""

    ends: Integers
    facts: Integers
    answers: Integers


def begun(base: Path, seed: int) -> dict[str, Layers]:
    """The layers that a base has learned, or new ones."""
    torch.manual_seed(seed)
    found = {name: Layers(classes) for name, classes in CLASSES.items()}
    if (base / HEADS_FILE).is_file():
        known = load_file(base / HEADS_FILE)
        for name, layers in found.items():
            own = {key: value for key, value in known.items() if key.startswith(f"pairs.{name}.")}
            if own:
                layers.load_state_dict({key.removeprefix(f"pairs.{name}."): value for key, value in own.items()})
    return found


def state_of(found: dict[str, Layers]) -> dict[str, Tensor]:
    """What a base keeps of layers."""
    return {
        f"pairs.{name}.{key}": value for name, layers in found.items() for key, value in layers.state_dict().items()
    }


def fit(
    found: dict[str, Layers], folder: Path, cuts: Sequence[Sequence[Sample]], passes: int, seed: int
) -> dict[str, Layers]:
    """Has layers learn from samples what the encoder in `folder` makes of them, and writes them there; deterministic.

    `cuts`: the samples of the same articles, cut in different ways, that passes take by turns.
    """
    write(found, folder)  # without any, the encoder does not open
    encoder = Encoder(folder, threads=0)
    read = [[encoder.columns(sample.window)[:, sum(HEADS) :] for sample in cut] for cut in cuts]
    for name, layers in found.items():
        questions = [[asked(sample, name) for sample in cut] for cut in cuts]
        _learn(layers, [list(zip(*both, strict=True)) for both in zip(read, questions, strict=True)], passes, seed)
    write(found, folder)
    return found


def _learn(layers: Layers, cuts: Sequence[Sequence[tuple[Halves, Asked]]], passes: int, seed: int) -> None:
    torch.manual_seed(seed)
    order = random.Random(seed)
    chosen = torch.optim.AdamW(layers.parameters(), lr=RATE, weight_decay=0.01)
    steps = [cut for number in range(passes) for cut in _batches(list(cuts[number % len(cuts)]), order)]
    falling = torch.optim.lr_scheduler.LinearLR(chosen, 1.0, 0.0, max(1, len(steps)))
    layers.train()
    for batch in steps:
        hidden, ends, facts, answers = _stacked(batch)
        if len(answers):
            chosen.zero_grad()
            cross_entropy(layers(hidden, ends, facts), answers).backward()  # type: ignore[no-untyped-call]
            chosen.step()
        falling.step()
    layers.eval()


def _batches(read: list[tuple[Halves, Asked]], order: random.Random) -> list[list[tuple[Halves, Asked]]]:
    order.shuffle(read)
    return [read[at : at + SIZE] for at in range(0, len(read), SIZE)]


def _stacked(batch: Sequence[tuple[Halves, Asked]]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The pieces of some windows one after the other, with their pairs."""
    begin = np.cumsum([0, *(len(hidden) for hidden, _ in batch)])
    hidden = np.concatenate([read for read, _ in batch]).astype(np.float32)
    ends = np.concatenate([own.ends + at for at, (_, own) in zip(begin, batch, strict=False)], axis=1)
    facts, answers = (np.concatenate([getattr(own, name) for _, own in batch]) for name in ("facts", "answers"))
    return torch.from_numpy(hidden), torch.from_numpy(ends), torch.from_numpy(facts), torch.from_numpy(answers)


def asked(sample: Sample, name: str) -> Asked:
    """What a sample asks of the layers of a name."""
    places = sample.places
    if name == "roles":
        trigger = len(LABELS)
        ends = [(first, last, places[at], role) for first, last, at, role in sample.arguments]
        told = [(first, last, to.first, to.last, trigger, to.label, role) for first, last, to, role in ends]
    else:
        both = [(places[a], places[b], kind) for a, b, kind in sample.relations]
        told = [(a.first, a.last, b.first, b.last, a.label, b.label, kind) for a, b, kind in both]
    a, b, c, d, left, right, answers = np.array(told, np.int64).reshape(-1, 7).T
    around = np.array([(place.label, place.first) for place in places], np.int64).reshape(-1, 2).T
    sentences = np.array(sample.window.sentences, np.int64)
    facts = facts_of((a, b, c, d), (left, right), sentences, around_of(around[0], around[1]))
    return Asked(np.stack([a, b, c, d]), facts, answers)


def write(found: dict[str, Layers], folder: Path) -> None:
    """Writes the layers as the encoder in use reads them: eight bits with a scale a row, and biases in halves."""
    arrays = {}
    for name, layers in found.items():
        own = {key: value.detach().numpy() for key, value in layers.arrays().items()}
        for key in (field.name for field in fields(Pairs)):
            if own[key].ndim == 1:
                arrays[f"{name}.{key}"] = own[key].astype(np.float16)
            else:
                arrays[f"{name}.{key}.scale"], arrays[f"{name}.{key}"] = rounded(own[key], MOST, np.float16)
    np.savez_compressed(folder / PAIRS, **arrays)  # type: ignore[arg-type]
