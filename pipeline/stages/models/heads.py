"""Heads on the encoder: small ONNX graphs that score texts, spans, or pairs of spans.

A `Shape` says what a head reads of a question: vectors made of word pieces, and facts, which are classes. Few words of
a text say anything about a class, so a head of texts weighs all pieces itself, in several looks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol, get_args

import numpy as np
import numpy.typing as npt

from pipeline.record import Label, RelationType

Floats = npt.NDArray[np.float32]
Hidden = Floats | npt.NDArray[np.float16]  # a long text is kept in half precision
Integers = npt.NDArray[np.int64]
# one vector a question, from distinct rows (n, HIDDEN): the number of its row, or weights (questions, n) of all rows
Vector = tuple[Floats, Integers | Floats]
Ends = tuple[Integers, Integers, Integers, Integers]  # first and last pieces of the left and of the right spans
Place = tuple[int, int, str]  # start and end in characters, and one of LABELS

HIDDEN = 384  # columns of a piece before the heads
BLOCK = 4096  # a text of more pieces is kept in half precision
FOLDER = "heads"  # in the folder of the encoder
NAMES = ("roles", "relations", "mentions", "stated", "topics", "projects")
FILES = tuple(f"{FOLDER}/{name}.onnx" for name in NAMES)
TOGETHER = {"texts": 32, "spans": 512, "pairs": 512}  # questions that are scored at once
LOOKS = tuple(f"look {number}" for number in range(4))  # the vectors of a text

NONE, REFERENCE = "none", "REFERENCE"
NAMED: tuple[str, ...] = (*get_args(Label), NONE)  # the classes of a span
LABELS: tuple[str, ...] = (*get_args(Label), REFERENCE)  # of one end of a pair: a mention or a reference
ROLES = (NONE, "by", "with", "to", "projects", "amounts", "dates", "attributed_to")  # of a span to a trigger
HOLDS = "holds"  # the relation of a person to an office
RELATIONS: tuple[str, ...] = (NONE, *get_args(RelationType), HOLDS)

LONGEST = 24  # pieces of a span that is no other finder's proposal
SIZES = np.array([2, 3, 4, 5, 6, 7, 9, 11, 14, 18])  # of the classes of length, in pieces
EDGES = np.array([-50, -25, -12, -6, -3, 0, 3, 6, 12, 25, 50])  # of the classes of distance, in pieces
APART = 3  # sentences; more count as so many
BETWEEN = 5  # spans; more count as so many
NO_PIECE = np.zeros(0, np.int64)


class Head:
    """The graph in a file; `classes`: the number of its scores. One thread: the products are small."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._inputs = [given.name for given in self._session.get_inputs()]
        self.classes: int = self._session.get_outputs()[0].shape[1]

    def __call__(self, count: int, together: int, inputs: Callable[[slice], Iterable[Any]]) -> Floats:
        """Scores (count, classes) of questions, so many at once; `inputs`: of some, in the order of the graph."""
        found = [np.zeros((0, self.classes), np.float32)]
        for at in range(0, count, together):
            given = zip(self._inputs, inputs(slice(at, at + together)), strict=True)
            found += self._session.run(None, dict(given))
        return np.concatenate(found)


def read_heads(folder: Path) -> dict[str, Head]:
    """The heads in the folder of an encoder by name."""
    return {Path(file).stem: Head(folder / file) for file in FILES}


class Encoded(Protocol):
    """An encoded text, as the heads read it; `sentences`: the sentence number of each piece."""

    @property
    def heads(self) -> Mapping[str, Head]: ...
    @property
    def sentences(self) -> Integers: ...
    @property
    def hidden(self) -> Hidden: ...
    def edges(self, spans: Sequence[tuple[int, int]]) -> tuple[Integers, Integers]: ...


@dataclass(frozen=True)
class Shape:
    """What a head reads of a question: the names of its `vectors`, the number of classes of each of its `facts`.

    `read`: the vectors of questions, from the pieces (pieces, HIDDEN) and the four rows of pieces that say where each
    question stands.
    """

    vectors: tuple[str, ...]
    facts: tuple[int, ...]
    read: Callable[[Hidden, Integers, Integers, Integers, Integers], Iterator[Vector]]

    def rows(self, facts: Sequence[Integers]) -> Integers:
        """(questions, facts): for each fact the row of its class in one array of all classes."""
        found: Integers = np.stack(facts, axis=1) + np.concatenate([[0], np.cumsum(self.facts)[:-1]])
        return found


