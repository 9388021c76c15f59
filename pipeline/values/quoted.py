"""Words of an article that tell an amount, a day or a measure, with their place and value.

Hard because what bounds an amount ("up to", "or more") stands outside of the words that are quoted.
"""

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
    """The amount that `text[start:end]` tells, as the words around it bound it; None where it tells none."""
    money = parse_money(text[start:end], home, beside(text, start, end))
    return None if money is None else amount(text, start, end, hedged(money, text, start, end))


def shared_amount_at(text: str, start: int, end: int, before: Amount) -> Amount | None:
    """A number that has the currency of the amount before it: "$300 million, of which the bank lends 100 million".

    None where the words are no number, or one without a scale.
    """
    words = text[start:end]
    number = None if words[-1:].isdigit() else parse_number(words)
    if number is None:
        return None
    return amount(text, start, end, hedged(Money(number, currency=before.currency), text, start, end))


def amount(text: str, start: int, end: int, money: Money) -> Amount:
    """An amount with its words."""
    return Amount(text=text[start:end], start=start, end=end, **asdict(money))


def date_at(
    text: str, start: int, end: int, today: date | None, home: Home = NOWHERE, *, future: bool | None = None
) -> Date:
    """The date that `text[start:end]` tells on the day `today`; without value if none.

    `home`: where the article is at home; `future`: the next one, False: the last.
    """
    owner = fiscal_owner(text, start, end, home)
    told = parse_date(with_year(text, start, end), today, owner, future=future)
    quote = {"text": text[start:end], "start": start, "end": end}
    return Date(**quote, iso=told.iso, precision=told.precision, basis=told.basis) if told else Date(**quote)


def quantity_at(text: str, start: int, end: int) -> Quantity | None:
    """The measure that `text[start:end]` tells; None where it tells none."""
    measure = parse_quantity(text[start:end])
    if measure is None:
        return None
    return Quantity(text=text[start:end], start=start, end=end, value=measure.value, unit=measure.unit)
