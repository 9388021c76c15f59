"""How likely a commitment is right: each field by itself, and the whole row at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log

from pipeline.stages.document.doc import Commitment
from pipeline.stages.models.linear import EDGE, RowModel

WHOLE = ("status", "by", "to", "projects", "dates", "instrument", "provider", "recipient")
CURVES: Mapping[str, str] = {  # the curve of each field with confidences
    "status": "status", "by": "by", "with": "others", "to": "others", "projects": "projects", "dates": "dates",
    "instrument": "instrument", "provider": "provider", "recipient": "recipient",
}  # fmt: skip


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


def features_of(commitments: Iterable[Commitment]) -> list[dict[str, float]]:
    """The features of all commitments of an article."""
    commitments = list(commitments)
    places = [commitment.sentences[0] for commitment in commitments]
    return [row_features(one, places.count(one.sentences[0]) == 1) for one in commitments]


def give_row_confidences(commitments: list[Commitment], model: RowModel) -> None:
    """Sets `row_confidence` and `slot_confidence` of all commitments of an article."""
    for commitment, features in zip(commitments, features_of(commitments), strict=True):
        commitment.row_confidence = model.row(features)
        commitment.slot_confidence = {
            field: [model.slots[curve](score) for score in commitment.sure[field]]
            for field, curve in CURVES.items()
            if field in commitment.sure
        }
