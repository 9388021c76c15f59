"""The word vectors of a candidate: its action, its objects, its whole clause, each of length 1, one after the other.

They let the weights of "allocate" speak for "apportion", which no annotated article has.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from spacy.tokens import Doc

from pipeline.stages.commitments.clauses import Clause, objects_of
from pipeline.stages.commitments.formula import Floats

CONTENT = {"NOUN", "VERB", "ADJ"}


class Vectors:
    """The word vectors of a Doc's tokens, looked up once."""

    def __init__(self, doc: Doc) -> None:
        vectors = doc.vocab.vectors
        self._table: Floats = np.asarray(vectors.data, np.float32)
        self._rows = np.asarray(vectors.find(keys=[token.orth for token in doc]), np.int64)
        self._content = {token.i for token in doc if token.pos_ in CONTENT}

    def of(self, clause: Clause) -> Floats:
        """Three times the width of the base model's vectors."""
        objects = [token.i for token in objects_of(clause.chain)]
        parts = [[clause.chain.action.i], objects, sorted(clause.tokens & self._content)]
        return np.concatenate([self._direction(indices) for indices in parts])

    def _direction(self, indices: Iterable[int]) -> Floats:
        """The sum of some tokens' vectors, at length 1; zeros where none has a vector."""
        rows = self._rows[list(indices)]
        total: Floats = self._table[rows[rows >= 0]].sum(axis=0)
        norm = float(np.sqrt(total @ total))
        return total / norm if norm else total
