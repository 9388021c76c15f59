"""The one small fine-tuned encoder that the stages share: texts in, arrays out.

Hard because it must read a million articles on a CPU: sentences are packed into windows of about the same length,
which gives each its neighbours as context and needs no padding. It sees lower-cased word pieces, and of each
how it was written, since "Bank" and "bank" differ.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from pipeline.errors import SetupError
from pipeline.normalise.sectors import codes
from pipeline.record import CommitmentKind, Label, RelationType, Status

Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]  # how a long article is kept
Integers = npt.NDArray[np.int64]
Spans = Sequence[tuple[int, int]]

WINDOW = 160  # word pieces of a window, its two ends included
THREADS = 2  # windows that are run at once
SLOW = "SkipLayerNormFusion"  # of onnxruntime: what it joins takes a tenth more of all time on a CPU than its two parts
MODEL, TOKENS, PAIRS, CARD = "encoder.onnx", "tokenizer.json", "pairs.npz", "card.json"  # the files of the model
FIRST, LAST, EMPTY = 101, 102, 0  # word pieces that begin, end and fill a window
LOWER, TITLE, UPPER, MIXED, OTHER = range(5)  # how a word is written

NONE, REFERENCE = "none", "REFERENCE"
LABELS: tuple[str, ...] = (*get_args(Label), REFERENCE)  # of a span: a mention's, or words that mean an entity
GROUP = "GROUP"  # words that mean an unnamed group which takes part
TAGS: tuple[str, ...] = ("O", *(f"{at}-{label}" for label in (*get_args(Label), GROUP) for at in "BI"))
TRIGGERS: tuple[str, ...] = (NONE, *get_args(CommitmentKind))
STATUSES: tuple[str, ...] = get_args(Status)
SECTORS: tuple[str, ...] = codes()
STAGES = ("pledge", "commitment", "implementation", "completion")  # of a project, as AidData tells them
TOLD: tuple[str, ...] = ("any", *TRIGGERS[1:], *STATUSES)  # commitments that a sentence can tell of
# columns of each head, in their order
HEADS = (len(TAGS), len(TRIGGERS), len(STATUSES), len(SECTORS), len(STAGES), len(TOLD), len(SECTORS), 1)
ROLES = (NONE, "by", "with", "to", "projects", "amounts", "dates", "attributed_to")
HOLDS = "holds"  # what a person is to an office
RELATIONS: tuple[str, ...] = (NONE, *get_args(RelationType), HOLDS)
HIDDEN = 384  # what the encoder makes of a piece, before the heads
NOTHING = np.zeros((0, sum(HEADS) + HIDDEN), np.float16)  # the columns of no piece
NO_PIECE = np.zeros(0, np.int64)
EDGES = np.array([-50, -25, -12, -6, -3, 0, 3, 6, 12, 25, 50])  # of the classes of distance, in word pieces
APART = 3  # sentences, as far as they are counted
BETWEEN = 5  # places, as far as they are counted
# the facts of a pair, each with its number of classes: both labels (the last is a trigger's), distance, sentences
# apart, and how many places stand between, of any label, of the left one's, of the right one's
FACTS = (len(LABELS) + 1, len(LABELS) + 1, len(EDGES) + 1, 2 * APART + 1, *(BETWEEN + 1,) * 3)

Place = tuple[int, int, str]  # start and end in characters, and one of LABELS


@dataclass(frozen=True)
class Window:
    """Word pieces of neighbouring sentences: `ids`, `cases`, `offsets` (start, end in characters), one a piece.

    `sentences`: the number of that which each piece is of.
    """

    ids: list[int]
    cases: list[int]
    offsets: list[tuple[int, int]]
    sentences: list[int]


def windows(text: str, sentences: Spans, pieces: Callable[[str], Any]) -> Iterator[Window]:
    """The sentences of a text packed in their order; `pieces`: a tokenizer's `encode`. What is too long is cut."""
    ids, cases, offsets, numbers = list[int](), list[int](), list[tuple[int, int]](), list[int]()
    for number, (start, end) in enumerate(sentences):
        found = pieces(text[start:end])
        places = [(start + a, start + b) for a, b in found.offsets]
        for at in range(0, len(places), WINDOW - 2):
            part = slice(at, at + WINDOW - 2)
            if ids and len(ids) + len(places[part]) > WINDOW - 2:
                yield Window(ids, cases, offsets, numbers)
                ids, cases, offsets, numbers = [], [], [], []
            ids += found.ids[part]
            cases += [_case(text, *place) for place in places[part]]
            offsets += places[part]
            numbers += [number] * len(places[part])
    if ids:
        yield Window(ids, cases, offsets, numbers)


