"""The vectors of a candidate: its word vectors, and the encoder's scores of trigger, kind and status.

Word vectors are those of its action, its objects and its whole clause, each of length 1: with them the weights of
"allocate" apply to "apportion", which no annotated article has. The encoder also proposes candidates: words that it
takes for a trigger and that the lexicon lacks ("relending", "is in place").
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.stages.commitments.classifier import Floats
from pipeline.stages.commitments.clauses import Clause
from pipeline.stages.document.doc import encoding_of
from pipeline.stages.document.grammar import objects
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.models.encoder import Encoding, runs

CONTENT = {"NOUN", "VERB", "ADJ"}
MOST = 1 << 15  # words whose rows are cached
FURTHEST = 8.0  # log odds beyond which nothing changes
PHRASAL = 0.0  # least log odds of a verb with its particle, of which the encoder has seen few
TAKEN = -0.5  # log odds from which a word is taken for part of a trigger


def vectors_of(view: ArticleView, clauses: Sequence[Clause]) -> Floats:
    """(clauses, 3 times the width of the base model's vectors), looked up and added up for a whole article at once."""
    if not clauses:
        return np.zeros((0, 0), np.float32)
    content = {word.i for word in view.words if word.pos in CONTENT}
    actions = [clause.chain.action for clause in clauses]
    parts = [
        part
        for clause, action in zip(clauses, actions, strict=True)
        for part in ([action.i], [word.i for word in objects(action)], sorted(clause.tokens & content))
    ]
    return _directions(view.doc, parts).reshape(len(clauses), -1)


@lru_cache(maxsize=1)
def _cache(vocab: Vocab) -> dict[int, int]:
    """The cached rows of the vectors of words, -1 where a word has none."""
    return {}


def _rows(doc: Doc, tokens: Iterable[int]) -> dict[int, int]:
    """The rows of some tokens; each word is looked up once: a table of half a million is slow."""
    cache, table, keys = _cache(doc.vocab), doc.vocab.vectors.key2row, doc.to_array("ORTH").tolist()
    if len(cache) > MOST:
        cache.clear()
    rows = {}
    for i in tokens:
        row = cache.get(keys[i])
        if row is None:
            row = cache[keys[i]] = table.get(keys[i], -1)
        rows[i] = row
    return rows


def _directions(doc: Doc, parts: list[list[int]]) -> Floats:
    """The sum of the vectors of each part, at length 1; zeros where no token of it has a vector."""
    vectors, rows = doc.vocab.vectors, _rows(doc, set(chain(*parts)))
    found = [[rows[i] for i in part if rows[i] >= 0] for part in parts]
    sums: Floats = np.zeros((len(parts), vectors.shape[1]), np.float32)
    filled = [at for at, part in enumerate(found) if part]
    if filled:
        starts = np.cumsum([0, *(len(found[at]) for at in filled[:-1])])
        sums[filled] = np.add.reduceat(vectors.data[[row for at in filled for row in found[at]]], starts, axis=0)
    norms = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    norms[norms == 0] = 1
    sums /= norms[:, None]
    return sums


def encoded_of(view: ArticleView, clauses: Sequence[Clause], numbers: Sequence[int]) -> Floats:
    """(clauses, components) of an article that the encoder has read; no components where it has not.

    `numbers`: of the sentence of each clause.
    """
    encoding = encoding_of(view.doc)
    if encoding is None or not clauses:
        return np.zeros((len(clauses), 0), np.float32)
    odds = encoding.trigger_odds(FURTHEST)
    own = np.array([_components(encoding, odds, view.words, clause) for clause in clauses])
    spoken = encoding.stated_in([(sentence.words[0].idx, sentence.words[-1].end) for sentence in view.sentences])
    stated = np.clip(spoken, -FURTHEST, FURTHEST)
    any_stated = np.pad(stated[:, 0], 1, constant_values=-FURTHEST)
    before, after = any_stated[:-2][numbers], any_stated[2:][numbers]
    near = np.column_stack([before, after, rivals(numbers, own[:, 0].tolist())])
    return np.hstack([own, stated[numbers], near], dtype=np.float32)


def tagged_of(view: ArticleView) -> list[list[Word]]:
    """The runs of words that the encoder takes for a trigger, in reading order; none where it has not read them."""
    encoding = encoding_of(view.doc)
    if encoding is None or not view.words:
        return []
    pieces = np.flatnonzero(encoding.trigger_odds(FURTHEST) >= TAKEN).tolist()
    starts = (encoding.starts[at] for at in pieces)
    taken = sorted({view.words_in(start, start + 1)[0].i for start in starts})
    return [[view.words[i] for i in run] for run in runs(np.array(taken, np.int64))]


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
    least = PHRASAL if any(head.phrasal for head in clause.chain.heads) else -FURTHEST
    stated = np.concatenate([[max(odds[best], least), max(around, least)], encoding.kinds_and_statuses(best)])
    return np.asarray(np.maximum(stated, -FURTHEST), np.float32)


def _pieces(encoding: Encoding, word: Word) -> range:
    span = encoding.pieces(word.idx, word.end)
    return range(span.start, span.stop)
