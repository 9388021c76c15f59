"""The heads for pairs, spans and texts in torch, and the questions of samples to them, with the answers.

Nearly all spans are no mention, so the span head learns from mentions, many spans that nearly are one, and some others.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from pipeline.stages.models.encoder import SECTORS, STATED
from pipeline.stages.models.heads import (
    HIDDEN,
    LABELS,
    LONGEST,
    LOOKS,
    NAMED,
    PAIRS,
    RELATIONS,
    ROLES,
    SPANS,
    Floats,
    Integers,
    Shape,
    around_of,
    beside,
    padded,
    pair_facts,
    span_facts,
)
from pipeline.train.encoder.base import HEADS_FILE
from pipeline.train.encoder.samples import Sample

NEAR, SHIFT = 12, 4  # spans near a mention, whose ends are moved by so many pieces at most
ELSEWHERE, USUAL = 60, 4.0  # spans anywhere in a window, and their mean number of pieces after the first
Answers = npt.NDArray[np.int64] | npt.NDArray[np.bool_]
WIDTH, NARROW = 128, 64  # of the hidden layers, and of a head that needs fewer
DROPPED, OFTEN = 0.2, 0.4
STORED = {"mentions": "names", "stated": "told"}  # heads that bases keep under an earlier name


class Head(nn.Module):
    """Two hidden layers over the vectors of a question and its facts; `facts`: the classes of all facts together."""

    def __init__(
        self, vectors: Sequence[str], facts: int, classes: int, width: int = WIDTH, dropped: float = DROPPED
    ) -> None:
        super().__init__()
        self.into = nn.ModuleDict({name: nn.Linear(HIDDEN, width, bias=False) for name in vectors})
        self.facts = nn.Embedding(facts, width)
        self.inner, self.outer = nn.Linear(width, width), nn.Linear(width, classes)
        self.drop = nn.Dropout(dropped)

    def scores(self, joined: Tensor) -> Tensor:
        """(questions, classes) scores of the first hidden layer."""
        found: Tensor = self.outer(self.drop(torch.relu(self.inner(torch.relu(joined)))))
        return found

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        """The inputs of `forward`, from the pieces (pieces, HIDDEN) and `ends` and `facts` of `Questions`."""
        raise NotImplementedError

    def examples(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        """The same, to learn from."""
        return self.inputs(hidden, ends, facts)


class RowHead(Head):
    """A head of spans or pairs, whose vectors are sums and means of pieces."""

    def __init__(self, shape: Shape, classes: int) -> None:
        super().__init__(shape.vectors, sum(shape.facts), classes)
        self.shape = shape

    def forward(self, *inputs: Tensor) -> Tensor:
        """(questions, classes) scores; `inputs`: the two parts of each `Vector`, then facts."""
        vectors = zip(self.into.values(), inputs[:-1:2], inputs[1:-1:2], strict=True)
        joined = torch.stack([_picked(into(self.drop(rows)), of) for into, rows, of in vectors]).sum(dim=0)
        return self.scores(joined + self.facts(inputs[-1]).sum(dim=1))

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        return *map(torch.from_numpy, chain(*self.shape.read(hidden, *ends))), torch.from_numpy(facts)

    def examples(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        """The same with a row for each question, so that each has its own dropout."""
        *inputs, last = self.inputs(hidden, ends, facts)
        own = torch.arange(len(facts))
        rows = (_picked(*vector) for vector in batched(inputs, 2))
        return *(given for row in rows for given in (row, own)), last


def _picked(rows: Tensor, of: Tensor) -> Tensor:
    return of @ rows if of.dim() == 2 else rows[of]


class TextHead(Head):
    def __init__(self, classes: int, width: int = WIDTH, dropped: float = DROPPED) -> None:
        super().__init__(LOOKS, 1, classes, width, dropped)
        self.asks = nn.Linear(HIDDEN, len(LOOKS), bias=False)

    def forward(self, pieces: Tensor, sizes: Tensor) -> Tensor:
        """(texts, classes) scores; `pieces` (texts, longest, HIDDEN), of which each text has so many (`sizes`)."""
        beyond = torch.arange(pieces.shape[1])[None, :, None] >= sizes[:, None, None]
        weights = self.asks(pieces).masked_fill(beyond, -torch.inf).softmax(dim=1)
        looks = (weights.transpose(1, 2) @ pieces).unbind(dim=1)
        joined = torch.stack([into(self.drop(look)) for into, look in zip(self.into.values(), looks, strict=True)])
        return self.scores(joined.sum(dim=0) + self.facts.weight)

    def inputs(self, hidden: Floats, ends: Integers, facts: Integers) -> tuple[Tensor, ...]:
        pieces, sizes = padded(hidden, *ends[:2])
        return torch.from_numpy(pieces), torch.from_numpy(sizes)


def initial_heads(base: Path, seed: int) -> dict[str, Head]:
    """The heads that a base has learned, or new ones."""
    torch.manual_seed(seed)
    found: dict[str, Head] = {"roles": RowHead(PAIRS, len(ROLES)), "relations": RowHead(PAIRS, len(RELATIONS))}
    found["mentions"] = RowHead(SPANS, len(NAMED))
    found |= {"stated": TextHead(len(STATED), NARROW), "topics": TextHead(len(SECTORS))}
    found["projects"] = TextHead(len(SECTORS), dropped=OFTEN)  # few short texts, read many times
    known = load_file(base / HEADS_FILE) if (base / HEADS_FILE).is_file() else {}
    for name, head in found.items():
        prefix = f"layers.{STORED.get(name, name)}."
        own = {key.removeprefix(prefix): value for key, value in known.items() if key.startswith(prefix)}
        if own:
            head.load_state_dict(own)
    return found


@dataclass(frozen=True)
class Questions:
    """The questions about a window, or about all windows of an article, a row each.

    `ends` (4, rows): the pieces of a row (-1: none): of a pair first and last of both spans, of a span first, last and
    those beside it, of a text first and last; `facts` (rows, facts); `answers` (rows,): a class, or of a text (rows,
    classes) those that it may have.
    """

    ends: Integers
    facts: Integers
    answers: Answers


def roles(samples: Sequence[Sample]) -> Questions:
    """The role of each span of a window for each trigger."""
    (sample,) = samples
    ends = [(first, last, sample.spans[at], role) for first, last, at, role in sample.arguments]
    trigger = len(LABELS)
    return _pairs(sample, [(first, last, to.first, to.last, trigger, to.label, role) for first, last, to, role in ends])


def relations(samples: Sequence[Sample]) -> Questions:
    """The relations of the spans of a window."""
    (sample,) = samples
    ends = [(sample.spans[a], sample.spans[b], kind) for a, b, kind in sample.relations]
    return _pairs(sample, [(a.first, a.last, b.first, b.last, a.label, b.label, kind) for a, b, kind in ends])


def _pairs(sample: Sample, rows: list[tuple[int, ...]]) -> Questions:
    a, b, c, d, left, right, answers = np.array(rows, np.int64).reshape(-1, 7).T
    around = np.array([(span.label, span.first) for span in sample.spans], np.int64).reshape(-1, 2).T
    facts = pair_facts((a, b, c, d), (left, right), _sentences(sample), around_of(around[0], around[1]))
    return Questions(np.stack([a, b, c, d]), facts, answers)


def mentions(samples: Sequence[Sample]) -> Questions:
    """Spans of a window: all mentions, many that are nearly one, some others; deterministic."""
    (sample,) = samples
    labels = {(span.first, span.last): span.label for span in sample.spans if LABELS[span.label] in NAMED}
    draw, sentences = random.Random(len(sample.window.ids)), _sentences(sample)
    drawn = [*_near(labels, draw), *_elsewhere(len(sentences), draw)]
    asked = {ends: NAMED.index("none") for ends in drawn if _is_span(ends, sentences)} | labels
    first, last, answers = np.array([(*ends, label) for ends, label in asked.items()], np.int64).reshape(-1, 3).T
    ends = np.stack([first, last, *beside(sentences, first, last)])
    return Questions(ends, span_facts(first, last), answers)


def stated(samples: Sequence[Sample]) -> Questions:
    """The commitments that the sentences of a window state."""
    (sample,) = samples
    return _texts(sample.stated, len(STATED))


def topics(samples: Sequence[Sample]) -> Questions:
    """The sectors of an article, in all its windows."""
    size = sum(len(sample.window.ids) for sample in samples)
    return _texts([(0, size - 1, having) for sample in samples[:1] for *_, having in sample.topics], len(SECTORS))


def projects(samples: Sequence[Sample]) -> Questions:
    """The sectors of a project, a row each, with the alternatives where several may be meant."""
    (sample,) = samples
    return _texts(sample.sectors, len(SECTORS))


def _texts(rows: Sequence[tuple[int, int, tuple[int, ...] | None]], classes: int) -> Questions:
    known = [(first, last, having) for first, last, having in rows if having is not None]
    answers = np.zeros((len(known), classes), bool)
    for row, (_, _, having) in enumerate(known):
        answers[row, list(having)] = True
    ends = np.array([(first, last, -1, -1) for first, last, _ in known], np.int64).reshape(-1, 4).T
    return Questions(ends, np.zeros((len(known), 0), np.int64), answers)


def _near(mentions: dict[tuple[int, int], int], draw: random.Random) -> Iterator[tuple[int, int]]:
    for first, last in mentions:
        for _ in range(NEAR):
            yield first + draw.randint(-SHIFT, SHIFT), last + draw.randint(-SHIFT, SHIFT)
        for by in (-2, -1, 1, 2):
            yield first + by, last
            yield first, last + by


def _elsewhere(size: int, draw: random.Random) -> Iterator[tuple[int, int]]:
    for _ in range(ELSEWHERE):
        first = draw.randrange(size)
        yield first, first + int(draw.expovariate(1 / USUAL))


def _is_span(ends: tuple[int, int], sentences: Integers) -> bool:
    first, last = ends
    inside = 0 <= first <= last < len(sentences) and last - first < LONGEST
    return bool(inside and sentences[first] == sentences[last])


def _sentences(sample: Sample) -> Integers:
    return np.array(sample.window.sentences, np.int64)
