"""MONEY, DATE and QUANTITY: found and parsed by `values`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from spacy.tokens import Doc

from pipeline.record import Amount, Date, Label, Quantity
from pipeline.stages.document.doc import article_of, home, text_of
from pipeline.stages.document.tense import is_ahead, is_over
from pipeline.stages.document.view import view_of
from pipeline.stages.document.words import root_of
from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.values.dates import find_dates
from pipeline.values.money import read_money
from pipeline.values.quantities import find_quantities
from pipeline.values.quoted import amount, amount_at, date_at, quantity_at, shared_amount_at


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """Every amount, calendar expression and physical measure, with its value."""
    text = text_of(doc)
    for (start, end), money in read_money(text, home(doc)):
        yield SpanCandidate("MONEY", start, end, "amounts", amount(text, start, end, money))
    for start, end in find_dates(text):
        yield SpanCandidate("DATE", start, end, "amounts", _date(doc, start, end))
    for start, end in find_quantities(text):
        yield SpanCandidate("QUANTITY", start, end, "amounts", quantity_at(text, start, end))


def value_of(
    doc: Doc, label: Label, start: int, end: int, before: Amount | None = None
) -> Amount | Date | Quantity | None:
    """The value of a span of another finder; None where it has none.

    `before`: the last amount before it in its sentence.
    """
    text = text_of(doc)
    match label:
        case "MONEY":
            own = amount_at(text, start, end, home(doc))
            return own or (shared_amount_at(text, start, end, before) if before is not None else None)
        case "DATE":
            return _date(doc, start, end)
        case "QUANTITY":
            return quantity_at(text, start, end)
    return None


def _date(doc: Doc, start: int, end: int) -> Date:
    """Its value. "Friday" may be the last or the next one; the tense of the verb above decides, if it can."""
    words = view_of(doc).words_in(start, end)
    day = root_of(words)
    ahead = True if is_ahead(day) else False if is_over(day, words[0].i) else None
    return date_at(text_of(doc), start, end, _article_date(doc), home(doc), future=ahead)


def _article_date(doc: Doc) -> date | None:
    article = article_of(doc)
    return date.fromisoformat(article.date) if article and article.date else None
