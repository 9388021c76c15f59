"""Long names that the encoder finds as whole spans: "dualisation of the road from Mardan to Swabi".

Few of their words are likely on their own, and their end is unsure, so the encoder scores all spans that may be one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from spacy.tokens import Doc

from pipeline.record import Label
from pipeline.stages.document.doc import text_of
from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.finders.encoded import BEGINS, GOES_ON, whole, within_word
from pipeline.stages.models.encoder import Encoding
from pipeline.stages.models.layers import Integers
from pipeline.stages.models.span_head import LONGEST, NAMED, named

LABELS: tuple[Label, ...] = ("PROJECT", "PROGRAMME", "EVENT")
_TAGS = [tag for label in LABELS for tag in (BEGINS[label], GOES_ON[label])]
_EDGE, _MEAN = 0.01, 0.03  # least probability of the tags of a span: at either end, and on average
_LEAST = 0.5  # least probability of the whole span


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """The spans that the encoder finds likely; none without an encoding."""
    encoding: Encoding | None = doc._.encoding
    if encoding is None or not len(encoding.tags):
        return
    text = text_of(doc)
    first, last = _spans(text, encoding)
    scores = named(encoding, first, last)[:, [NAMED.index(label) for label in LABELS]]
    for at, label in np.argwhere(scores >= np.log(_LEAST)).tolist():
        start, end = whole(text, encoding.starts[first[at]], encoding.ends[last[at]])
        if start < end:
            yield SpanCandidate(LABELS[label], start, end, "spans")


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