def _case(text: str, start: int, end: int) -> int:
    """How the word that a piece is part of is written."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    word = text[start:end]
    if not word[0].isalpha():
        return OTHER
    if word.islower():
        return LOWER
    if word.isupper():
        return UPPER if len(word) > 1 else TITLE
    return TITLE if word.istitle() else MIXED


@cache
def tokenizer(path: Path) -> Callable[[str], Any]:
    from tokenizers import Tokenizer

    read = Tokenizer.from_file(str(path))
    read.no_padding()
    read.no_truncation()
    return lambda text: read.encode(text, add_special_tokens=False)


class Around(NamedTuple):
    """The first pieces of all places of a text, in order: of `all`, and `of` each class of label."""

    all: Integers
    of: dict[int, Integers]


def around_of(labels: Integers, firsts: Integers) -> Around:
    """Of the classes of the labels of all places and their first pieces."""
    return Around(np.sort(firsts), {int(own): np.sort(firsts[labels == own]) for own in np.unique(labels)})


@dataclass(frozen=True)
class Pairs:
    """What one span is to another: the arrays of two layers, over the spans, what stands between, and FACTS.

    Arrays: `left`, `right`, `middle` (HIDDEN, width), `facts` (classes of all FACTS, width), `inner` (width, width),
    `inner_bias` (width,), `outer` (width, classes), `outer_bias` (classes,).
    """

    left: Floats
    right: Floats
    middle: Floats
    facts: Floats
    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    def __call__(self, left: Floats, right: Floats, middle: Floats, facts: Integers) -> Floats:
        """Log probabilities (pairs, classes) of pairs.

        `left`, `right`, `middle` (pairs, width): spans, and what stands between, by the arrays of these names; `facts`
        (pairs, FACTS): rows of the array.
        """
        joined: Floats = left + right + middle + self.facts[facts].sum(axis=1)
        deeper = np.maximum(np.maximum(joined, 0) @ self.inner + self.inner_bias, 0)
        return log_softmax(deeper @ self.outer + self.outer_bias)


@dataclass(frozen=True)
class Encoding:
    """What the encoder makes of a text, one row a word piece in reading order.

    `starts`, `ends`: in characters; `tags`, `triggers`, `statuses`: log probabilities of TAGS, TRIGGERS, STATUSES;
    `sectors`, `stages`, `told`, `topics`, `listed`: scores that mean something over the pieces of a span together: of
    SECTORS and STAGES, one of which holds; log odds of each of TOLD over a sentence, of each of SECTORS over an
    article, and over a name that it is of an actor or a project of the article (one column);
    `hidden` (pieces, HIDDEN); `sentences`: the number of that which each piece is of.
    """

    starts: list[int]
    ends: list[int]
    tags: Floats
    triggers: Floats
    statuses: Floats
    sectors: Floats
    stages: Floats
    told: Floats
    topics: Floats
    listed: Floats
    hidden: Halves
    sentences: Integers
    roles: Pairs
    relations: Pairs

    def pieces(self, start: int, end: int) -> slice:
        """The pieces that these characters touch; the nearest one where they touch none."""
        first = min(bisect_right(self.ends, start), len(self.ends) - 1)
        return slice(first, max(bisect_left(self.starts, end), first + 1))

    def ties(self, places: Sequence[Place]) -> Ties:
        """What the places of the text, all of them, are to each other."""
        return Ties(self, places)

    def groups(self, least: float) -> Iterator[tuple[int, int, float]]:
        """Start and end in characters of words that mean an unnamed group, and how likely; from `least` on."""
        begin, goes_on = TAGS.index(f"B-{GROUP}"), TAGS.index(f"I-{GROUP}")
        likely = np.exp(self.tags[:, begin]) + np.exp(self.tags[:, goes_on])
        for run in runs(np.flatnonzero(likely >= least)):
            yield self.starts[run[0]], self.ends[run[-1]], min(1.0, float(likely[run].mean()))

    def sectors_of(self, start: int, end: int) -> Floats:
        """Log probabilities (SECTORS,) of what these characters are about."""
        return log_softmax(self.sectors[self.pieces(start, end)].mean(axis=0))

    def told_in(self, start: int, end: int) -> Floats:
        """Log odds (TOLD,) that the sentence of these characters tells of such a commitment."""
        found: Floats = self.told[self.pieces(start, end)].mean(axis=0)
        return found

    def listed_at(self, start: int, end: int) -> float:
        """Log odds that the name of these characters is of an actor or a project of the article."""
        return float(self.listed[self.pieces(start, end)].mean())

    def edges(self, places: Sequence[Place]) -> tuple[Integers, Integers]:
        """The first and the last piece of each place."""
        found = [self.pieces(start, end) for start, end, _ in places]
        return np.array([span.start for span in found], np.int64), np.array([span.stop - 1 for span in found], np.int64)

    def spans(self, first: Integers, last: Integers) -> Floats:
        """(spans, HIDDEN): halfway between their first and their last pieces."""
        found: Floats = np.float32(0.5) * (self.hidden[first].astype(np.float32) + self.hidden[last])
        return found

    @cached_property
    def sums(self) -> dict[int, npt.NDArray[np.float64]]:
        """By layers, what stands between spans, as `middles` takes it."""
        return {id(layers): sums_of(self.hidden @ layers.middle) for layers in (self.roles, self.relations)}


class Ties:
    """What the places of a text are to each other and to triggers, as its encoding has it."""

    def __init__(self, encoding: Encoding, places: Sequence[Place]) -> None:
        self._encoding = encoding
        self._around = around_of(_labels(places), encoding.edges(places)[0])

    def roles_of(self, trigger: tuple[int, int], places: Sequence[Place]) -> Floats:
        """Log probabilities (places, ROLES) of what each place is to a trigger (its start and end in characters)."""
        return self._held(self._encoding.roles, [((*trigger, NONE), place) for place in places])

    def relations_of(self, pairs: Sequence[tuple[Place, Place]]) -> Floats:
        """Log probabilities (pairs, RELATIONS) of how a subject is related to an object."""
        return self._held(self._encoding.relations, pairs)

    def _held(self, layers: Pairs, pairs: Sequence[tuple[Place, Place]]) -> Floats:
        """What the layers make of pairs."""
        encoding = self._encoding
        (lefts, of_left), (rights, of_right) = (_distinct([pair[side] for pair in pairs]) for side in (0, 1))
        (a, b), (c, d) = encoding.edges(lefts), encoding.edges(rights)
        left, right = encoding.spans(a, b) @ layers.left, encoding.spans(c, d) @ layers.right
        places = a[of_left], b[of_left], c[of_right], d[of_right]
        labels = _labels(lefts)[of_left], _labels(rights)[of_right]
        facts = facts_of(places, labels, encoding.sentences, self._around)
        return layers(left[of_left], right[of_right], middles(encoding.sums[id(layers)], *places), facts)


def _distinct(places: Sequence[Place]) -> tuple[list[Place], Integers]:
    """The different places, and which of them each one is."""
    numbers = {place: number for number, place in enumerate(dict.fromkeys(places))}
    return list(numbers), np.array([numbers[place] for place in places], np.int64)


def _labels(places: Sequence[Place]) -> Integers:
    return np.array([label_number(label) for _, _, label in places], np.int64)


def label_number(label: str) -> int:
    """The class of a label; that of a trigger is the last."""
    return len(LABELS) if label == NONE else LABELS.index(label)


def sums_of(rows: Floats) -> npt.NDArray[np.float64]:
    """(pieces + 1, columns) of (pieces, columns): the sums of all before each."""
    return np.concatenate([np.zeros_like(rows[:1]), np.cumsum(rows, axis=0, dtype=np.float64)])


def middles(sums: npt.NDArray[np.float64], a: Integers, b: Integers, c: Integers, d: Integers) -> Floats:
    """(pairs, columns): the mean between two spans each (first and last pieces of both), zeros where nothing is."""
    begin = np.minimum(b, d) + 1
    end = np.maximum(np.maximum(a, c), begin)
    found: Floats = ((sums[end] - sums[begin]) / np.maximum(end - begin, 1)[:, None]).astype(np.float32)
    return found


def facts_of(
    places: tuple[Integers, Integers, Integers, Integers],
    labels: tuple[Integers, Integers],
    sentences: Integers,
    around: Around,
) -> Integers:
    """(pairs, FACTS): which row of all classes holds of each pair.

    `places`: first and last pieces of the left and of the right spans; `sentences`: of each piece.
    """
    a, b, c, d = places
    begin, end = np.minimum(b, d), np.maximum(a, c)
    apart = np.clip(sentences[c] - sentences[a], -APART, APART) + APART
    told = [labels[0], labels[1], np.searchsorted(EDGES, c - a, side="right"), apart]
    told.append(_between(around.all, begin, end))
    for label in labels:
        counts = np.zeros(len(a), np.int64)
        for own in np.unique(label):
            of_own = label == own
            counts[of_own] = _between(around.of.get(int(own), NO_PIECE), begin[of_own], end[of_own])
        told.append(counts)
    found: Integers = np.stack(told, axis=1) + np.concatenate([[0], np.cumsum(FACTS)[:-1]])
    return found


def _between(firsts: Integers, begin: Integers, end: Integers) -> Integers:
    """How many of some pieces, in order, stand behind the one and before the other, up to BETWEEN."""
    count = np.searchsorted(firsts, end, side="left") - np.searchsorted(firsts, begin, side="right")
    found: Integers = np.clip(count, 0, BETWEEN).astype(np.int64)
    return found


def runs(places: Integers) -> Iterator[Integers]:
    """Numbers in ascending order, those that follow one another together."""
    for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
        if len(run):
            yield run


def log_softmax(scores: Floats) -> Floats:
    """Log probabilities of scores, along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


