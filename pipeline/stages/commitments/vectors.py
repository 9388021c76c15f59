"""The word vectors of a candidate: its action, its objects, its whole clause, each of length 1, one after the other.

With them the weights of "allocate" apply to "apportion", which no annotated article has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.stages.commitments.classifier import Floats
from pipeline.stages.commitments.clauses.clauses import Clause
from pipeline.stages.document.grammar import objects
from pipeline.stages.document.words import Word

CONTENT = {"NOUN", "VERB", "ADJ"}
MOST = 1 << 15  # words whose rows are cached


def vectors_of(doc: Doc, words: Iterable[Word], clauses: Sequence[Clause]) -> Floats:
    """(clauses, 3 times the width of the base model's vectors), looked up and added up for a whole Doc at once."""
    if not clauses:
        return np.zeros((0, 0), np.float32)
    content = {word.i for word in words if word.pos in CONTENT}
    parts = [part for clause in clauses for part in _parts(clause, content)]
    return _directions(doc, parts).reshape(len(clauses), -1)


def _parts(clause: Clause, content: set[int]) -> list[list[int]]:
    """The indices of the action, of its objects, and of the words with content."""
    done_to = [word.i for word in objects(clause.chain.action)]
    return [[clause.chain.action.i], done_to, sorted(clause.tokens & content)]


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
