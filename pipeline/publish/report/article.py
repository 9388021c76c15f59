"""The data of one article for the page: its record without what is not shown, and each value in words."""

from typing import Any

from pipeline.publish.report.words import day, money, number
from pipeline.record import Amount, Commitment, Date, Mention, Quantity, Record

Json = dict[str, Any]
_LEFT_OUT: Any = {
    "schema_version": True,
    "sentences": True,
    "article": {"sha256", "story"},
    "mentions": {"__all__": {"text", "sentence", "method", "value"}},
    "projects": {"__all__": {"sectors": {"__all__": {"scheme", "label"}}}},
    "relations": {"__all__": {"sentence"}},
    "commitments": {"__all__": {"slot_confidence"}},
    "sectors": {"__all__": {"scheme", "label"}},
}


def article(record: Record) -> Json:
    """The record as JSON values; offsets count characters.

    Mentions, amounts and dates have a `value` in words, null if unknown. Amounts and dates get the confidence of the
    mention at the same offsets.
    """
    data = record.model_dump(mode="json", by_alias=True, exclude=_LEFT_OUT)
    for mention, row in zip(record.mentions, data["mentions"], strict=True):
        row["value"] = in_words(mention)
    confidences = {(mention.start, mention.end): mention.confidence for mention in record.mentions}
    for commitment, row in zip(record.commitments, data["commitments"], strict=True):
        row.update(_values(commitment, confidences))
    return data


def in_words(mention: Mention) -> str | None:
    """The value of a mention in words: `95 m USD`, `2025-04-15`, `84 km`, `KGZ`."""
    match mention.value:
        case Amount() as amount:
            return money(amount)
        case Date() as date:
            return day(date)
        case Quantity(value=float(value)) as quantity:
            return f"{number(value)} {quantity.unit or ''}".strip()
        case str() as country:
            return country
    return None


def _values(commitment: Commitment, confidences: dict[tuple[int, int], float]) -> Json:
    trigger = {"start": commitment.trigger.start, "end": commitment.trigger.end}
    evidence = [{"start": span.start, "end": span.end} for span in commitment.evidence]
    amounts = [_value(amount, money(amount), confidences) for amount in commitment.amounts]
    dates = [_value(date, day(date), confidences) for date in commitment.dates]
    return {"trigger": trigger, "evidence": evidence, "amounts": amounts, "dates": dates}


def _value(found: Amount | Date, words: str | None, confidences: dict[tuple[int, int], float]) -> Json:
    confidence = confidences.get((found.start, found.end))
    return {"start": found.start, "end": found.end, "value": words, "confidence": confidence}
