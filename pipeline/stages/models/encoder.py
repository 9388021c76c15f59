"""The small fine-tuned encoder that the stages share: texts in, arrays out.

Sentences are packed into windows of about the same length, so that each has its neighbours as context and nothing is
padded. The encoder reads lower-cased word pieces, and for each how its word is written.
"""

import lzma
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from math import exp
from pathlib import Path
from statistics import fmean
from typing import Any, get_args

import numpy as np

from pipeline.errors import SetupError
from pipeline.record import CommitmentKind, Label, Status
from pipeline.stages.models.heads import (
    BLOCK,
    HIDDEN,
    LONGEST,
    NAMED,
    NONE,
    Floats,
    Head,
    Hidden,
    Integers,
    PairHead,
    Place,
    log_softmax,
    named,
    read_heads,
    texts,
    whole,
)
from pipeline.stages.models.sectors import codes

Spans = Sequence[tuple[int, int]]

WINDOW = 160  # word pieces of a window, with both end pieces
THREADS = 1  # of the encoder, beside the main thread
SLOW = "SkipLayerNormFusion"  # an optimization of onnxruntime that makes a run on a CPU a tenth slower
MODEL, TOKENS, CARD = "encoder.onnx", "tokenizer.json.xz", "card.json"  # the files of the model
FIRST, LAST, EMPTY = 101, 102, 0  # word pieces that begin, end and pad a window
LOWER, TITLE, UPPER, MIXED, OTHER = range(5)  # how a word is written

GROUP = "GROUP"  # an unnamed group that takes part
TAGS: tuple[str, ...] = ("O", *(f"{at}-{label}" for label in (*get_args(Label), GROUP) for at in "BI"))
TRIGGERS: tuple[str, ...] = (NONE, *get_args(CommitmentKind))
STATUSES: tuple[str, ...] = get_args(Status)
SECTORS: tuple[str, ...] = codes()
STAGES = ("pledge", "commitment", "implementation", "completion")  # of a project, in AidData
STATED: tuple[str, ...] = ("any", *TRIGGERS[1:], *STATUSES)  # what a sentence may state
# columns of the heads of single pieces, in order; `topics` only help training: the text head is better
HEADS = (len(TAGS), len(TRIGGERS), len(STATUSES), len(SECTORS), len(STAGES), len(STATED), len(SECTORS), 1)
EDGE, MEAN = 0.01, 0.03  # least probability of the tags of a name: of its first and last piece, and on average
NOTHING = np.zeros((0, sum(HEADS) + HIDDEN), np.float16)


@dataclass(frozen=True)
class Window:
    """Word pieces of neighbouring sentences; `offsets`: start and end in characters; `sentences`: their numbers."""

    ids: list[int]
    cases: list[int]
    offsets: list[tuple[int, int]]
    sentences: list[int]


def windows(text: str, sentences: Spans, pieces: Callable[[str], Any]) -> Iterator[Window]:
    """The sentences of a text, packed in order; a sentence too long for a window is cut. `pieces`: see `tokenizer`."""
    ids, cases, offsets, numbers = list[int](), list[int](), list[tuple[int, int]](), list[int]()
    for number, (start, end) in enumerate(sentences):
        found = pieces(text[start:end])
        spans = [(start + a, start + b) for a, b in found.offsets]
        for at in range(0, len(spans), WINDOW - 2):
            part = slice(at, at + WINDOW - 2)
            if ids and len(ids) + len(spans[part]) > WINDOW - 2:
                yield Window(ids, cases, offsets, numbers)
                ids, cases, offsets, numbers = [], [], [], []
            ids += found.ids[part]
            cases += [_case(text, *span) for span in spans[part]]
            offsets += spans[part]
            numbers += [number] * len(spans[part])
    if ids:
        yield Window(ids, cases, offsets, numbers)


def _case(text: str, start: int, end: int) -> int:
    """How the word of a piece is written."""
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
    """A function that cuts a text into word pieces; `path`: JSON, compressed or not."""
    from tokenizers import Tokenizer

    stored = path.read_bytes()
    read = Tokenizer.from_buffer(lzma.decompress(stored) if path.suffix == ".xz" else stored)
    read.no_padding()
    read.no_truncation()
    return lambda text: read.encode(text, add_special_tokens=False)


