"""The encoder's scores of a candidate: how likely its words are a trigger, of which kind and status.

It also proposes candidates: words that it takes for a trigger and that the lexicon lacks ("relending", "is in place").
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from spacy.tokens import Doc

from pipeline.stages.commitments.classifier import Floats
from pipeline.stages.commitments.clauses.clauses import Clause
from pipeline.stages.document.words import Sentence, Word
from pipeline.stages.models.encoder import Encoding, runs

FURTHEST = 8.0  # log odds beyond which more tells no more
PHRASAL = 0.0  # least log odds of a verb with its particle, of which the encoder has seen few
TAKEN = -0.5  # log odds from which a word is taken for part of a trigger


def encoded_of(
    doc: Doc, words: Sequence[Word], sentences: Sequence[Sentence], clauses: Sequence[tuple[int, Clause]]
) -> Floats:
    """(clauses, components) of a Doc that the encoder has read; no components where it has not.

    `clauses`: each with the number of its sentence.
    """
    encoding: Encoding | None = doc._.encoding
    if encoding is None or not clauses:
        return np.zeros((len(clauses), 0), np.float32)
    odds, numbers = _odds(encoding), [number for number, _ in clauses]
    own = np.array([_components(encoding, odds, words, clause) for _, clause in clauses])
    spoken = encoding.stated_in([(sentence.words[0].idx, sentence.words[-1].end) for sentence in sentences])
    stated = np.clip(spoken, -FURTHEST, FURTHEST)
    any_stated = np.pad(stated[:, 0], 1, constant_values=-FURTHEST)
    before, after = any_stated[:-2][numbers], any_stated[2:][numbers]
    near = np.column_stack([before, after, rivals(numbers, own[:, 0].tolist())])
    return np.hstack([own, stated[numbers], near], dtype=np.float32)


def tagged_of(doc: Doc, words: Sequence[Word]) -> list[list[Word]]:
    """The runs of words that the encoder takes for a trigger, in reading order; none where it has not read the Doc."""
    encoding: Encoding | None = doc._.encoding
    if encoding is None or not words:
        return []
    starts = [word.idx for word in words]
    pieces = np.flatnonzero(_odds(encoding) >= TAKEN).tolist()
    taken = sorted({max(0, bisect_right(starts, encoding.starts[at]) - 1) for at in pieces})
    return [[words[i] for i in run] for run in runs(np.array(taken, np.int64))]


def _odds(encoding: Encoding) -> Floats:
    """Of each piece the log odds that it is in a trigger."""
    none = np.minimum(encoding.triggers[:, 0], -1e-6)
    found: Floats = np.log1p(-np.exp(none)) - none
    return np.clip(found, -FURTHEST, FURTHEST)


def rivals(numbers: Sequence[int], odds: Sequence[float]) -> list[float]:
    """For each clause the highest log odds of another one of its sentence; `numbers`: of the sentences."""
    ranked: dict[int, list[float]] = {}
    for number, own in zip(numbers, odds, strict=True):
        ranked[number] = sorted([own, *ranked.get(number, [-FURTHEST])], reverse=True)[:2]
    return [ranked[number][own == ranked[number][0]] for number, own in zip(numbers, odds, strict=True)]


def _components(encoding: Encoding, odds: Floats, words: Sequence[Word], clause: Clause) -> Floats:
    """Log odds of the surest head and of the surest word of the clause; kinds and statuses at that head."""
    heads = [at for head in clause.chain.heads for at in _pieces(encoding, head)]
    best = max(heads, key=lambda at: float(odds[at]))
    around = max(float(odds[at]) for i in clause.tokens for at in _pieces(encoding, words[i]))
    kinds = encoding.triggers[best, 1:] - np.logaddexp.reduce(encoding.triggers[best, 1:])
    least = PHRASAL if any(head.phrasal for head in clause.chain.heads) else -FURTHEST
    stated = np.concatenate([[max(odds[best], least), max(around, least)], kinds, encoding.statuses[best]])
    return np.asarray(np.maximum(stated, -FURTHEST), np.float32)


def _pieces(encoding: Encoding, word: Word) -> range:
    span = encoding.pieces(word.idx, word.end)
    return range(span.start, span.stop)
