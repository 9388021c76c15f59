"""Fits the layers over spans, pairs of them and texts, on what a finished encoder makes of the pieces.

Hard because the encoder learns its pieces with heads small enough to be read along with everything else, which see
pieces, or two spans, alone: what stands between and beside them tells more, and is learned here in a minute.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from pipeline.model import pair_head as ties
from pipeline.model import span_head as spans
from pipeline.model import text_head as texts
from pipeline.model.encoder import HEADS, LAYERS, SECTORS, TOLD, Encoder
from pipeline.model.layers import ASKS, HIDDEN, Hidden
from pipeline.model.pair_head import RELATIONS, ROLES
from pipeline.model.span_head import NAMED
from pipeline.train.encoder import asked
from pipeline.train.encoder.asked import Asked
from pipeline.train.encoder.packed import HEADS_FILE, rounded
from pipeline.train.encoder.samples import Sample

WIDTH, NARROW = 128, 64  # of the layers, and of those that need no more
DROPPED, OFTEN = 0.2, 0.4
RATE = 2e-3  # of learning, at first, whence it falls to none
MOST = 127  # the largest number that eight bits hold with a sign

Read = tuple[Sample, Hidden]  # a window with what the encoder makes of its pieces
Told = tuple[list[Hidden], Asked]  # the same of windows together, with their questions


class Layers(nn.Module):
    """In torch what `Layers` are in use; `facts`: the classes of all of them."""

    vectors: tuple[str, ...]

    def __init__(self, facts: int, classes: int, width: int = WIDTH, dropped: float = DROPPED) -> None:
        super().__init__()
        self.into = nn.ModuleDict({name: nn.Linear(HIDDEN, width, bias=False) for name in self.vectors})
        self.facts = nn.EmbeddingBag(facts, width, mode="sum")
        self.inner, self.outer = nn.Linear(width, width), nn.Linear(width, classes)
        self.drop = nn.Dropout(dropped)

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


class Texts(Layers):
    """What a text tells."""

    vectors = texts.VECTORS

    def __init__(self, classes: int, width: int = WIDTH, dropped: float = DROPPED) -> None:
        super().__init__(sum(texts.FACTS), classes, width, dropped)
        self.asks = nn.Linear(HIDDEN, texts.LOOKS, bias=False)

    def look(self, hidden: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> tuple[Tensor, ...]:
        scores = self.asks(hidden)
        ends = zip(a.tolist(), (b + 1).tolist(), strict=True)
        looks = [scores[begin:end].softmax(dim=0).T @ hidden[begin:end] for begin, end in ends]
        return torch.stack(looks, dim=1).unbind()

    def arrays(self) -> dict[str, Tensor]:
        return {**super().arrays(), ASKS: self.asks.weight.T}


def _means(hidden: Tensor, begin: Tensor, end: Tensor) -> Tensor:
    sums = torch.cat([torch.zeros(1, HIDDEN), hidden.cumsum(0)])
    return (sums[end] - sums[begin]) / (end - begin).clamp(min=1)[:, None]


def _class(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have one class."""
    return cross_entropy(scores, answers)


