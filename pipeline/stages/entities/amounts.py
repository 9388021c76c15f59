"""MONEY, DATE and QUANTITY: found and valued by `normalise`, anchored here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from spacy.tokens import Doc

from pipeline.doc import article_of, home, text_of, tokens_of
from pipeline.normalise.dates import find_dates, parse_date
from pipeline.normalise.money import Money, parse_money, read_money
from pipeline.normalise.quantities import find_quantities, parse_quantity
from pipeline.record import Amount, Date, Label, Quantity
from pipeline.stages.entities.candidates import Candidate
from pipeline.stages.entities.tense import is_ahead


def find(doc: Doc) -> Iterator[Candidate]:
    """Every amount, calendar expression and physical measure, with its value."""
    text = text_of(doc)
    for (start, end), money in read_money(text, home(doc)):
        yield Candidate("MONEY", start, end, "amounts", _amount(text, start, end, money))
    for start, end in find_dates(text):
        yield Candidate("DATE", start, end, "amounts", _date(doc, start, end))
    for start, end in find_quantities(text):
        yield Candidate("QUANTITY", start, end, "amounts", _quantity(text, start, end))


def value_of(doc: Doc, label: Label, start: int, end: int) -> Amount | Date | Quantity | None:
    """The value of a span that another finder has found; None where it has none."""
    text = text_of(doc)
    match label:
        case "MONEY":
            money = parse_money(text[start:end], home(doc))
            return None if money is None else _amount(text, start, end, money)
        case "DATE":
            return _date(doc, start, end)
        case "QUANTITY":
            return _quantity(text, start, end)
    return None


def _amount(text: str, start: int, end: int, money: Money) -> Amount:
    return Amount(text=text[start:end], start=start, end=end, **asdict(money))


def _date(doc: Doc, start: int, end: int) -> Date:
    """Its value; a day that may be the last or the next one ("Friday") is the next where the verb above says so."""
    text, ahead = text_of(doc)[start:end], is_ahead(tokens_of(doc, start, end))
    told = parse_date(text, _article_date(doc), home(doc).fiscal, future=ahead)
    quote = {"text": text, "start": start, "end": end}
    return Date(**quote, iso=told.iso, precision=told.precision, basis=told.basis) if told else Date(**quote)


def _article_date(doc: Doc) -> date | None:
    article = article_of(doc)
    return date.fromisoformat(article.date) if article and article.date else None


def _quantity(text: str, start: int, end: int) -> Quantity | None:
    measure = parse_quantity(text[start:end])
    if measure is None:
        return None
    return Quantity(text=text[start:end], start=start, end=end, value=measure.value, unit=measure.unit)
