"""Words of an article that tell an amount, a day or a measure, with their place and value.

Hard because what bounds an amount ("up to", "or more") stands outside of the words that are quoted.
"""

from __future__ import annotations

from datetime import date

from pipeline.normalise.dates import parse_date
from pipeline.normalise.money import hedge_after, hedge_before, parse_money, with_hedge
from pipeline.normalise.quantities import parse_quantity
from pipeline.record import Amount, Date, Quantity


def amount_at(text: str, start: int, end: int) -> Amount | None:
    """The amount that `text[start:end]` tells, as the words around it bound it; None where it tells none."""
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


def date_at(text: str, start: int, end: int, today: date | None, *, future: bool = False) -> Date:
    """The date that `text[start:end]` tells on the day `today`, the next one in the `future`; without value if none."""
    told = parse_date(text[start:end], today, future=future)
    quote = {"text": text[start:end], "start": start, "end": end}
    return Date(**quote, iso=told.iso, precision=told.precision, basis=told.basis) if told else Date(**quote)


def quantity_at(text: str, start: int, end: int) -> Quantity | None:
    """The measure that `text[start:end]` tells; None where it tells none."""
    measure = parse_quantity(text[start:end])
    if measure is None:
        return None
    return Quantity(text=text[start:end], start=start, end=end, value=measure.value, unit=measure.unit)
