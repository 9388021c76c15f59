"""A linear classifier of candidates: commitment or not, kind and status, from features and vectors.

The weights are fitted on annotated articles: `commitments.txt` (the name of a feature a line) and `commitments.npz`
(one row for each feature, then one for each component of the vectors; one column for "is a commitment", one for each
kind and one for each status). A feature that was too rare to measure is ignored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import log, sqrt
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt

from pipeline.errors import SetupError
from pipeline.record import CommitmentKind, Status
from pipeline.stages.document.doc import Commitment
from pipeline.stages.models.heads import log_softmax
from pipeline.stages.models.linear import EDGE, RowModel

Floats = npt.NDArray[np.float32]
KINDS: tuple[CommitmentKind, ...] = get_args(CommitmentKind)
STATUSES: tuple[Status, ...] = get_args(Status)
TRUST = 0.2  # weight of what the rules say of the kind, beside the scores
FEATURES, WEIGHTS = "commitments.txt", "commitments.npz"  # the files of the model
WHOLE = ("status", "by", "to", "projects", "dates", "instrument", "provider", "recipient")
CURVES: Mapping[str, str] = {  # the curve of each field with confidences
    "status": "status", "by": "by", "with": "others", "to": "others", "projects": "projects", "dates": "dates",
    "instrument": "instrument", "provider": "provider", "recipient": "recipient",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """`accept`: probability that a candidate is a commitment; `kind`, `status`: the likeliest.

    `confidence`: the probability that it is a commitment of that kind; `status_sure`: of the status.
    """

    accept: float
    kind: CommitmentKind
    status: Status
    confidence: float
    status_sure: float

    @property
    def score(self) -> float:
        """What decides: the geometric mean of `accept` and of the probability that kind and status are right too."""
        return sqrt(self.accept * self.confidence * self.status_sure)


@dataclass(frozen=True)
class Scores:
    """Log odds of acceptance (n,), log probabilities of kinds (n, kinds) and of statuses (n, statuses)."""

    accept: Floats
    kinds: Floats
    statuses: Floats


@dataclass(frozen=True)
class Classifier:
    """`names`: feature to row of `weights` (rows, columns); `dense` (components, columns); `bias` (columns,).

    The columns: acceptance, then one for each of KINDS, then one for each of STATUSES. `threshold`: the score from
    which a candidate is a commitment.
    """

    names: dict[str, int]
    weights: Floats
    dense: Floats
    bias: Floats
    threshold: float

    def scores(self, features: Sequence[Iterable[str]], vectors: Floats, leanings: Floats) -> Scores:
        """The scores of n candidates. `vectors` (n, components).

        `leanings` (n, kinds): the scores of the rules; they decide where training data is scarce.
        """
        table, bias = np.vstack([self.weights, self.bias]), len(self.weights)
        rows = [[*sorted(self.names[name] for name in own if name in self.names), bias] for own in features]
        starts = np.cumsum([0, *map(len, rows[:-1])])
        sums: Floats = np.add.reduceat(table[list(chain.from_iterable(rows))], starts, axis=0)
        scores = sums + vectors @ self.dense
        kinds, statuses = scores[:, 1 : 1 + len(KINDS)], scores[:, 1 + len(KINDS) :]
        return Scores(scores[:, 0], log_softmax(kinds + TRUST * leanings), log_softmax(statuses))

    def __call__(self, features: Sequence[Iterable[str]], vectors: Floats, leanings: Floats) -> list[Verdict]:
        """The verdict on each of the candidates, one or more; see `scores`."""
        scores = self.scores(features, vectors, leanings)
        kinds, best = scores.kinds.argmax(axis=1).tolist(), scores.kinds.max(axis=1).tolist()
        statuses, likeliest = scores.statuses.argmax(axis=1).tolist(), scores.statuses.max(axis=1).tolist()
        accepted = [float(1 / (1 + np.exp(-log_odds))) for log_odds in scores.accept.tolist()]
        return [
            Verdict(accept, KINDS[kind], STATUSES[status], accept * float(np.exp(sure)), float(np.exp(likely)))
            for accept, kind, sure, status, likely in zip(accepted, kinds, best, statuses, likeliest, strict=True)
        ]


@cache
def read_classifier(folder: Path) -> Classifier:
    """The classifier in a folder of `models/`; raises SetupError where it is missing or cut short."""
    try:
        names = (folder / FEATURES).read_text(encoding="utf-8").splitlines()
        with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
            weights, dense, bias = (arrays[part].astype(np.float32) for part in ("weights", "dense", "bias"))
            threshold = float(arrays["threshold"])
        return Classifier({name: row for row, name in enumerate(names)}, weights, dense, bias, threshold)
    except (OSError, ValueError, KeyError) as error:
        raise SetupError(f"{folder}: the commitments model cannot be read ({error}); reinstall corridor") from error


def row_features(commitment: Commitment, alone: bool) -> dict[str, float]:
    """What speaks for a row: logarithms of the probabilities of its fields, and what it holds.

    `alone`: no other commitment of the article has its trigger's sentence. The confidence is the calibrated one.
    """
    parts = commitment.whole | {"status": commitment.sure["status"][0], "confidence": commitment.confidence}
    found = {name: log(max(parts[name], EDGE)) for name in (*WHOLE, "confidence") if name in parts}
    facts = (
        f"kind {commitment.kind}",
        f"status {commitment.status}",
        f"doer {commitment.by[0].kind}",
        f"doers {min(3, len(commitment.by))}",
        f"amounts {min(2, len(commitment.amounts))}",
        f"instrument {commitment.flow.instrument if commitment.flow else 'none'}",
        f"method {commitment.method}",
        f"boilerplate {commitment.boilerplate}",
        f"alone {alone}",
        f"sentences {min(3, len(commitment.sentences))}",
    )
    return found | dict.fromkeys(facts, 1.0)


def features_of_rows(commitments: Iterable[Commitment]) -> list[dict[str, float]]:
    """The features of all commitments of an article."""
    commitments = list(commitments)
    places = [commitment.sentences[0] for commitment in commitments]
    return [row_features(one, places.count(one.sentences[0]) == 1) for one in commitments]


def give_row_confidences(commitments: list[Commitment], model: RowModel) -> None:
    """Sets `row_confidence` and `slot_confidence` of all commitments of an article."""
    for commitment, features in zip(commitments, features_of_rows(commitments), strict=True):
        commitment.row_confidence = model.row(features)
        commitment.slot_confidence = {
            field: [model.slots[curve](score) for score in commitment.sure[field]]
            for field, curve in CURVES.items()
            if field in commitment.sure
        }
