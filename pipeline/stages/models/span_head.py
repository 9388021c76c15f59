"""The span head: whether a span is a mention, and of which label.

Tags of single pieces say little about where a long name ends, so the head reads both ends of the span, the pieces
beside them, the mean of all pieces and the length.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import get_args

import numpy as np

from pipeline.record import Label
from pipeline.stages.models.heads import (
    TOGETHER,
    Encoded,
    Floats,
    Head,
    Hidden,
    Integers,
    Vector,
    means,
    rows_of,
    whole,
)

NAMED: tuple[str, ...] = (*get_args(Label), "none")  # the classes
VECTORS = ("first", "last", "before", "after", "inside")  # of a span
SIZES = np.array([2, 3, 4, 5, 6, 7, 9, 11, 14, 18])  # of the classes of length, in word pieces
FACTS = (len(SIZES) + 1,)
LONGEST = 24  # pieces of a span that is no other finder's proposal


def named(encoding: Encoded, first: Integers, last: Integers) -> Floats:
    """Log probabilities (spans, NAMED) of spans by their first and last pieces."""
    head, starts = encoding.heads["mentions"], range(0, len(first), TOGETHER)
    found = [_block(encoding, head, first[at : at + TOGETHER], last[at : at + TOGETHER]) for at in starts]
    return np.concatenate([np.zeros((0, head.classes), np.float32), *found])


def _block(encoding: Encoded, head: Head, first: Integers, last: Integers) -> Floats:
    ends = first, last, *beside(encoding.sentences, first, last)
    return head(*chain(*vectors_of(encoding.hidden, *ends)), facts_of(first, last))


def vectors_of(hidden: Hidden, first: Integers, last: Integers, before: Integers, after: Integers) -> Iterator[Vector]:
    """The VECTORS of spans by their first and last pieces and those beside them (-1: none)."""
    for at in (first, last, before, after):
        distinct, number = np.unique(at, return_inverse=True)
        yield whole(hidden[distinct]) * (distinct >= 0)[:, None], number
    yield means(hidden, first, last + 1)


def beside(sentences: Integers, first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """The pieces before and after spans in the same sentence, -1: none; `sentences`: of each piece."""
    edged = np.concatenate([[-1], sentences, [-1]])
    before = np.where(edged[first] == sentences[first], first - 1, -1)
    after = np.where(edged[last + 2] == sentences[last], last + 1, -1)
    return before, after


def facts_of(first: Integers, last: Integers) -> Integers:
    """(spans, FACTS): see `rows_of`."""
    return rows_of([np.searchsorted(SIZES, last + 1 - first, side="right")], FACTS)