def _any(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have any number of classes."""
    return binary_cross_entropy_with_logits(scores, answers.float())


def _one(scores: Tensor, answers: Tensor) -> Tensor:
    """Of rows that have one of some classes."""
    return -scores.log_softmax(dim=-1).masked_fill(~answers, -math.inf).logsumexp(dim=-1).mean()


class Lesson(NamedTuple):
    """How layers learn: what is `asked` of the windows `of` what together, and how far off `loss` says that scores are.

    `begun`, `passes`: times over the articles of a base, and of an encoder; `size`: of those that a step takes.
    """

    asked: Callable[[Sequence[Sample]], Asked]
    loss: Callable[[Tensor, Tensor], Tensor]
    begun: int
    passes: int
    size: int = 16
    of: Literal["window", "article", "project"] = "window"


LESSONS = {
    "roles": Lesson(asked.roles, _class, 3, 6),
    "relations": Lesson(asked.relations, _class, 3, 6),
    "names": Lesson(asked.names, _class, 3, 3),
    "told": Lesson(asked.told, _any, 5, 5),
    "topics": Lesson(asked.topics, _any, 6, 6, of="article"),
    "projects": Lesson(asked.projects, _one, 6, 6, 64, of="project"),
}
BEGINNING = {name: lesson.begun for name, lesson in LESSONS.items()}
PASSES = {name: lesson.passes for name, lesson in LESSONS.items()}


def begun(base: Path, seed: int) -> dict[str, Layers]:
    """The layers that a base has learned, or new ones."""
    torch.manual_seed(seed)
    pair, span = sum(ties.FACTS), sum(spans.FACTS)
    found: dict[str, Layers] = {"roles": Pairs(pair, len(ROLES)), "relations": Pairs(pair, len(RELATIONS))}
    found["names"] = Spans(span, len(NAMED))
    found |= {"told": Texts(len(TOLD), NARROW), "topics": Texts(len(SECTORS))}
    found["projects"] = Texts(len(SECTORS), dropped=OFTEN)  # few short texts, read many times
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
    found: dict[str, Layers],
    folder: Path,
    cuts: Sequence[Sequence[Sequence[Sample]]],
    projects: Sequence[Sample],
    passes: dict[str, int],
    seed: int,
) -> dict[str, Layers]:
    """Has layers learn from samples what the encoder in `folder` makes of them, and writes them there; deterministic.

    `cuts`: the windows of the same articles, cut in different ways, that passes take by turns; `projects`: those of
    projects, which count twice where a stage is told, as they are told like news; `passes`: by the name of layers.
    """
    write(found, folder)  # without any, the encoder does not open
    encoder = Encoder(folder, threads=0)

    def read(windows: Sequence[Sample]) -> list[Read]:
        return [(sample, encoder.columns(sample.window, np.float16)[:, sum(HEADS) :]) for sample in windows]

    articles = [[read(windows) for windows in cut] for cut in cuts]
    together = {
        "window": [[[one] for windows in cut for one in windows] for cut in articles],
        "article": [[windows for windows in cut if windows] for cut in articles],
        "project": [[[one] for one in read(projects) for _ in range(1 + bool(one[0].stages))]],
    }
    for name, layers in found.items():
        _learn(layers, together[LESSONS[name].of], LESSONS[name], passes[name], seed)
    write(found, folder)
    return found


def _learn(layers: Layers, cuts: Sequence[Sequence[Sequence[Read]]], lesson: Lesson, passes: int, seed: int) -> None:
    torch.manual_seed(seed)
    order = random.Random(seed)
    told = [[_asked(own, lesson) for own in cut] for cut in cuts]
    chosen = torch.optim.AdamW(layers.parameters(), lr=RATE, weight_decay=0.01)
    steps = [batch for number in range(passes) for batch in _batches(told[number % len(told)], lesson.size, order)]
    falling = torch.optim.lr_scheduler.LinearLR(chosen, 1.0, 0.0, max(1, len(steps)))
    layers.train()
    for batch in steps:
        hidden, ends, facts, answers = _stacked(batch)
        if len(answers):
            chosen.zero_grad()
            lesson.loss(layers(hidden, ends, facts), answers).backward()  # type: ignore[no-untyped-call]
            chosen.step()
        falling.step()
    layers.eval()


def _asked(own: Sequence[Read], lesson: Lesson) -> Told:
    return [hidden for _, hidden in own], lesson.asked([sample for sample, _ in own])


def _batches(told: Sequence[Told], size: int, order: random.Random) -> list[list[Told]]:
    shuffled = list(told)
    order.shuffle(shuffled)
    return [shuffled[at : at + size] for at in range(0, len(shuffled), size)]


def _stacked(batch: Sequence[Told]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The pieces of a batch one after the other, with their questions."""
    begin = np.cumsum([0, *(sum(map(len, hidden)) for hidden, _ in batch)])
    hidden = np.concatenate([read for own, _ in batch for read in own]).astype(np.float32)
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
