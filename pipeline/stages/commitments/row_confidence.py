"""The probability that a whole row is right: kind, status, `by`, amounts and flow at once."""

from __future__ import annotations

from collections.abc import Iterable
from math import log

from pipeline.article.doc import Commitment
from pipeline.model.calibration import EDGE, LogOdds

WHOLE = ("status", "by", "to", "projects", "dates", "instrument", "provider", "recipient")


def row_features(commitment: Commitment, alone: bool) -> dict[str, float]:
    """What speaks for a row: logarithms of the probabilities of its fields, and what it holds.

    `alone`: no other commitment of the article has its trigger's sentence. The confidence is the calibrated one.
    """
    parts = commitment.whole | {"status": commitment.sure["status"][0], "confidence": commitment.confidence}
    found = {name: log(max(parts[name], EDGE)) for name in (*WHOLE, "confidence") if name in parts}
    doer = commitment.by[0].kind if commitment.by else "nobody"
    facts = (
        f"kind {commitment.kind}",
        f"status {commitment.status}",
        f"doer {doer}",
        f"doers {min(3, len(commitment.by))}",
        f"amounts {min(2, len(commitment.amounts))}",
        f"instrument {commitment.flow.instrument if commitment.flow else 'none'}",
        f"method {commitment.method}",
        f"boilerplate {commitment.boilerplate}",
        f"alone {alone}",
        f"sentences {min(3, len(commitment.sentences))}",
    )
    return found | dict.fromkeys(facts, 1.0)


def give_row_confidences(commitments: Iterable[Commitment], model: LogOdds) -> None:
    """Sets `row_confidence` of all commitments of an article."""
    commitments = list(commitments)
    places = [commitment.sentences[0] for commitment in commitments]
    for commitment in commitments:
        features = row_features(commitment, alone=places.count(commitment.sentences[0]) == 1)
        commitment.row_confidence = model(features)
