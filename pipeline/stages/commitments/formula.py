"""How sure it is that a candidate is a commitment, and of which kind: linear scores of named features and word vectors.

The weights are measured on annotated articles and lie in models/commitments: `features.txt` (a name a line),
`weights.npz` (one row for each feature, then one for each component of the word vectors; one column for "is a
commitment" and one for each kind) and `card.json`. A feature that was too rare to measure counts nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import SetupError
from pipeline.record import CommitmentKind
from pipeline.settings import Settings

Floats = npt.NDArray[np.float32]
KINDS: tuple[CommitmentKind, ...] = ("finance", "agreement", "contract", "delivery", "cooperation", "policy")
TRUST = 0.5  # in what the rules say of the kind, against the weights
FEATURES, WEIGHTS, CARD = "features.txt", "weights.npz", "card.json"  # the files of the model


@dataclass(frozen=True)
class Verdict:
    """`accept`: probability that a candidate is a commitment; `kind`: the likeliest; `confidence`: that both hold."""

    accept: float
    kind: CommitmentKind
    confidence: float


@dataclass(frozen=True)
class Formula:
    """`names`: feature to row of `weights` (rows, 1 + kinds); `dense` (components, 1 + kinds); `bias` (1 + kinds).

    `threshold`: the probability from which a candidate is a commitment; `line`: slope for the log odds of acceptance,
    slope for the log probability of the kind and intercept, which make the confidence.
    """

    names: dict[str, int]
    weights: Floats
    dense: Floats
    bias: Floats
    threshold: float
    line: tuple[float, float, float]

    def scores(self, features: Sequence[Iterable[str]], vectors: Floats, leanings: Floats) -> tuple[Floats, Floats]:
        """Of n candidates the log odds (n) of acceptance and the log probabilities (n, kinds) of the kinds.

        `vectors` (n, components); `leanings` (n, kinds): what the rules say of the kinds; it settles what few articles
        could teach.
        """
        scores = self._facts(features) + vectors @ self.dense
        return scores[:, 0], log_softmax(scores[:, 1:] + TRUST * leanings)

    def _facts(self, features: Sequence[Iterable[str]]) -> Floats:
        """The bias and the weights (n, 1 + kinds) of the known features, added up."""
        table, bias = np.vstack([self.weights, self.bias]), len(self.weights)
        rows = [[*sorted(self.names[name] for name in own if name in self.names), bias] for own in features]
        starts = np.cumsum([0, *map(len, rows[:-1])])
        found: Floats = np.add.reduceat(table[list(chain.from_iterable(rows))], starts, axis=0)
        return found

    def __call__(self, features: Sequence[Iterable[str]], vectors: Floats, leanings: Floats) -> list[Verdict]:
        """The verdict on each of the candidates, one or more; see `scores`."""
        log_odds, kinds = self.scores(features, vectors, leanings)
        best, surest = kinds.argmax(axis=1).tolist(), kinds.max(axis=1).tolist()
        return [self._verdict(*told) for told in zip(log_odds.tolist(), best, surest, strict=True)]

    def _verdict(self, log_odds: float, kind: int, surest: float) -> Verdict:
        certainty = self.line[0] * log_odds + self.line[1] * surest + self.line[2]
        return Verdict(sigmoid(log_odds), KINDS[kind], sigmoid(certainty))


def sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def log_softmax(scores: Floats) -> Floats:
    """Log probabilities (n, k) of scores (n, k)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return found


def _formula(names: list[str], parts: list[Floats], card: dict[str, Any]) -> Formula:
    accept, kind, intercept = card["line"]
    rows = {name: row for row, name in enumerate(names)}
    return Formula(rows, parts[0], parts[1], parts[2], card["threshold"], (accept, kind, intercept))


@cache
def formula(folder: Path | None = None) -> Formula:
    """The formula in `models/commitments`; raises SetupError where it is missing or cut short."""
    folder = folder or Settings().models / "commitments"
    try:
        names = (folder / FEATURES).read_text(encoding="utf-8").splitlines()
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
            parts = [arrays[part].astype(np.float32) for part in ("weights", "dense", "bias")]
        return _formula(names, parts, card)
    except (OSError, ValueError, KeyError) as error:
        raise SetupError(f"{folder}: the commitments model cannot be read ({error}); reinstall corridor") from error
