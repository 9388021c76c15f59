"""Amounts, dates and measures of an article as values of a record, with their quotes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from pipeline.record import Amount, Date, Quantity
from pipeline.values.calendar.context import fiscal_owner, with_year
from pipeline.values.dates import parse_date
from pipeline.values.home import NOWHERE, Home, beside
from pipeline.values.money import Money, hedged, parse_money
from pipeline.values.numbers import parse_number
from pipeline.values.quantities import parse_quantity


def amount_at(text: str, start: int, end: int, home: Home = NOWHERE) -> Amount | None:
    """The amount at `text[start:end]`, with hedges around it applied; None where there is none."""
    money = parse_money(text[start:end], home, beside(text, start, end))
    return None if money is None else amount(text, start, end, hedged(money, text, start, end))


def shared_amount_at(text: str, start: int, end: int, before: Amount) -> Amount | None:
    """A number with the currency of the amount before it: "$300 million, of which the bank lends 100 million".

    None where the text is no number with a scale.
    """
    words = text[start:end]
    number = None if words[-1:].isdigit() else parse_number(words)
    if number is None:
        return None
    return amount(text, start, end, hedged(Money(number, currency=before.currency), text, start, end))


def amount(text: str, start: int, end: int, money: Money) -> Amount:
    """An amount with its quote."""
    return Amount(text=text[start:end], start=start, end=end, **asdict(money))


def date_at(
    text: str, start: int, end: int, today: date | None, home: Home = NOWHERE, *, future: bool | None = None
) -> Date:
    """The date at `text[start:end]` of an article of the day `today`; without a value where it cannot be known.

    `future`: see `parse_date`.
    """
    owner = fiscal_owner(text, start, end, home)
    found = parse_date(with_year(text, start, end), today, owner, future=future)
    return Date(text=text[start:end], start=start, end=end, **(asdict(found) if found else {}))


def quantity_at(text: str, start: int, end: int) -> Quantity | None:
    """The measure at `text[start:end]`; None where there is none."""
    measure = parse_quantity(text[start:end])
    return Quantity(text=text[start:end], start=start, end=end, **asdict(measure)) if measure else None
