"""What a span of a text is, a mention of which label or none: as the encoder has all its pieces together.

Hard because what a piece is tagged says little of where a long name ends, or whether "a second carriageway along the
canal bank" is one at all: its edges, what stands beside them and how long it is tell more.
"""

from __future__ import annotations

from typing import get_args

import numpy as np

from pipeline.model.layers import BLOCK, Encoded, Floats, Hidden, Integers, Layers, log_softmax, means, rows_of, whole
from pipeline.record import Label

NAMED: tuple[str, ...] = (*get_args(Label), "none")  # the classes
VECTORS = ("first", "last", "before", "after", "inside")  # of a span
SIZES = np.array([2, 3, 4, 5, 6, 7, 9, 11, 14, 18])  # of the classes of length, in word pieces
FACTS = (len(SIZES) + 1,)
LONGEST = 24  # pieces of a span that is asked about, but for those that others propose


def named(encoding: Encoded, first: Integers, last: Integers) -> Floats:
    """Log probabilities (spans, NAMED) of spans, of some thousands at a time: their first and last pieces."""
    layers, size = encoding.layers["names"], len(first)
    found = [_block(encoding, layers, first[at : at + BLOCK], last[at : at + BLOCK]) for at in range(0, size, BLOCK)]
    return np.concatenate([np.zeros((0, len(NAMED)), np.float32), *found])


def _block(encoding: Encoded, layers: Layers, first: Integers, last: Integers) -> Floats:
    hidden, into = encoding.hidden, layers.into
    before, after = beside(encoding.sentences, first, last)
    ends = zip(VECTORS, (first, last, before, after), strict=False)
    vectors = [_at(hidden, places, into[name]) for name, places in ends]
    inside = means(hidden, into["inside"], first, last + 1)
    return log_softmax(layers([*vectors, inside], facts_of(first, last)))


def _at(hidden: Hidden, places: Integers, into: Floats) -> Floats:
    """The vectors (spans, width) of the pieces at some places, zeros of none."""
    distinct, of = np.unique(places, return_inverse=True)
    rows: Floats = (whole(hidden[distinct]) * (distinct >= 0)[:, None]) @ into
    return rows[of]


def beside(sentences: Integers, first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """The pieces right before and right behind spans, -1 where there is none in the sentence.

    `sentences`: of each piece.
    """
    edged = np.concatenate([[-1], sentences, [-1]])
    before = np.where(edged[first] == sentences[first], first - 1, -1)
    after = np.where(edged[last + 2] == sentences[last], last + 1, -1)
    return before, after


def facts_of(first: Integers, last: Integers) -> Integers:
    """(spans, FACTS): which row of all classes holds of each span."""
    return rows_of([np.searchsorted(SIZES, last + 1 - first, side="right")], FACTS)
