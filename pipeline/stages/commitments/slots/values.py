"""The amounts and dates of a commitment, as its mentions carry them."""

from __future__ import annotations

from pipeline.record import Amount, Date
from pipeline.stages.document.doc import Mention
from pipeline.values.money import is_price


def amount(text: str, mention: Mention) -> Amount | None:
    """The amount of a MONEY mention of an article's text; None for a price and an unknown value ("billions")."""
    value = mention.value
    return value if isinstance(value, Amount) and value.value is not None and not is_price(text, mention.end) else None


def date(text: str, mention: Mention) -> Date:
    """The date of a DATE mention of an article's text."""
    if isinstance(mention.value, Date):
        return mention.value
    return Date(text=text[mention.start : mention.end], start=mention.start, end=mention.end)
