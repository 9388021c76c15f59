"""Names of countries, their people and their places -> ISO 3166-1 alpha-3.

Hard because a name is many things at once: a capital is a place and a government, "Hyderabad" a city of two countries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipeline.gazetteer.country_codes import alpha3
from pipeline.seeds import rows, table
from pipeline.values.numbers import any_case

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})
_SHORT = 4  # names up to this length count only as they are capitalised: "US", not "us"


class _Index:
    """Names to codes, of namesakes the first; in another case than given only the longer names."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, list[str]] = {}
        self._folded: dict[str, list[str]] = {}
        for name, code in pairs:
            self._exact.setdefault(name, []).append(code)
            if len(name) > _SHORT:
                self._folded.setdefault(name.casefold(), []).append(code)
            if name != name.upper():
                self._exact.setdefault(name.upper(), []).append(code)

    def get(self, name: str, home: str | None = None) -> str | None:
        plain = _plain(name)
        codes = self._exact.get(plain) or self._folded.get(plain.casefold()) or []
        return home if home in codes else next(iter(codes), None)


def country_of(name: str) -> str | None:
    """The country that a name or short form means: "Pak", "U.S.", "the Netherlands"; None where it is none."""
    return _countries().get(name)


def capital_of(name: str) -> str | None:
    """The country whose capital it is, for "Islamabad" as a word for its government."""
    return _capitals().get(name)


def demonym(name: str) -> str | None:
    """The country of an adjective or of its people: "Chinese", "Pakistanis"; None for "Asian" too, which has many."""
    return _demonyms().get(name)


@lru_cache(maxsize=20_000)
def place_country(name: str, home: str | None = None) -> str | None:
    """The country that a geographic word points to: a city, a province, a country, a nationality; or None.

    Of places with one name that in `home` is meant, else the most populous; "Attock district" is read without the words
    around the name.
    """
    while True:
        found = country_of(name) or _places().get(name, home) or capital_of(name) or demonym(name)
        shorter = _shorter(name)
        if found is not None or shorter == name:
            return found or None
        name = shorter


@lru_cache(maxsize=1)
def name_by_country() -> dict[str, str]:
    """What each country is called in short: "Laos", "South Korea"."""
    return {row["alpha3"]: row["name"] for row in rows("countries.csv", "alpha3", "name")}


@lru_cache(maxsize=1)
def country_names() -> frozenset[str]:
    """Every name and short form of a country, as it is capitalised."""
    return frozenset(name for name, _ in _forms("name", "other_names"))


@lru_cache(maxsize=1)
def capital_names() -> frozenset[str]:
    """Every capital, as it is capitalised."""
    return frozenset(name for name, _ in _forms("capitals"))


@lru_cache(maxsize=1)
def demonyms() -> frozenset[str]:
    """Every adjective and noun of a nation, and of groups that no single country owns ("African", "Islamic")."""
    return frozenset(name for name, _ in _forms("demonyms")) | {row["name"] for row in rows("groups.csv", "name")}


@lru_cache(maxsize=1)
def place_names(population: int = 500_000) -> frozenset[str]:
    """Well-known regions, provinces, waters, capitals, and cities of at least `population` people."""
    listed = {row["name"] for row in rows("places.csv", "name", "kind")}
    cities = {row["name"] for row in rows("cities.csv", "name") if int(row["population"]) >= population}
    return frozenset(listed | cities) | capital_names()


def _forms(*columns: str) -> Iterator[tuple[str, str]]:
    for row in rows("countries.csv", "alpha3", "name"):
        for column in columns:
            for name in row[column].split("|"):
                if name:
                    yield _plain(name), row["alpha3"]


@lru_cache(maxsize=1)
def _countries() -> _Index:
    return _Index(_forms("name", "other_names"))


@lru_cache(maxsize=1)
def _capitals() -> _Index:
    return _Index(_forms("capitals"))


@lru_cache(maxsize=1)
def _demonyms() -> _Index:
    return _Index(_forms("demonyms"))


@lru_cache(maxsize=1)
def _places() -> _Index:
    """Places of `places.csv`, then cities, then provinces; one that no country owns alone has the empty code."""
    listed = [*rows("places.csv", "name", "kind"), *rows("cities.csv", "name", "country")]
    return _Index([*((_plain(row["name"]), row["country"]) for row in listed), *_provinces()])


def _provinces() -> Iterator[tuple[str, str]]:
    """The provinces whose names are theirs alone, with their countries."""
    known = table("place_words.yaml")
    unsure = {*known["words_too"], *known["unsure_provinces"]}
    for row in rows("subdivisions.csv", "code", "name"):
        for name in (row["name"], *filter(None, row["other_names"].split("|"))):
            if name not in unsure:
                yield _plain(name), alpha3(row["code"][:2])


def _plain(name: str) -> str:
    """One space, plain apostrophes, no article, no possessive."""
    text = " ".join(name.translate(_APOSTROPHES).split())
    text = text[4:] if text[:4].lower() == "the " else text
    return text.removesuffix("'s").removesuffix("'")


@lru_cache(maxsize=1)
def _around() -> re.Pattern[str]:
    words = table("place_words.yaml")
    return re.compile(rf"^{any_case(words['before'])}\s+(?=\S)|(?<=\S)\s+{any_case(words['after'])}$", re.IGNORECASE)


def _shorter(name: str) -> str:
    return _around().sub("", _plain(name), count=1).strip() or name
