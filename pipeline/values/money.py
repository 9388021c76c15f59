"""Amounts of money in a text: offsets, value, bounds and currency.

Hedges ("up to", "around", "or more") stand outside an amount and bound its value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pipeline.seeds import table
from pipeline.values.currencies import (
    NOWHERE,
    Home,
    beside,
    codes,
    currency_of,
    is_bare_dollar,
    is_cents,
    owners_of,
    signs,
)
from pipeline.values.money_forms import Parts, bounds, matches, scaled
from pipeline.values.numbers import any_case


@dataclass(frozen=True)
class Money:
    """`value` in units of `currency` (ISO 4217); of a range the lower end; None where the amount is vague.

    `low`, `high`: the bounds that a range or hedge gives; `approximate`: whether the text calls the value inexact.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    approximate: bool = False
    currency: str | None = None


def find_money(text: str) -> list[tuple[int, int]]:
    """Half-open character offsets of every amount with its currency, without hedges, in reading order."""
    return [match.span() for match in matches(text)]


def parse_money(text: str, home: Home = NOWHERE, sentence: str | None = None) -> Money | None:
    """The first amount of `text`, with hedges before and after it applied; None where there is none.

    `home` and the `sentence` that it comes from decide signs that several currencies share; without them Rs is PKR and
    $ is USD.
    """
    return next((money for _, money in read_money(text, home, sentence)), None)


def read_money(text: str, home: Home = NOWHERE, sentence: str | None = None) -> Iterator[tuple[tuple[int, int], Money]]:
    """The offsets of `find_money`, each with its amount."""
    for match in matches(text):
        around = sentence or beside(text, *match.span())
        yield match.span(), hedged(_read(scaled(match), home, around), text, *match.span())


def hedged(money: Money, text: str, start: int, end: int) -> Money:
    """The amount at `text[start:end]`, with the hedges before and after it applied.

    "up to $5m" has high 5e6; "over $5m" has low 5e6 and is approximate.
    """
    for hedge in filter(None, (_hedge_before(text, start), _hedge_after(text, end))):
        money = replace(money, approximate=money.approximate or not hedge["exact"])
        if money.value is not None and hedge["bound"] == "low":
            money = replace(money, low=money.value if money.low is None else money.low)
        elif money.value is not None and hedge["bound"] == "high":
            money = replace(money, high=money.value if money.high is None else money.high)
    return money


def _hedge_before(text: str, start: int) -> Any:
    """The hedge that ends where the amount starts: "up to" in "loans of up to $5m".

    None in "rolled over $5m", "talks over $5m", "under a $5m loan", where the word is no hedge.
    """
    before = text[max(0, start - 40) : start]
    match = _hedge("hedges").search(before)
    if match is None or (match["article"] and match["hedge"].lower() in table("money.yaml")["prepositions"]):
        return None
    return None if _taking(match["hedge"].lower()).search(before, 0, match.start()) else _meaning("hedges", match[1])


def _hedge_after(text: str, end: int) -> Any:
    """The hedge that follows the amount: "or more" in "loans of $5m or more"."""
    match = _hedge("hedges_after").match(text, end)
    return _meaning("hedges_after", match[1]) if match else None


def _meaning(place: str, words: str) -> Any:
    """The `bound` that the amount is, and whether it is `exact`."""
    return table("money.yaml")[place][" ".join(words.lower().split())]


def per_unit(text: str, end: int) -> str | None:
    """The unit that the amount ending at `end` is the price of: "tonne", "month", "unit" ("/unit"), "each".

    None for a total: "$4 million", "Rs5,00,000/-". In "$3 to $4 a kilo" both are prices.
    """
    between = re.search(r"\bbetween\b", text[max(0, end - 30) : end], re.IGNORECASE) is not None
    match = _rate(("to", "or", "and") if between else ("to", "or")).match(text, end)
    return None if match is None else next(group for group in match.groups() if group).lower().rstrip(".")


def is_price(text: str, end: int) -> bool:
    """Whether the amount ending at `end` is the price of one thing; an amount a year, or for each, is a sum."""
    unit = per_unit(text, end)
    return unit is not None and unit not in table("money.yaml")["rates"]["sums"]


def _read(parts: Parts, home: Home, sentence: str) -> Money:
    currency = _tail_currency(parts, home) or _currency(parts, home, sentence)
    if parts.get("start") is None:
        return Money(None, approximate=True, currency=currency)
    low, high = bounds(parts, " hundredth" if is_cents(parts["sign"] or "") else "")
    return Money(low, currency=currency) if high is None else Money(low, low, high, currency=currency)


def _currency(parts: Parts, home: Home, sentence: str) -> str | None:
    """That of the sign; an adjective before a symbol may be another nation's: "a Kenyan Rs5 billion order"."""
    sign, adjective = parts["sign"] or "", parts.get("adjective")
    if adjective is None and is_bare_dollar(sign):
        return "USD" if home.dollar != "USD" and home.is_foreign(sentence) else home.dollar
    found = currency_of(sign, home.countries, adjective) if adjective is not None else None
    plain = adjective is None or sign in signs().symbols
    return currency_of(sign, _countries(sign, home, sentence)) if found is None and plain else found


def _countries(sign: str, home: Home, sentence: str) -> tuple[str, ...]:
    """The article's countries; a country of a shared sign, if the sentence names only one, is put second or first."""
    owners = owners_of(sign)
    near = owners & home.named_in(sentence) if owners else owners
    if len(near) != 1:
        return home.countries
    first = home.countries[: 0 if sign in table("money.yaml")["lenders_signs"] else 1]
    return (*first, *near, *home.countries)


def _tail_currency(parts: Parts, home: Home) -> str | None:
    """The currency after the amount, where it is more exact than the sign: "$5 million Namibian dollars"."""
    tail, adjective = parts.get("tail"), parts.get("tail_adjective")
    exact = tail is not None and (adjective is not None or tail in codes())
    sign = parts["sign"] or ""
    shared = not sign[0:1].isalpha() or len(signs().symbols.get(sign, ())) > 1
    return currency_of(tail, home.countries, adjective) if tail is not None and exact and shared else None


@cache
def _hedge(place: str) -> re.Pattern[str]:
    hedges = any_case(table("money.yaml")[place])
    if place == "hedges":
        return re.compile(rf"(?<!\w)(?P<hedge>{hedges})\s*(?P<article>an?\s+)?$")
    return re.compile(rf"(?!\splus\s+[^\s.,;:)])[\s-]?({hedges})(?!\w)")  # not "$5m plus interest"


@cache
def _taking(hedge: str) -> re.Pattern[str]:
    """A word at the end with which the hedge forms a phrase: "rolled" of "rolled over"."""
    words = table("money.yaml")["taking"].get(hedge, [])
    return re.compile(rf"\b{any_case(words)}\s+$" if words else r"(?!)")


@cache
def _rate(joining: tuple[str, ...]) -> re.Pattern[str]:
    words = table("money.yaml")["rates"]
    units, alone = any_case(words["units"]), any_case(words["alone"])
    number = r"[^\s\d]{0,4}\s?\d[\d.,]*(?:\s?[a-z]{1,8}(?=\s?(?:/|per|an?)\b))?"
    other = rf"(?:\s?(?:-|\u2013|\b{any_case(joining)}\b)\s?{number})?"
    per = r"\s?/\s?([A-Za-z]+)|[\s-](?i:per)[\s-](?!cent\b)(\w[\w-]*)"
    return re.compile(rf"{other}(?:{per}|\s(?i:an?|every)\s({units})\b|\s({alone})(?!\w))")
