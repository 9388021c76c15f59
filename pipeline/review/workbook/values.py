"""Cells as text, and amounts and dates as the text that a cell shows and a person types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.publish.cells import LONGEST
from pipeline.record import Amount, Date
from pipeline.review.edits.fields import Iso
from pipeline.review.workbook.columns import SEPARATOR
from pipeline.values.currencies import NOWHERE, Home
from pipeline.values.money import Money, parse_money

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_SCALES = ((10**12, " trillion"), (10**9, " billion"), (10**6, " million"))
_DIGITS = 3  # after the point, before a scale


def plain(text: str) -> str:
    """The text as a cell shows it: one space between words, no characters that Excel cannot hold."""
    return " ".join(_CONTROL.sub(" ", text).split())[:LONGEST]


def joined(values: Iterable[str]) -> str:
    """Several values in one cell."""
    return plain(f"{SEPARATOR} ".join(plain(value).replace(SEPARATOR, ",") for value in values))


def parts(text: str) -> list[str]:
    """The values of a cell; a line end separates them too."""
    found = (plain(part) for part in re.split(rf"[{SEPARATOR}\n]", text))
    return [part for part in found if part]


def amount_text(amount: Amount) -> str:
    """`USD 2 billion`, `up to EUR 5 million`; the words of the article where no such text has the same value."""
    if amount.value is None or amount.currency is None:
        return joined([amount.text])
    forms = [form for form in _forms(amount, amount.currency) if _reads(form, amount)]
    return forms[0] if forms else joined([amount.text])


def money_of(text: str, home: Home = NOWHERE) -> Money | None:
    """The amount that someone typed; None where it is none or has no value."""
    money = parse_money(text, home)
    return money if money and money.value is not None else None


def date_text(date: Date) -> str:
    """`2028`, `2025-06-30`; the words of the article where the day is not known."""
    return date.iso or joined([date.text])


def is_iso(text: str) -> bool:
    """Whether the text is a date as records write it: `2028`, `2025-06`, `2025-06-30`, `2025-07/2026-06`."""
    try:
        _iso().validate_python(text)
    except ValidationError:
        return False
    return True


@cache
def _iso() -> TypeAdapter[Any]:
    return TypeAdapter(Iso)


def _forms(amount: Amount, currency: str) -> Iterable[str]:
    value = f"{currency} {_number(amount.value or 0)}"
    if amount.low is not None and amount.high is not None:
        yield f"{currency} {_number(amount.low)} to {_number(amount.high)}"
    elif amount.high is not None:
        yield f"up to {value}"
    elif amount.low is not None:
        yield f"at least {value}"
    elif amount.approximate:
        yield f"about {value}"
    yield value


def _reads(text: str, amount: Amount) -> bool:
    money = parse_money(text)
    return money is not None and (money.value, money.currency) == (amount.value, amount.currency)


def _number(value: float) -> str:
    """`2 billion`, `1.25 million`, `1,234,567.89`."""
    number = Decimal(repr(value))
    for scale, word in _SCALES:
        scaled = number / scale
        if scaled >= 1 and scaled == round(scaled, _DIGITS):
            return f"{scaled.normalize():f}{word}"
    return f"{number.normalize():,f}"
