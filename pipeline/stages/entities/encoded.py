"""What the encoder proposes: names that it tags, long names as whole spans; and features of its probabilities.

Few words of a long name ("dualisation of the road from Mardan to Swabi") are likely on their own, and its end is
unsure, so the encoder scores all spans that may be one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from math import exp
from statistics import fmean
from typing import get_args

import numpy as np
from spacy.tokens import Doc

from pipeline.record import Label
from pipeline.stages.document.doc import encoding_of, text_of
from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.models.encoder import TAGS, Encoding
from pipeline.stages.models.heads import Floats, Integers
from pipeline.stages.models.span_head import LONGEST, NAMED, named

BEGINS = {label: TAGS.index(f"B-{label}") for label in get_args(Label)}
GOES_ON = {label: TAGS.index(f"I-{label}") for label in get_args(Label)}
_STEPS = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9)  # between the classes of a probability
_SPAN_STEPS = (0.003, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95, 0.99)
_NO_PART = " \n\t.,;:'’\"“”()"  # at the borders of a name
LONG: tuple[Label, ...] = ("PROJECT", "PROGRAMME", "EVENT")
_TAGS = [tag for label in LONG for tag in (BEGINS[label], GOES_ON[label])]
_EDGE, _MEAN = 0.01, 0.03  # least probability of the tags of a span: at either end, and on average
_LEAST = 0.5  # least probability of the whole span


def find_tagged(doc: Doc) -> Iterator[SpanCandidate]:
    """The names that the encoder tags; none without an encoding."""
    encoding = encoding_of(doc)
    if encoding is None or not len(encoding.tags):
        return
    text = text_of(doc)
    for label, first, last in _tagged(encoding.tags.argmax(axis=1).tolist()):
        start, end = whole(text, encoding.starts[first], encoding.ends[last])
        if start < end and label in BEGINS:
            yield SpanCandidate(label, start, end, "encoder")


def within_word(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isalnum() and text[at].isalnum()


def _tagged(tags: list[int]) -> Iterator[tuple[Label, int, int]]:
    """Label, first and last piece of each run of tags of one label."""
    names = [TAGS[tag].partition("-") for tag in tags]
    begin = 0
    for at, (how, _, label) in enumerate(names):
        if how == "B" or label != names[begin][2]:
            begin = at
        follows = names[at + 1] if at + 1 < len(names) else ("O", "", "")
        if label and (follows[0] == "B" or follows[2] != label):
            yield label, begin, at  # type: ignore[misc]


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of whole words, without marks at its edges and the possessive."""
    while within_word(text, start):
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    name = text[start:end]
    end -= 2 if name.endswith(("'s", "’s")) else 0
    name = text[start:end]
    return start + len(name) - len(name.lstrip(_NO_PART)), start + len(
        name.rstrip(_NO_PART.replace(")", "").replace(".", ""))
    )


def judged(encoding: Encoding, places: list[tuple[Label, int, int]]) -> Iterator[list[str]]:
    """For each labelled span, features of its probability by the encoder: by its tags and as a whole span."""
    spans = [encoding.pieces(start, end) for _, start, end in places]
    first, last = np.array([(span.start, span.stop - 1) for span in spans], np.int64).reshape(-1, 2).T
    held = {label: _held(encoding, label) for label in {label for label, _, _ in places}}
    for (label, _, _), span, row in zip(places, spans, np.exp(named(encoding, first, last)), strict=True):
        own = [*_agreement(*held[label], span)]
        own.append(f"span {bisect_left(_SPAN_STEPS, row[NAMED.index(label)])}")
        own.append(f"span none {bisect_left(_SPAN_STEPS, row[NAMED.index('none')])}")
        yield own


def _held(encoding: Encoding, label: Label) -> tuple[Floats, Floats, Floats]:
    """Log probabilities of each piece: that it is in a name of a label, begins one, goes on with one."""
    begins, goes_on = encoding.tags[:, BEGINS[label]], encoding.tags[:, GOES_ON[label]]
    return np.logaddexp(begins, goes_on), begins, goes_on


def _agreement(inside: Floats, begins: Floats, goes_on: Floats, span: slice) -> Iterator[str]:
    """Features of the label's probability in a span: its mean, its least, at the start, and to go on after the end."""
    own = inside[span].tolist()
    yield f"encoded {_step(exp(fmean(own)))}"
    yield f"encoded least {_step(exp(min(own)))}"
    yield f"encoded begins {_step(exp(begins[span.start]))}"
    if span.stop < len(inside):
        yield f"encoded goes on {_step(exp(goes_on[span.stop]))}"


def _step(probability: float) -> int:
    return bisect_left(_STEPS, probability)


def find_long(doc: Doc) -> Iterator[SpanCandidate]:
    """The spans that the encoder finds likely; none without an encoding."""
    encoding = encoding_of(doc)
    if encoding is None or not len(encoding.tags):
        return
    text = text_of(doc)
    first, last = _spans(text, encoding)
    scores = named(encoding, first, last)[:, [NAMED.index(label) for label in LONG]]
    for at, label in np.argwhere(scores >= np.log(_LEAST)).tolist():
        start, end = whole(text, encoding.starts[first[at]], encoding.ends[last[at]])
        if start < end:
            yield SpanCandidate(LONG[label], start, end, "spans")


def _spans(text: str, encoding: Encoding) -> tuple[Integers, Integers]:
    """First and last pieces of the spans of whole words in one sentence that may be a name."""
    likely = np.exp(encoding.tags[:, _TAGS]).sum(axis=1)
    begins = np.array([not within_word(text, start) for start in encoding.starts])
    starts = np.flatnonzero(begins & (likely >= _EDGE))
    ends = np.flatnonzero(np.append(begins[1:], True) & (likely >= _EDGE))
    beyond = np.searchsorted(encoding.sentences, encoding.sentences[starts], side="right")
    low, high = np.searchsorted(ends, starts), np.searchsorted(ends, np.minimum(beyond, starts + LONGEST))
    count = high - low
    first = np.repeat(starts, count)
    last = ends[np.arange(count.sum()) + np.repeat(low - np.cumsum(count) + count, count)]
    sums = np.concatenate([[0], np.cumsum(likely)])
    kept = sums[last + 1] - sums[first] >= _MEAN * (last + 1 - first)
    return first[kept], last[kept]