def encoding(windows: Sequence[Window], columns: Halves, roles: Pairs, relations: Pairs) -> Encoding:
    """The encoding of a text from its windows and the columns (pieces, all heads and HIDDEN) of their pieces."""
    offsets = [place for window in windows for place in window.offsets]
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    scores, hidden = columns[:, : sum(HEADS)].astype(np.float32), columns[:, sum(HEADS) :]
    tags, triggers, statuses, sectors, stages, told, topics, listed = np.split(scores, np.cumsum(HEADS)[:-1], axis=1)
    heads = log_softmax(tags), log_softmax(triggers), log_softmax(statuses), sectors, stages, told, topics, listed
    sentences = np.array([number for window in windows for number in window.sentences], np.int64)
    return Encoding(starts, ends, *heads, hidden, sentences, roles, relations)


class Encoder:
    """The model of a folder: texts with their sentences in, an encoding of each out; `threads`: 0, the caller's own."""

    def __init__(self, folder: Path, threads: int = THREADS) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            folder / MODEL, options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW]
        )
        self._each = ThreadPoolExecutor(threads).map if threads else map
        self._tokenizer = tokenizer(folder / TOKENS)
        with np.load(folder / PAIRS, allow_pickle=False) as arrays:
            self._roles, self._relations = (_pairs(arrays, name) for name in ("roles", "relations"))

    def __call__(self, texts: Sequence[tuple[str, Spans]]) -> list[Encoding]:
        """The encodings of texts, each with the start and end of its sentences."""
        return self.begin(texts)()

    def begin(self, texts: Sequence[tuple[str, Spans]]) -> Callable[[], list[Encoding]]:
        """Starts on texts, where there are threads; what is returned waits for the encodings."""
        cut = [list(windows(text, sentences, self._tokenizer)) for text, sentences in texts]
        columns = self._each(self.columns, [window for own in cut for window in own])
        return lambda: [self._encoding(own, [*islice(columns, len(own))]) for own in cut]

    def encoding(self, windows: Sequence[Window]) -> Encoding:
        """The encoding of a text that is cut already."""
        return self._encoding(windows, [self.columns(window) for window in windows])

    def _encoding(self, windows: Sequence[Window], columns: Sequence[Halves]) -> Encoding:
        return encoding(windows, np.concatenate([NOTHING, *columns]), self._roles, self._relations)

    def columns(self, window: Window) -> Halves:
        """The columns (pieces, columns) of a window, which is run alone: its numbers depend on no other article."""
        ids, cases, mask = stacked([window])
        (out,) = self._session.run(None, {"ids": ids, "cases": cases, "mask": mask})
        found: Halves = out[0, 1:-1].astype(np.float16)
        return found