def log_softmax(scores: Floats) -> Floats:
    """Log probabilities of scores, along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


def whole(hidden: Hidden) -> Floats:
    """The pieces in single precision; those of a short text are kept so."""
    return hidden.astype(np.float32, copy=False)


def means(hidden: Hidden, begin: Integers, end: Integers) -> tuple[Floats, Floats]:
    """Rows (segments, HIDDEN) and weights (spans, segments): their product is the mean of the pieces of each span.

    A span goes from `begin` up to `end`; the weights of an empty one are zeros. A segment is the sum of the pieces
    between two neighbouring ends.
    """
    cuts, (first, last) = np.unique(np.stack([begin, end]), return_inverse=True)
    edges = np.bincount(first, minlength=len(cuts)) - np.bincount(last, minlength=len(cuts))
    segments = np.flatnonzero(np.cumsum(edges))  # those that are in a span
    rows = np.zeros((len(segments), HIDDEN), np.float32)
    for row, a, b in zip(rows, cuts[segments].tolist(), cuts[segments + 1].tolist(), strict=True):
        hidden[a:b].sum(axis=0, dtype=np.float32, out=row)
    inside = (first[:, None] <= segments) & (segments < last[:, None])
    return rows, inside / np.maximum(end - begin, 1).astype(np.float32)[:, None]


def texts(encoding: Encoded, name: str, first: Integers, last: Integers) -> Floats:
    """Scores (texts, classes) by the head of a name, of texts by their first and last pieces."""
    return encoding.heads[name](
        len(first), TOGETHER["texts"], lambda part: padded(encoding.hidden, first[part], last[part])
    )


def padded(hidden: Hidden, first: Integers, last: Integers) -> tuple[Floats, Integers]:
    """The pieces of texts (texts, longest, HIDDEN), filled up with zeros, and how many each text has."""
    sizes = last + 1 - first
    if len(sizes) == 1:
        return whole(hidden[first[0] : last[0] + 1])[None], sizes
    found = np.zeros((len(sizes), sizes.max(initial=0), HIDDEN), np.float32)
    for row, begin, size in zip(found, first.tolist(), sizes.tolist(), strict=True):
        row[:size] = hidden[begin : begin + size]
    return found, sizes


def named(encoding: Encoded, first: Integers, last: Integers) -> Floats:
    """Log probabilities (spans, NAMED) of spans by their first and last pieces.

    Tags of single pieces say little about where a long name ends, so the head reads the whole span and what is beside.
    """

    def inputs(part: slice) -> Iterator[Any]:
        ends = first[part], last[part], *beside(encoding.sentences, first[part], last[part])
        return chain(*SPANS.read(encoding.hidden, *ends), [span_facts(first[part], last[part])])

    return encoding.heads["mentions"](len(first), TOGETHER["spans"], inputs)


def _span_vectors(
    hidden: Hidden, first: Integers, last: Integers, before: Integers, after: Integers
) -> Iterator[Vector]:
    """Both ends of spans, the pieces beside them (-1: none), and the mean of all pieces."""
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


def span_facts(first: Integers, last: Integers) -> Integers:
    """(spans, 1): the class of their length."""
    return SPANS.rows([np.searchsorted(SIZES, last + 1 - first, side="right")])


class Around(NamedTuple):
    """The first pieces of the spans of a text, in order: of `all`, and `of` each class of label."""

    all: Integers
    of: dict[int, Integers]


def around_of(labels: Integers, firsts: Integers) -> Around:
    """See `Around`; `labels`: their classes."""
    return Around(np.sort(firsts), {int(own): np.sort(firsts[labels == own]) for own in np.unique(labels)})


class PairHead:
    """Relations and roles of the spans of a text."""

    def __init__(self, encoding: Encoded, spans: Sequence[Place]) -> None:
        self._encoding = encoding
        self._around = around_of(_labels(spans), encoding.edges([span[:2] for span in spans])[0])

    def roles_of(self, asked: Sequence[tuple[tuple[int, int], Sequence[Place]]]) -> list[Floats]:
        """For each trigger (start and end in characters) and its spans: log probabilities (spans, ROLES)."""
        pairs = [((*trigger, NONE), span) for trigger, spans in asked for span in spans]
        ends = np.cumsum([len(spans) for _, spans in asked])
        return np.split(self._scored("roles", pairs), ends[:-1]) if asked else []

    def relations_of(self, pairs: Sequence[tuple[Place, Place]]) -> Floats:
        """Log probabilities (pairs, RELATIONS) of the relation of a subject to an object."""
        return self._scored("relations", pairs)

    def _scored(self, name: str, pairs: Sequence[tuple[Place, Place]]) -> Floats:
        return self._encoding.heads[name](len(pairs), TOGETHER["pairs"], lambda part: self._inputs(pairs[part]))

    def _inputs(self, pairs: Sequence[tuple[Place, Place]]) -> Iterator[Any]:
        encoding, distinct = self._encoding, list(dict.fromkeys(chain(*pairs)))
        numbers = {span: number for number, span in enumerate(distinct)}
        left, right = np.array([(numbers[a], numbers[b]) for a, b in pairs], np.int64).T
        (first, last), labels = encoding.edges([span[:2] for span in distinct]), _labels(distinct)
        ends = first[left], last[left], first[right], last[right]
        facts = pair_facts(ends, (labels[left], labels[right]), encoding.sentences, self._around)
        return chain(*PAIRS.read(encoding.hidden, *ends), [facts])


def _pair_vectors(hidden: Hidden, a: Integers, b: Integers, c: Integers, d: Integers) -> Iterator[Vector]:
    """Both spans, and the mean of the pieces between them."""
    for first, last in ((a, b), (c, d)):
        distinct, number = np.unique(first * len(hidden) + last, return_inverse=True)
        begin, end = np.divmod(distinct, max(1, len(hidden)))
        yield (whole(hidden[begin]) + hidden[end]) * np.float32(0.5), number
    yield means(hidden, *gaps(a, b, c, d))


def gaps(a: Integers, b: Integers, c: Integers, d: Integers) -> tuple[Integers, Integers]:
    """The first piece between two spans, and the one after the last; `a` to `d`: see `Ends`."""
    begin = np.minimum(b, d) + 1
    return begin, np.maximum(np.maximum(a, c), begin)


def _labels(spans: Sequence[Place]) -> Integers:
    """The classes of the labels of spans; that of a trigger is the last."""
    return np.array([len(LABELS) if label == NONE else LABELS.index(label) for _, _, label in spans], np.int64)


def pair_facts(ends: Ends, labels: tuple[Integers, Integers], sentences: Integers, around: Around) -> Integers:
    """(pairs, facts): both labels, distance, sentences apart, and how many spans stand between.

    Those between are counted of any label, of the left one's, of the right one's. `sentences`: of each piece.
    """
    a, b, c, d = ends
    begin, end = np.minimum(b, d), np.maximum(a, c)
    apart = np.clip(sentences[c] - sentences[a], -APART, APART) + APART
    facts = [*labels, np.searchsorted(EDGES, c - a, side="right"), apart, _between(around.all, begin, end)]
    for label in labels:
        counts = np.zeros(len(a), np.int64)
        for own in np.unique(label):
            of_own = label == own
            counts[of_own] = _between(around.of.get(int(own), NO_PIECE), begin[of_own], end[of_own])
        facts.append(counts)
    return PAIRS.rows(facts)


def _between(firsts: Integers, begin: Integers, end: Integers) -> Integers:
    """How many of `firsts`, in order, lie between two pieces, up to BETWEEN."""
    count = np.searchsorted(firsts, end, side="left") - np.searchsorted(firsts, begin, side="right")
    found: Integers = np.clip(count, 0, BETWEEN).astype(np.int64)
    return found


SPANS = Shape(("first", "last", "before", "after", "inside"), (len(SIZES) + 1,), _span_vectors)
PAIRS = Shape(  # the last class of a label is that of a trigger
    ("left", "right", "middle"),
    (len(LABELS) + 1, len(LABELS) + 1, len(EDGES) + 1, 2 * APART + 1, *(BETWEEN + 1,) * 3),
    _pair_vectors,
)