@dataclass(frozen=True)
class Encoding:
    """The encoder's output for a text, one row a word piece in reading order.

    `starts`, `ends`: in characters; `tags`, `triggers`, `statuses`: log probabilities of TAGS, TRIGGERS, STATUSES;
    `sectors`, `stages`: scores of SECTORS and STAGES, one of which a span has, to be averaged over its pieces;
    `stated`, `listed`: log odds, averaged likewise, of each of STATED for a sentence, and that a name is of an actor or
    a project of the article (one column); `hidden` (pieces, HIDDEN); `sentences`: the sentence number of each piece.
    """

    starts: list[int]
    ends: list[int]
    tags: Floats
    triggers: Floats
    statuses: Floats
    sectors: Floats
    stages: Floats
    stated: Floats
    listed: Floats
    hidden: Hidden
    sentences: Integers
    heads: Mapping[str, Head]

    def pieces(self, start: int, end: int) -> slice:
        """The pieces that overlap these characters; the nearest one where none does."""
        first = min(bisect_right(self.ends, start), len(self.ends) - 1)
        return slice(first, max(bisect_left(self.starts, end), first + 1))

    def pair_head(self, spans: Sequence[Place]) -> PairHead:
        """The pair head for a text; `spans`: all its mentions and references."""
        return PairHead(self, spans)

    def groups(self, least: float) -> Iterator[tuple[int, int, float]]:
        """Start and end in characters, and probability, of each unnamed group that is at least so likely."""
        begin, goes_on = TAGS.index(f"B-{GROUP}"), TAGS.index(f"I-{GROUP}")
        likely = np.exp(self.tags[:, begin]) + np.exp(self.tags[:, goes_on])
        for run in runs(np.flatnonzero(likely >= least)):
            yield self.starts[run[0]], self.ends[run[-1]], min(1.0, float(likely[run].mean()))

    def trigger_odds(self, most: float) -> Floats:
        """Log odds (pieces,) that a piece is in a trigger, between -`most` and `most`."""
        none = np.minimum(self.triggers[:, 0], -1e-6)
        found: Floats = np.log1p(-np.exp(none)) - none
        return np.clip(found, -most, most)

    def likely_triggers(self, least: float) -> Iterator[tuple[tuple[int, int], float]]:
        """Start and end in characters of each run of pieces that is likely a trigger, and its highest probability."""
        likely = 1 - np.exp(self.triggers[:, 0])
        for run in runs(np.flatnonzero(likely >= least)):
            yield (self.starts[run[0]], self.ends[run[-1]]), float(likely[run].max())

    def kinds_and_statuses(self, piece: int) -> Floats:
        """Log probabilities of each kind, given that a piece is in a trigger, and of each status."""
        kinds = self.triggers[piece, 1:] - np.logaddexp.reduce(self.triggers[piece, 1:])
        return np.concatenate([kinds, self.statuses[piece]])

    def direction(self, start: int, end: int) -> Floats:
        """The mean vector (HIDDEN,) of a span, of length 1."""
        found: Floats = self.hidden[self.pieces(start, end)].astype(np.float32).mean(axis=0)
        return found / max(float(np.linalg.norm(found)), 1e-6)

    def sector_scores(self) -> dict[str, Floats]:
        """Probabilities (SECTORS,) of the whole, on average and weighed by how likely pieces are in a trigger."""
        if not len(self.sectors):
            return {}
        by_piece = np.exp(log_softmax(self.sectors))
        undertaken = 1 - np.exp(self.triggers[:, 0])
        return {
            "encoded topics": np.asarray(1 / (1 + np.exp(-self.topics())), np.float32),
            "encoded project": np.exp(self.project()),
            "encoded": np.exp(log_softmax(self.sectors.mean(axis=0))),
            "encoded trigger": undertaken @ by_piece / undertaken.sum(),
            "encoded most": (undertaken[:, None] * by_piece).max(axis=0),
        }

    def sectors_of(self, start: int, end: int) -> Floats:
        """Log probabilities (SECTORS,) of the sector of a span."""
        return log_softmax(self.sectors[self.pieces(start, end)].mean(axis=0))

    def stated_in(self, sentences: Spans) -> Floats:
        """Log odds (sentences, STATED): the mean of the text head and the head of pieces, better than either alone."""
        head = np.reshape([self.stated[self.pieces(*own)].mean(axis=0) for own in sentences], (-1, len(STATED)))
        found: Floats = (texts(self, "stated", *self.edges(sentences)) + head) / 2
        return found

    def topics(self) -> Floats:
        """Log odds (SECTORS,) that the text is about a sector."""
        return self._of_whole("topics")

    def project(self) -> Floats:
        """Log probabilities (SECTORS,) of the sector of the project that the text describes."""
        return log_softmax(self._of_whole("projects"))

    def _of_whole(self, name: str) -> Floats:
        scores: Floats = texts(self, name, np.array([0]), np.array([len(self.starts) - 1]))[0]
        return scores

    def listed_at(self, start: int, end: int) -> float:
        """Log odds that a name is of an actor or a project of the article."""
        return float(self.listed[self.pieces(start, end)].mean())

    def edges(self, spans: Spans) -> tuple[Integers, Integers]:
        """The first and the last piece of each span."""
        pieces = [self.pieces(start, end) for start, end in spans]
        return np.array([run.start for run in pieces], np.int64), np.array([run.stop - 1 for run in pieces], np.int64)

    def tagged(self) -> Iterator[tuple[str, int, int]]:
        """Label, start and end in characters of each run of tags of one label."""
        names = [TAGS[tag].partition("-") for tag in self.tags.argmax(axis=1).tolist()]
        begin = 0
        for at, (how, _, label) in enumerate(names):
            if how == "B" or label != names[begin][2]:
                begin = at
            follows = names[at + 1] if at + 1 < len(names) else ("O", "", "")
            if label and (follows[0] == "B" or follows[2] != label):
                yield label, self.starts[begin], self.ends[at]

    def likely_names(self, text: str, labels: Sequence[str], least: float) -> Iterator[tuple[str, int, int]]:
        """Label, start and end in characters of each span of whole words that is likely a name with such a label."""
        columns = [TAGS.index(f"{at}-{label}") for label in labels for at in "BI"]
        first, last = self._spans(text, np.exp(self.tags[:, columns]).sum(axis=1))
        scores = named(self, first, last)[:, [NAMED.index(label) for label in labels]]
        for at, label in np.argwhere(scores >= np.log(least)).tolist():
            yield labels[label], self.starts[first[at]], self.ends[last[at]]

    def _spans(self, text: str, likely: Floats) -> tuple[Integers, Integers]:
        """First and last pieces of the spans of whole words in a sentence that may be a name; `likely`: each piece."""
        begins = np.array([not within_word(text, start) for start in self.starts])
        starts = np.flatnonzero(begins & (likely >= EDGE))
        ends = np.flatnonzero(np.append(begins[1:], True) & (likely >= EDGE))
        beyond = np.searchsorted(self.sentences, self.sentences[starts], side="right")
        low, high = np.searchsorted(ends, starts), np.searchsorted(ends, np.minimum(beyond, starts + LONGEST))
        count = high - low
        first = np.repeat(starts, count)
        last = ends[np.arange(count.sum()) + np.repeat(low - np.cumsum(count) + count, count)]
        sums = np.concatenate([[0], np.cumsum(likely)])
        kept = sums[last + 1] - sums[first] >= MEAN * (last + 1 - first)
        return first[kept], last[kept]

    def likelihoods(self, spans: Sequence[Place]) -> Iterator[tuple[list[float], float, float]]:
        """For each labelled span what speaks for its label.

        The probabilities of its tags: on average, the least, at the start, and, unless the text ends there, to go on
        after the end; then that of the whole span, and that the span is no name.
        """
        first, last = self.edges([span[:2] for span in spans])
        begins = {label: self.tags[:, TAGS.index(f"B-{label}")] for label in {label for *_, label in spans}}
        goes_on = {label: self.tags[:, TAGS.index(f"I-{label}")] for label in begins}
        inside = {label: np.logaddexp(begins[label], goes_on[label]) for label in begins}
        whole_spans = np.exp(named(self, first, last))
        for (*_, label), a, b, row in zip(spans, first.tolist(), last.tolist(), whole_spans, strict=True):
            own = inside[label][a : b + 1].tolist()
            odds = [fmean(own), min(own), begins[label][a], *goes_on[label][b + 1 : b + 2]]
            yield [exp(odd) for odd in odds], row[NAMED.index(label)], row[NAMED.index(NONE)]


