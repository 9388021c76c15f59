"""Amounts and dates of a commitment, from the values that the mentions carry, else from their text.

A date is resolved forwards where the commitment still lies ahead: "on Friday" is the next one after "will", the last
one after "signed".
"""

from __future__ import annotations

import datetime

from spacy.tokens import Doc

from pipeline.doc import Mention, article_of
from pipeline.normalise.dates import parse_date
from pipeline.normalise.money import is_price, parse_money
from pipeline.record import Amount, Date


def amount(text: str, mention: Mention) -> Amount | None:
    """The amount of a MONEY mention of an article's text; None for a price, and where it can't be told ("billions")."""
    if is_price(text, mention.end):
        return None
    if isinstance(mention.value, Amount):
        return mention.value if mention.value.value is not None else None
    quote = text[mention.start : mention.end]
    money = parse_money(quote)
    if money is None or money.value is None:
        return None
    return Amount(
        text=quote, start=mention.start, end=mention.end, value=money.value, low=money.low, high=money.high,
        approximate=money.approximate, currency=money.currency,
    )  # fmt: skip


def date(text: str, mention: Mention, day: datetime.date | None, *, future: bool) -> Date:
    """The date of a DATE mention of an article's text, resolved against the article's own `day`."""
    if isinstance(mention.value, Date) and not future:
        return mention.value
    quote = text[mention.start : mention.end]
    found = parse_date(quote, day, future=future)
    if found is None:
        known = mention.value if isinstance(mention.value, Date) else None
        return known or Date(text=quote, start=mention.start, end=mention.end)
    return Date(
        text=quote, start=mention.start, end=mention.end, iso=found.iso, precision=found.precision, basis=found.basis
    )


def day_of(doc: Doc) -> datetime.date | None:
    """The article's date; None where it has none, or one that can't be read."""
    article = article_of(doc)
    try:
        return datetime.date.fromisoformat(article.date[:10]) if article and article.date else None
    except ValueError:
        return None
