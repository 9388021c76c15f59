"""Currency symbols, words and codes -> ISO 4217; exchange rates; the home country of an article.

Half of the signs are shared ("Rs" by six countries, "pounds" by seven), so each sign has all its currencies. The home
country decides shared signs, bare dollars and fiscal years.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from math import isfinite

from pipeline.seeds import rows, split, table

_REACH = 250  # characters of a sentence on either side of an amount
_END = re.compile(r"[.!?][\"'\u201d\u2019)]?\s+(?=[\"'\u201c\u2018(]?[A-Z])|\n")


@dataclass(frozen=True)
class Home:
    """`countries`: ISO 3166-1 alpha-3, the likeliest first; `dollar`: the currency of a bare dollar sign.

    `fiscal`: the country whose fiscal years the article means; `named_in`: gives the countries that a sentence names;
    `is_foreign`: whether a sentence is about the money of others, whose bare dollar is American.
    """

    countries: tuple[str, ...] = ()
    dollar: str = "USD"
    fiscal: str = "PAK"
    named_in: Callable[[str], frozenset[str]] = lambda _: frozenset[str]()
    is_foreign: Callable[[str], bool] = lambda _: False


NOWHERE = Home()


def beside(text: str, start: int, end: int) -> str:
    """The sentence around `text[start:end]`, at most 250 characters on either side."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    first = max((match.end() for match in _END.finditer(before)), default=0)
    last = _END.search(after)
    return before[first:] + text[start:end] + (after[: last.start()] if last else after)


Owners = list[tuple[str, frozenset[str], bool]]  # code, countries, whether it is a sign's default


@dataclass(frozen=True)
class Signs:
    """All signs of currencies. Words and adjectives: in lower case; `capitals`: symbols in a headline in capitals."""

    symbols: dict[str, Owners]
    capitals: dict[str, Owners]
    words: dict[str, Owners]
    cents: dict[str, Owners]
    adjectives: dict[str, list[str]]


@lru_cache(maxsize=1)
def signs() -> Signs:
    """All signs of `seeds/currencies.csv`."""
    found = Signs({}, {}, {}, {}, {})
    for row in rows("currencies.csv", "code"):
        for column, index in (("symbols", found.symbols), ("words", found.words), ("cents", found.cents)):
            for form in split(row[column]):
                owner = (row["code"], frozenset(split(row["countries"])), form.endswith("*"))  # which marks a default
                sign = form.rstrip("*")
                owners = index.setdefault(sign if column == "symbols" else sign.lower(), [])
                owners += [owner] if owner not in owners else []  # not twice: "RMB", "Rmb"
        for adjective in split(row["adjectives"]):
            found.adjectives.setdefault(adjective.lower(), []).append(row["code"])
    for form, owners in found.symbols.items():
        if sum(map(str.isalpha, form)) > 1 and form.upper() not in found.symbols:
            known = found.capitals.setdefault(form.upper(), [])
            known += [owner for owner in owners if owner not in known]
    return found


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """The ISO 4217 codes that are recognised in text."""
    return frozenset(row["code"] for row in rows("currencies.csv", "code")) - set(table("money.yaml")["codes_not_read"])


@lru_cache(maxsize=1)
def needs_scale() -> frozenset[str]:
    """Words and codes, in lower case, that are money after a number only with a scale ("3 won" is not)."""
    return frozenset(word.lower() for word in table("money.yaml")["words_needing_scale"]) | doubtful_signs()


@lru_cache(maxsize=1)
def doubtful_signs() -> frozenset[str]:
    """Codes and symbols, in lower case, that mean something else too."""
    return frozenset(sign.lower() for sign in table("money.yaml")["codes_needing_scale"])


@lru_cache(maxsize=1)
def dollars() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The dollars other than the American: code -> its adjectives, and its symbols and code."""
    return {
        row["code"]: (tuple(split(row["adjectives"])), (*split(row["symbols"]), row["code"]))
        for row in rows("currencies.csv", "code")
        if "dollars" in split(row["words"])
    }


@lru_cache(maxsize=4096)
def currency_of(sign: str, countries: tuple[str, ...] = (), adjective: str | None = None) -> str | None:
    """The ISO 4217 code of a symbol, word or code; None where several currencies share it and nothing decides.

    `countries`: of the article (ISO 3166-1 alpha-3), of which the first with such a currency decides; `adjective`:
    "Egyptian" of "Egyptian pounds".
    """
    if sign.removesuffix("$") in codes():
        return sign.removesuffix("$")
    owners = _owners(sign) or signs().cents.get(sign.lower(), [])
    if adjective is not None:
        named = signs().adjectives.get(adjective.lower(), ())
        return next((code for code, _, _ in owners if code in named), None)
    near = [code for country in countries for code, own, _ in owners if country in own]
    default = [code for code, _, is_default in owners if is_default or len(owners) == 1]
    return next(iter([*near, *default]), None)


def _owners(sign: str) -> Owners:
    """The currencies of a symbol or word."""
    known = signs()
    return known.symbols.get(sign) or known.capitals.get(sign) or known.words.get(sign.lower()) or []


@cache
def owners_of(sign: str) -> frozenset[str]:
    """The countries (ISO 3166-1 alpha-3) that share a symbol or word; none where it has one currency."""
    owners = _owners(sign)
    return frozenset[str]().union(*(own for _, own, _ in owners)) if len(owners) > 1 else frozenset()


@lru_cache(maxsize=256)
def country_with(code: str | None) -> str | None:
    """The country (ISO 3166-1 alpha-3) whose currency it is; None where several share it, or none does."""
    owners = {
        country for row in rows("currencies.csv", "code") if row["code"] == code for country in split(row["countries"])
    }
    return owners.pop() if len(owners) == 1 else None


def usd(value: float, currency: str, year: int) -> float | None:
    """An amount in US dollars, at the average official rate of the year in `seeds/exchange_rates.csv`.

    None where no rate was published (another year's is never used), or the result is no finite number.
    """
    rate = per_usd(currency, year)
    return None if rate is None or not isfinite(value / rate) else value / rate


def per_usd(currency: str, year: int) -> float | None:
    """Units of a currency for one US dollar, average of the year; None where no rate was published."""
    return 1.0 if currency == "USD" else _rates().get((currency, year))


@lru_cache(maxsize=1)
def _rates() -> dict[tuple[str, int], float]:
    found = rows("exchange_rates.csv", "currency", "year", "per_usd", "source")
    return {(row["currency"], int(row["year"])): float(row["per_usd"]) for row in found}