def within_word(text: str, at: int) -> bool:
    """Whether a word goes on at an offset."""
    return at > 0 and text[at - 1].isalnum() and text[at].isalnum()


def runs(numbers: Integers) -> Iterator[Integers]:
    """The runs of consecutive numbers among numbers in ascending order."""
    for run in np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1):
        if len(run):
            yield run


class Encoder:
    """The encoder in a folder; with 0 `threads` it runs in that of the caller."""

    def __init__(self, folder: Path, threads: int = THREADS) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            folder / MODEL, options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW]
        )
        if [taken.name for taken in self._session.get_inputs()] != ["ids", "cases"]:
            raise ValueError("written by another version: train it, and those of parts, again")
        self._pool = ThreadPoolExecutor(threads) if threads else None
        self._tokenizer = tokenizer(folder / TOKENS)
        self._heads = read_heads(folder)

    def __call__(self, texts: Sequence[tuple[str, Spans]]) -> list[Encoding]:
        """The encodings of texts, each with the start and end of its sentences."""
        return [encoded() for encoded in self.begin(texts)]

    def begin(self, texts: Sequence[tuple[str, Spans]]) -> list[Callable[[], Encoding]]:
        """Starts to encode texts, if there are threads; returns for each a function that waits for its encoding."""
        cut = [list(windows(text, sentences, self._tokenizer)) for text, sentences in texts]
        return [partial(self._waited, own, self._begun(own)) for own in cut]

    def _begun(self, windows: Sequence[Window]) -> list[Callable[[], Hidden]]:
        """For each window a function that waits for its columns, or computes them where there are no threads."""
        kept = np.float16 if sum(len(window.ids) for window in windows) > BLOCK else np.float32
        if self._pool:
            return [self._pool.submit(self.columns, window, kept).result for window in windows]
        return [partial(self.columns, window, kept) for window in windows]

    def _waited(self, windows: Sequence[Window], begun: list[Callable[[], Hidden]]) -> Encoding:
        """The encoding; may be called once, since it frees the columns of the windows."""
        columns = [found() for found in begun]
        begun.clear()
        return self.encoding(windows, columns)

    def encoding(self, windows: Sequence[Window], columns: Sequence[Hidden]) -> Encoding:
        """The encoding of a text from its windows and the columns (pieces, all HEADS and HIDDEN) of each."""
        offsets = [span for window in windows for span in window.offsets]
        starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
        scores = whole(np.concatenate([own[:, : sum(HEADS)] for own in [NOTHING, *columns]]))
        hidden = np.concatenate([own[:, sum(HEADS) :] for own in [NOTHING, *columns]])
        tags, triggers, statuses, sectors, stages, stated, _, listed = np.split(scores, np.cumsum(HEADS)[:-1], axis=1)
        scored = log_softmax(tags), log_softmax(triggers), log_softmax(statuses), sectors, stages, stated, listed
        sentences = np.array([number for window in windows for number in window.sentences], np.int64)
        return Encoding(starts, ends, *scored, hidden, sentences, self._heads)

    def columns(self, window: Window, kept: type[np.float16 | np.float32] = np.float32) -> Hidden:
        """The columns (pieces, columns) of a window. It runs alone, so that its numbers depend on no other article."""
        ids, cases, _ = stacked([window])
        (out,) = self._session.run(None, {"ids": ids, "cases": cases})
        found: Hidden = out[0, 1:-1].astype(kept, copy=False)
        return found


def stacked(batch: Sequence[Window]) -> Integers:
    """ids, cases and mask (3, windows, pieces) of windows, with their end pieces."""
    size = max(len(window.ids) for window in batch) + 2
    found = np.full((3, len(batch), size), EMPTY, np.int64)
    for row, window in enumerate(batch):
        inside = slice(1, len(window.ids) + 1)
        found[0, row, inside], found[1, row, inside] = window.ids, window.cases
        found[0, row, 0], found[0, row, inside.stop] = FIRST, LAST
        found[2, row, : inside.stop + 1] = 1
    return found


@cache
def encoder(folder: Path, threads: int = THREADS) -> Encoder:
    """The encoder in a folder; raises SetupError where it is missing or cut short."""
    try:
        return Encoder(folder, threads)
    except Exception as error:  # onnxruntime and tokenizers raise errors of their own
        raise SetupError(f"{folder}: the encoder cannot be read ({error}); reinstall corridor") from error
