"""The questions of samples to the pair, span and text heads, with the answers.

Nearly all spans are no mention, so the span head learns from mentions, many spans that nearly are one, and some others.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.stages.models import span_head
from pipeline.stages.models.encoder import SECTORS, STATED
from pipeline.stages.models.heads import Integers
from pipeline.stages.models.pair_head import LABELS, around_of, facts_of
from pipeline.stages.models.span_head import LONGEST, NAMED
from pipeline.train.encoder.samples import Sample

NEAR, SHIFT = 12, 4  # spans near a mention, whose ends are moved by so many pieces at most
ELSEWHERE, USUAL = 60, 4.0  # spans anywhere in a window, and their mean number of pieces after the first


Answers = npt.NDArray[np.int64] | npt.NDArray[np.bool_]


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
    facts = facts_of((a, b, c, d), (left, right), _sentences(sample), around_of(around[0], around[1]))
    return Questions(np.stack([a, b, c, d]), facts, answers)


def mentions(samples: Sequence[Sample]) -> Questions:
    """Spans of a window: all mentions, many that are nearly one, some others; deterministic."""
    (sample,) = samples
    labels = {(span.first, span.last): span.label for span in sample.spans if LABELS[span.label] in NAMED}
    draw, sentences = random.Random(len(sample.window.ids)), _sentences(sample)
    drawn = [*_near(labels, draw), *_elsewhere(len(sentences), draw)]
    asked = {ends: NAMED.index("none") for ends in drawn if _is_span(ends, sentences)} | labels
    first, last, answers = np.array([(*ends, label) for ends, label in asked.items()], np.int64).reshape(-1, 3).T
    ends = np.stack([first, last, *span_head.beside(sentences, first, last)])
    return Questions(ends, span_head.facts_of(first, last), answers)


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
