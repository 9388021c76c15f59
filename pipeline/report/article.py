"""What the page is told of one article: its record without what is not shown, and each value in words.

Hard because the page must be able to find the words of every value, and the confidence of values that have none of
their own (an amount, a date) is that of the mention at their place.
"""

from __future__ import annotations

from typing import Any

from pipeline.record import Amount, Commitment, Date, Mention, Quantity, Record
from pipeline.report.words import day, money, number

Told = dict[str, Any]
_LEFT_OUT: Any = {
    "schema_version": True,
    "sentences": True,
    "article": {"sha256", "story"},
    "mentions": {"__all__": {"text", "sentence", "method", "value"}},
    "projects": {"__all__": {"sectors": {"__all__": {"scheme", "label"}}}},
    "relations": {"__all__": {"sentence"}},
    "sectors": {"__all__": {"scheme", "label"}},
}


def article(record: Record) -> Told:
    """The record as JSON values; offsets count characters, as in the record.

    Mentions, amounts and dates have `says`, their value in words, null where it is not known.
    """
    told = record.model_dump(mode="json", by_alias=True, exclude=_LEFT_OUT)
    for mention, said in zip(record.mentions, told["mentions"], strict=True):
        said["says"] = says(mention)
    places = {(mention.start, mention.end): mention.confidence for mention in record.mentions}
    for commitment, said in zip(record.commitments, told["commitments"], strict=True):
        said.update(_values(commitment, places))
    return told


def says(mention: Mention) -> str | None:
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


def _values(commitment: Commitment, places: dict[tuple[int, int], float]) -> Told:
    trigger = {"start": commitment.trigger.start, "end": commitment.trigger.end}
    evidence = [{"start": told.start, "end": told.end} for told in commitment.evidence]
    amounts = [_value(amount, money(amount), places) for amount in commitment.amounts]
    dates = [_value(date, day(date), places) for date in commitment.dates]
    return {"trigger": trigger, "evidence": evidence, "amounts": amounts, "dates": dates}


def _value(found: Amount | Date, told: str | None, places: dict[tuple[int, int], float]) -> Told:
    sure = places.get((found.start, found.end))
    return {"start": found.start, "end": found.end, "says": told, "confidence": sure}
