"""The word vectors of a candidate: its action, its objects, its whole clause, each of length 1, one after the other.

They let the weights of "allocate" speak for "apportion", which no annotated article has.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from spacy.tokens import Doc, Token

from pipeline.stages.commitments.clauses import Clause, objects_of
from pipeline.stages.commitments.formula import Floats

CONTENT = {"NOUN", "VERB", "ADJ"}


def vector_of(doc: Doc, clause: Clause) -> Floats:
    """Three times the width of the base model's vectors."""
    content = (doc[index] for index in sorted(clause.tokens))
    parts = [[clause.chain.action], objects_of(clause.chain), [token for token in content if token.pos_ in CONTENT]]
    return np.concatenate([_mean(tokens, doc.vocab.vectors_length) for tokens in parts])


def _mean(tokens: Iterable[Token], width: int) -> Floats:
    """The direction of the sum; zeros where no token has a vector."""
    total = np.zeros(width, np.float32)
    for token in tokens:
        total += token.vector
    norm = float(np.linalg.norm(total))
    return total / norm if norm else total
