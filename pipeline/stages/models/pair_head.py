"""The pair head: the relation of two mentions, and the role of a mention to a trigger.

Beside both spans it reads the mean of the pieces between them, their distance, and how many other spans stand between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol, get_args

import numpy as np

from pipeline.record import Label, RelationType
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

NONE, REFERENCE = "none", "REFERENCE"
LABELS: tuple[str, ...] = (*get_args(Label), REFERENCE)  # of a span: a mention or a reference
ROLES = (NONE, "by", "with", "to", "projects", "amounts", "dates", "attributed_to")
HOLDS = "holds"  # the relation of a person to an office
RELATIONS: tuple[str, ...] = (NONE, *get_args(RelationType), HOLDS)
VECTORS = ("left", "right", "middle")  # of a pair: both spans, and the pieces between them
NO_PIECE = np.zeros(0, np.int64)
EDGES = np.array([-50, -25, -12, -6, -3, 0, 3, 6, 12, 25, 50])  # of the classes of distance, in word pieces
APART = 3  # sentences; more count as so many
BETWEEN = 5  # spans; more count as so many
# the number of classes of each fact of a pair: both labels (the last is a trigger's), distance, sentences apart, and
# how many spans stand between, of any label, of the left one's, of the right one's
FACTS = (len(LABELS) + 1, len(LABELS) + 1, len(EDGES) + 1, 2 * APART + 1, *(BETWEEN + 1,) * 3)

Place = tuple[int, int, str]  # start and end in characters, and one of LABELS


class Around(NamedTuple):
    """The first pieces of the spans of a text, in order: of `all`, and `of` each class of label."""

    all: Integers
    of: dict[int, Integers]


def around_of(labels: Integers, firsts: Integers) -> Around:
    """See `Around`; `labels`: their classes."""
    return Around(np.sort(firsts), {int(own): np.sort(firsts[labels == own]) for own in np.unique(labels)})


class EncodedSpans(Encoded, Protocol):
    """An encoded text, as the pair head reads it."""

    def edges(self, spans: Sequence[Place]) -> tuple[Integers, Integers]: ...


class PairHead:
    """Relations and roles of the spans of a text."""

    def __init__(self, encoding: EncodedSpans, spans: Sequence[Place]) -> None:
        self._encoding = encoding
        self._around = around_of(_labels(spans), encoding.edges(spans)[0])

    def roles_of(self, asked: Sequence[tuple[tuple[int, int], Sequence[Place]]]) -> list[Floats]:
        """For each trigger (start and end in characters) and its spans: log probabilities (spans, ROLES)."""
        pairs = [((*trigger, NONE), span) for trigger, spans in asked for span in spans]
        ends = np.cumsum([len(spans) for _, spans in asked])
        return np.split(self._scored("roles", pairs), ends[:-1]) if asked else []

    def relations_of(self, pairs: Sequence[tuple[Place, Place]]) -> Floats:
        """Log probabilities (pairs, RELATIONS) of the relation of a subject to an object."""
        return self._scored("relations", pairs)

    def _scored(self, name: str, pairs: Sequence[tuple[Place, Place]]) -> Floats:
        head, starts = self._encoding.heads[name], range(0, len(pairs), TOGETHER)
        found = [self._block(head, pairs[at : at + TOGETHER]) for at in starts]
        return np.concatenate([np.zeros((0, head.classes), np.float32), *found])

    def _block(self, head: Head, pairs: Sequence[tuple[Place, Place]]) -> Floats:
        encoding = self._encoding
        (lefts, left), (rights, right) = (_distinct([pair[side] for pair in pairs]) for side in (0, 1))
        (a, b), (c, d) = encoding.edges(lefts), encoding.edges(rights)
        ends, labels = (a[left], b[left], c[right], d[right]), (_labels(lefts)[left], _labels(rights)[right])
        facts = facts_of(ends, labels, encoding.sentences, self._around)
        return head(*chain(*vectors_of(encoding.hidden, *ends)), facts)


def vectors_of(hidden: Hidden, a: Integers, b: Integers, c: Integers, d: Integers) -> Iterator[Vector]:
    """The VECTORS of pairs by the first and last pieces of the left and of the right spans."""
    for first, last in ((a, b), (c, d)):
        distinct, number = np.unique(first * len(hidden) + last, return_inverse=True)
        begin, end = np.divmod(distinct, max(1, len(hidden)))
        yield (whole(hidden[begin]) + hidden[end]) * np.float32(0.5), number
    yield means(hidden, *gaps(a, b, c, d))


def _distinct(spans: Sequence[Place]) -> tuple[list[Place], Integers]:
    """The distinct spans, and the number of each."""
    numbers = {span: number for number, span in enumerate(dict.fromkeys(spans))}
    return list(numbers), np.array([numbers[span] for span in spans], np.int64)


def _labels(spans: Sequence[Place]) -> Integers:
    """The classes of the labels of spans; that of a trigger is the last."""
    return np.array([len(LABELS) if label == NONE else LABELS.index(label) for _, _, label in spans], np.int64)


def gaps(a: Integers, b: Integers, c: Integers, d: Integers) -> tuple[Integers, Integers]:
    """The first piece between two spans, and the one after the last; `a` to `d`: first and last pieces of both."""
    begin = np.minimum(b, d) + 1
    return begin, np.maximum(np.maximum(a, c), begin)


def facts_of(
    ends: tuple[Integers, Integers, Integers, Integers],
    labels: tuple[Integers, Integers],
    sentences: Integers,
    around: Around,
) -> Integers:
    """(pairs, FACTS): see `rows_of`.

    `ends`: first and last pieces of the left and of the right spans; `sentences`: of each piece.
    """
    a, b, c, d = ends
    begin, end = np.minimum(b, d), np.maximum(a, c)
    apart = np.clip(sentences[c] - sentences[a], -APART, APART) + APART
    facts = [labels[0], labels[1], np.searchsorted(EDGES, c - a, side="right"), apart]
    facts.append(_between(around.all, begin, end))
    for label in labels:
        counts = np.zeros(len(a), np.int64)
        for own in np.unique(label):
            of_own = label == own
            counts[of_own] = _between(around.of.get(int(own), NO_PIECE), begin[of_own], end[of_own])
        facts.append(counts)
    return rows_of(facts, FACTS)


def _between(firsts: Integers, begin: Integers, end: Integers) -> Integers:
    """How many of `firsts`, in order, lie between two pieces, up to BETWEEN."""
    count = np.searchsorted(firsts, end, side="left") - np.searchsorted(firsts, begin, side="right")
    found: Integers = np.clip(count, 0, BETWEEN).astype(np.int64)
    return found
