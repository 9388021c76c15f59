"""Currency symbols, words and codes -> ISO 4217, in the light of the article's country.

Half of the signs are shared ("Rs" by six countries, "pounds" by seven), so each sign knows all its owners.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.seeds import Row, rows, table

Owners = list[tuple[str, frozenset[str], bool]]  # code, countries, whether it is meant where the country is unknown


@dataclass(frozen=True)
class Signs:
    """What can stand for a currency.

    Words and adjectives are lower case; `capitals`: symbols as a headline in capitals has them.
    """

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
            for form, owner in _owned(row, column):
                owners = index.setdefault(form if column == "symbols" else form.lower(), [])
                owners += [owner] if owner not in owners else []  # not twice: "RMB", "Rmb"
        for adjective in _cell(row, "adjectives"):
            found.adjectives.setdefault(adjective.lower(), []).append(row["code"])
    for form, owners in found.symbols.items():
        if sum(map(str.isalpha, form)) > 1 and form.upper() not in found.symbols:
            known = found.capitals.setdefault(form.upper(), [])
            known += [owner for owner in owners if owner not in known]
    return found


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """The ISO 4217 codes that are read as such in text."""
    return frozenset(row["code"] for row in rows("currencies.csv", "code")) - set(table("money.yaml")["codes_not_read"])


@lru_cache(maxsize=1)
def needs_scale() -> frozenset[str]:
    """Words and codes after a number, lower case, that mean something else too."""
    return frozenset(word.lower() for word in table("money.yaml")["words_needing_scale"]) | doubtful_signs()


@lru_cache(maxsize=1)
def doubtful_signs() -> frozenset[str]:
    """Codes and symbols, lower case, that mean something else too, wherever they stand."""
    return frozenset(sign.lower() for sign in table("money.yaml")["codes_needing_scale"])


def is_cents(word: str) -> bool:
    """Whether the word names hundredths of a currency and no currency."""
    return word.lower() in signs().cents and word.lower() not in signs().words


@lru_cache(maxsize=1)
def dollars() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The dollars beside the American one: code -> its adjectives, and its symbols and code."""
    return {
        row["code"]: (tuple(_cell(row, "adjectives")), (*_cell(row, "symbols"), row["code"]))
        for row in rows("currencies.csv", "code")
        if "dollars" in _cell(row, "words")
    }


def is_bare_dollar(sign: str) -> bool:
    """Whether a sign is any dollar's: "$", "dollars", "dlrs", not "US$"."""
    return sign.lower() in table("money.yaml")["bare_dollars"]


@lru_cache(maxsize=4096)
def currency_of(sign: str, countries: tuple[str, ...] = (), adjective: str | None = None) -> str | None:
    """The ISO 4217 code of a symbol, word or code; None where several currencies share it and nothing decides.

    `countries`: ISO 3166-1 alpha-3 of those that the article speaks of, of which the first that has such a currency
    decides; `adjective`: "Egyptian" of "Egyptian pounds".
    """
    known = signs()
    if sign.removesuffix("$") in codes():
        return sign.removesuffix("$")
    owners = known.symbols.get(sign) or known.capitals.get(sign) or known.words.get(sign.lower())
    owners = owners or known.cents.get(sign.lower()) or []
    if adjective is not None:
        return _first(code for code, _, _ in owners if code in known.adjectives.get(adjective.lower(), ()))
    return _first(code for country in countries for code, own, _ in owners if country in own) or _default(owners)


@cache
def owners_of(sign: str) -> frozenset[str]:
    """ISO 3166-1 alpha-3 of the countries that share a symbol or word; none where it is one currency's alone."""
    known = signs()
    owners = known.symbols.get(sign) or known.capitals.get(sign) or known.words.get(sign.lower()) or []
    return frozenset[str]().union(*(own for _, own, _ in owners)) if len(owners) > 1 else frozenset()


def _default(owners: Owners) -> str | None:
    meant = _first(code for code, _, primary in owners if primary)
    return meant or (owners[0][0] if len(owners) == 1 else None)


def _first(found: Iterator[str]) -> str | None:
    return next(found, None)


def _owned(row: Row, column: str) -> Iterator[tuple[str, tuple[str, frozenset[str], bool]]]:
    countries = frozenset(_cell(row, "countries"))
    for form in _cell(row, column):
        yield form.rstrip("*"), (row["code"], countries, form.endswith("*"))


def _cell(row: Row, column: str) -> list[str]:
    return [form for form in row[column].split("|") if form]
