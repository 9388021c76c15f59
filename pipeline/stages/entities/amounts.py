"""MONEY, DATE and QUANTITY: found and valued by `normalise`, anchored here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from spacy.tokens import Doc

from pipeline.doc import article_of, text_of
from pipeline.normalise.dates import find_dates, parse_date
from pipeline.normalise.money import find_money, hedge_after, hedge_before, parse_money, with_hedge
from pipeline.normalise.quantities import find_quantities, parse_quantity
from pipeline.record import Amount, Date, Quantity
from pipeline.stages.entities.candidates import Candidate


def find(doc: Doc) -> Iterator[Candidate]:
    """Every amount, calendar expression and physical measure, with its value."""
    text = text_of(doc)
    for start, end in find_money(text):
        yield Candidate("MONEY", start, end, "amounts", _amount(text, start, end))
    for start, end in find_dates(text):
        yield Candidate("DATE", start, end, "amounts", _date(text, start, end, _article_date(doc)))
    for start, end in find_quantities(text):
        yield Candidate("QUANTITY", start, end, "amounts", _quantity(text, start, end))


def _article_date(doc: Doc) -> date | None:
    article = article_of(doc)
    return date.fromisoformat(article.date) if article and article.date else None


def _amount(text: str, start: int, end: int) -> Amount | None:
    money = parse_money(text[start:end])
    if money is None:
        return None
    for hedge in (hedge_before(text, start), hedge_after(text, end)):
        money = with_hedge(money, hedge) if hedge else money
    return Amount(
        text=text[start:end],
        start=start,
        end=end,
        value=money.value,
        low=money.low,
        high=money.high,
        approximate=money.approximate,
        currency=money.currency,
    )


def _date(text: str, start: int, end: int, today: date | None) -> Date:
    told = parse_date(text[start:end], today)
    quote = {"text": text[start:end], "start": start, "end": end}
    return Date(**quote, iso=told.iso, precision=told.precision, basis=told.basis) if told else Date(**quote)


def _quantity(text: str, start: int, end: int) -> Quantity | None:
    measure = parse_quantity(text[start:end])
    if measure is None:
        return None
    return Quantity(text=text[start:end], start=start, end=end, value=measure.value, unit=measure.unit)