def stacked(batch: Sequence[Window]) -> Integers:
    """ids, cases and mask (3, windows, pieces) of windows, with their ends added."""
    size = max(len(window.ids) for window in batch) + 2
    found = np.full((3, len(batch), size), EMPTY, np.int64)
    for row, window in enumerate(batch):
        inside = slice(1, len(window.ids) + 1)
        found[0, row, inside], found[1, row, inside] = window.ids, window.cases
        found[0, row, 0], found[0, row, inside.stop] = FIRST, LAST
        found[2, row, : inside.stop + 1] = 1
    return found


def _pairs(arrays: Any, name: str) -> Pairs:
    return Pairs(*(_whole(arrays, f"{name}.{field.name}") for field in fields(Pairs)))


def _whole(arrays: Any, name: str) -> Floats:
    """An array as it was before it was packed: eight bits with a scale a row, or halves."""
    found, scale = arrays[name].astype(np.float32), f"{name}.scale"
    whole: Floats = found * arrays[scale].astype(np.float32) if scale in arrays else found
    return whole


@cache
def encoder(folder: Path, threads: int = THREADS) -> Encoder:
    """The encoder in a folder; raises SetupError where it is missing or cut short."""
    try:
        return Encoder(folder, threads)
    except Exception as error:  # onnxruntime and tokenizers raise errors of their own
        raise SetupError(f"{folder}: the encoder cannot be read ({error}); reinstall corridor") from error
