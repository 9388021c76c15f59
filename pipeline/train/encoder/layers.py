"""Fits the layers over spans and pairs of them, on what a finished encoder makes of the pieces.

Hard because the encoder learns its pieces with heads small enough to be read along with everything else, which see
pieces, or two spans, alone: what stands between and beside them tells more, and is learned here in a minute.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from pipeline import spans, ties
from pipeline.encoder import HEADS, LAYERS, Encoder
from pipeline.layers import HIDDEN, Halves
from pipeline.spans import NAMED
from pipeline.ties import RELATIONS, ROLES
from pipeline.train.encoder import asked
from pipeline.train.encoder.asked import Asked
from pipeline.train.encoder.packed import HEADS_FILE, rounded
from pipeline.train.encoder.samples import Sample

WIDTH = 128  # of the layers
DROPPED = 0.2
RATE, SIZE = 2e-3, 16  # of learning, at first, whence it falls to none; windows of a step
PASSES = {"roles": 6, "relations": 6, "names": 3}  # over the articles of an encoder
BEGINNING = dict.fromkeys(PASSES, 3)  # over those of a base
MOST = 127  # the largest number that eight bits hold with a sign


class Layers(nn.Module):
    """In torch what `Layers` are in use; `facts`: the classes of all of them."""

    vectors: tuple[str, ...]

    def __init__(self, facts: int, classes: int) -> None:
        super().__init__()
        self.into = nn.ModuleDict({name: nn.Linear(HIDDEN, WIDTH, bias=False) for name in self.vectors})
        self.facts = nn.EmbeddingBag(facts, WIDTH, mode="sum")
        self.inner, self.outer = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, classes)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, hidden: Tensor, ends: Tensor, facts: Tensor) -> Tensor:
        """(rows, classes) scores of `hidden` (pieces, HIDDEN) and of `ends` and `facts`, as `Asked` has them."""
        found = zip(self.into.values(), self.look(hidden, *ends), strict=True)
        joined = torch.stack([into(self.drop(rows)) for into, rows in found]).sum(dim=0) + self.facts(facts)
        scores: Tensor = self.outer(self.drop(torch.relu(self.inner(torch.relu(joined)))))
        return scores

    def look(self, hidden: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, ...]:
        """The `vectors` (rows, HIDDEN) of pieces at four ends."""
        raise NotImplementedError

    def arrays(self) -> dict[str, Tensor]:
        """By the names under which they are used."""
        inner, outer = self.inner, self.outer
        linear = {**{name: layer.weight.T for name, layer in self.into.items()}, "facts": self.facts.weight}
        deeper = {"inner": inner.weight.T, "inner_bias": inner.bias, "outer": outer.weight.T, "outer_bias": outer.bias}
        return {**linear, **deeper}


class Pairs(Layers):
    """What one span is to another."""

    vectors = ties.VECTORS

    def look(self, hidden: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, ...]:
        begin = torch.minimum(b, d) + 1
        end = torch.maximum(torch.maximum(a, c), begin)
        return (hidden[a] + hidden[b]) / 2, (hidden[c] + hidden[d]) / 2, _means(hidden, begin, end)


class Spans(Layers):
    """What a span is."""

    vectors = spans.VECTORS

    def look(self, hidden: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, ...]:
        edged = torch.cat([hidden, torch.zeros(1, HIDDEN)])  # none: the last
        return hidden[a], hidden[b], edged[c], edged[d], _means(hidden, a, b + 1)


def _means(hidden: Tensor, begin: Tensor, end: Tensor) -> Tensor:
    sums = torch.cat([torch.zeros(1, HIDDEN), hidden.cumsum(0)])
    return (sums[end] - sums[begin]) / (end - begin).clamp(min=1)[:, None]


QUESTIONS: dict[str, Callable[[Sample], Asked]] = {
    "roles": asked.roles,
    "relations": asked.relations,
    "names": asked.names,
}


def begun(base: Path, seed: int) -> dict[str, Layers]:
    """The layers that a base has learned, or new ones."""
    torch.manual_seed(seed)
    pair, span = sum(ties.FACTS), sum(spans.FACTS)
    found: dict[str, Layers] = {"roles": Pairs(pair, len(ROLES)), "relations": Pairs(pair, len(RELATIONS))}
    found["names"] = Spans(span, len(NAMED))
    if (base / HEADS_FILE).is_file():
        known = load_file(base / HEADS_FILE)
        for name, layers in found.items():
            own = {key: value for key, value in known.items() if key.startswith(f"layers.{name}.")}
            if own:
                layers.load_state_dict({key.removeprefix(f"layers.{name}."): value for key, value in own.items()})
    return found


def state_of(found: dict[str, Layers]) -> dict[str, Tensor]:
    """What a base keeps of layers."""
    return {
        f"layers.{name}.{key}": value for name, layers in found.items() for key, value in layers.state_dict().items()
    }


def fit(
    found: dict[str, Layers], folder: Path, cuts: Sequence[Sequence[Sample]], passes: dict[str, int], seed: int
) -> dict[str, Layers]:
    """Has layers learn from samples what the encoder in `folder` makes of them, and writes them there; deterministic.

    `cuts`: the samples of the same articles, cut in different ways, that passes take by turns.
    """
    write(found, folder)  # without any, the encoder does not open
    encoder = Encoder(folder, threads=0)
    read = [[encoder.columns(sample.window)[:, sum(HEADS) :] for sample in cut] for cut in cuts]
    for name, layers in found.items():
        questions = [[QUESTIONS[name](sample) for sample in cut] for cut in cuts]
        told = [list(zip(*both, strict=True)) for both in zip(read, questions, strict=True)]
        _learn(layers, told, passes[name], seed)
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
    """The pieces of some windows one after the other, with their questions."""
    begin = np.cumsum([0, *(len(hidden) for hidden, _ in batch)])
    hidden = np.concatenate([read for read, _ in batch]).astype(np.float32)
    each = zip(begin, batch, strict=False)
    ends = np.concatenate([np.where(own.ends < 0, own.ends, own.ends + at) for at, (_, own) in each], axis=1)
    facts, answers = (np.concatenate([getattr(own, name) for _, own in batch]) for name in ("facts", "answers"))
    return torch.from_numpy(hidden), torch.from_numpy(ends), torch.from_numpy(facts), torch.from_numpy(answers)


def write(found: dict[str, Layers], folder: Path) -> None:
    """Writes the layers as the encoder in use reads them: eight bits with a scale a row, and biases in halves."""
    arrays = {}
    for name, layers in found.items():
        for key, value in layers.arrays().items():
            own = value.detach().numpy()
            if own.ndim == 1:
                arrays[f"{name}.{key}"] = own.astype(np.float16)
            else:
                arrays[f"{name}.{key}.scale"], arrays[f"{name}.{key}"] = rounded(own, MOST, np.float16)
    np.savez_compressed(folder / LAYERS, **arrays)  # type: ignore[arg-type]
