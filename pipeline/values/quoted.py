"""Amounts, dates and measures of an article as values of a record, with their quotes.

The words beside a calendar expression decide its year, or the country of its fiscal year.
"""

import re
from dataclasses import asdict
from datetime import date
from functools import cache

from pipeline.record import Amount, Date, Quantity
from pipeline.values import date_parts as w
from pipeline.values.currencies import NOWHERE, Home, beside
from pipeline.values.dates import parse_date
from pipeline.values.money import Money, hedged, parse_money
from pipeline.values.numbers import any_case, parse_number, parse_quantity


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


_REACH = 80  # characters before or after an expression
_FISCAL = re.compile(r"(?i:fiscal|financial)|FY")
_NAME_BEFORE = re.compile(r"([A-Z][\w.'\u2019-]*(?:\s(?:of\s)?[A-Z][\w.'\u2019-]*){0,3})\s+$")
_PAIR = re.compile(rf"{w.YEAR}\s?(?:{w.DASH}|/)\s?\d\d(?:\d\d)?")


def with_year(text: str, start: int, end: int) -> str:
    """The words of `text[start:end]`; a month or day without a year gets that of the last one in its list or range.

    "January" of "from January to April 2025" is "January 2025", "November" of "November to February 2025" that of 2024.
    """
    words, behind = text[start:end], _rest_of_range().match(text, end, end + _REACH)
    own = _without_year().fullmatch(words)
    if own is None or behind is None:
        return words
    later = w.month_of(own["month"]) > w.month_of(behind["month"])
    if behind["year"] is None:
        return words if later else f"{words} {behind['related']}"
    return f"{words} {int(behind['year']) - later}"


def fiscal_owner(text: str, start: int, end: int, home: Home) -> str:
    """The country whose fiscal year an expression means.

    It is the one named right before it ("Japan's fiscal 2026"), or the only one in a sentence that begins with its
    government or central bank, else the article's own. "" for the years of an event ("2009-2010 pandemic").
    """
    before = text[max(0, start - _REACH) : start]
    if _PAIR.fullmatch(text, start, end) and (_event().match(text, end, end + _REACH) or _event_of().search(before)):
        return ""
    if not _FISCAL.search(text, start, end):
        return home.fiscal
    sentence = beside(text, start, end)
    near, body = _NAME_BEFORE.search(before), _body().match(sentence)
    named = home.named_in(near[1]) if near else frozenset()
    named = named or (home.named_in(sentence) if body and home.named_in(body[0]) else named)
    return next(iter(named)) if len(named) == 1 else home.fiscal


def _day_of_month() -> str:
    return rf"(?:(?:{w.DAY})\s+(?:of\s+)?)?(?P<month>{w.month()})(?:\s+{w.DAY})?"


@cache
def _without_year() -> re.Pattern[str]:
    return re.compile(rf"(?:(?i:early|mid|late)[\s-]+)?{_day_of_month()}")


@cache
def _rest_of_range() -> re.Pattern[str]:
    """The rest of a list or range of months or days: "to April 2025", ", May and June last year"."""
    listed = rf"(?:,\s*{w.month()}(?:\s+{w.DAY})?)*,?"
    link = rf"(?:\s*{w.DASH}\s*|\s+(?:to|and|or|until|till|through)\s+)"
    part = r"(?:(?i:early|mid|late)[\s-]+|(?:the\s+)?end\s+of\s+)?"
    year = rf"(?:,?\s+(?:of\s+)?(?P<year>{w.YEAR})(?!\d)|\s+(?:of\s+)?(?P<related>{w.relation()}\s+(?i:year)\b))"
    return re.compile(rf"{listed}{link}{part}{_day_of_month()}{year}")


@cache
def _event() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:[\w-]+\s+){{0,2}}?{any_case(w.wordlist('events'))}(?!\w)")


@cache
def _event_of() -> re.Pattern[str]:
    return re.compile(rf"\b{any_case(w.wordlist('events'))}\s+(?:of|in)\s+$")


@cache
def _body() -> re.Pattern[str]:
    """The start of a sentence with the government or central bank of a country."""
    return re.compile(rf"(?:The\s)?[A-Z](?:[\w.'\u2019-]+\s){{1,5}}?{any_case(w.wordlist('state_bodies'))}\b")
