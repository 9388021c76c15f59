"""Amounts and dates of a commitment, from the values that the mentions carry, else from their text.

A date is resolved forwards where the commitment still lies ahead: "on Friday" is the next one after "will", the last
one after "signed".
"""

from __future__ import annotations

import datetime

from spacy.tokens import Doc

from pipeline.doc import Mention, article_of
from pipeline.normalise.dates import parse_date
from pipeline.normalise.money import parse_money
from pipeline.record import Amount, Date


def amount(doc: Doc, mention: Mention) -> Amount | None:
    """The amount of a MONEY mention; None where its value can't be told ("multi-billion dollar")."""
    if isinstance(mention.value, Amount):
        return mention.value if mention.value.value is not None else None
    text = doc.text[mention.start : mention.end]
    money = parse_money(text)
    if money is None or money.value is None:
        return None
    return Amount(
        text=text, start=mention.start, end=mention.end, value=money.value, low=money.low, high=money.high,
        approximate=money.approximate, currency=money.currency,
    )  # fmt: skip


def date(doc: Doc, mention: Mention, *, future: bool) -> Date:
    """The date of a DATE mention, resolved against the article's own."""
    if isinstance(mention.value, Date) and not future:
        return mention.value
    text = doc.text[mention.start : mention.end]
    resolved = parse_date(text, _article_date(doc), future=future)
    if resolved is None:
        return (
            mention.value if isinstance(mention.value, Date) else Date(text=text, start=mention.start, end=mention.end)
        )
    return Date(
        text=text,
        start=mention.start,
        end=mention.end,
        iso=resolved.iso,
        precision=resolved.precision,
        basis=resolved.basis,
    )


def _article_date(doc: Doc) -> datetime.date | None:
    article = article_of(doc)
    try:
        return datetime.date.fromisoformat(article.date[:10]) if article and article.date else None
    except ValueError:
        return None
