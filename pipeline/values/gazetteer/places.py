"""Names of countries, capitals, nationalities, places and provinces -> codes of ISO 3166."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from pipeline.seeds import rows, split, table
from pipeline.values.gazetteer.names import APOSTROPHES, key
from pipeline.values.numbers import any_case

_SHORT = 4  # letters up to which a name counts only as it is capitalised: "US", not "us"


class _Index:
    """Codes by name, for an ambiguous name the first; longer names in any case."""

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
    """The country of a name or short form: "Pak", "U.S.", "the Netherlands"; None for any other name."""
    return _index("name", "other_names").get(name)


def capital_of(name: str) -> str | None:
    """The country of a capital, which may stand for its government: "Islamabad"."""
    return _index("capitals").get(name)


def demonym(name: str) -> str | None:
    """The country of an adjective or of its people: "Chinese", "Pakistanis"; None for "Asian" too, which has many."""
    return _index("demonyms").get(name)


@lru_cache(maxsize=20_000)
def place_country(name: str, home: str | None = None) -> str | None:
    """The country of a city, province, country or nationality, or None.

    Of places with one name the one in `home` is meant, else the most populous. Words around the name are skipped:
    "Attock district".
    """
    while True:
        found = country_of(name) or _places().get(name, home) or capital_of(name) or demonym(name)
        shorter = _shorter(name)
        if found is not None or shorter == name:
            return found or None
        name = shorter


@lru_cache(maxsize=1)
def name_by_country() -> dict[str, str]:
    """The short name of each country: "Laos", "South Korea"."""
    return {row["alpha3"]: row["name"] for row in rows("countries.csv", "alpha3", "name")}


@lru_cache(maxsize=1)
def country_names() -> frozenset[str]:
    """Every name and short form of a country, capitalised."""
    return frozenset(name for name, _ in _forms("name", "other_names"))


@lru_cache(maxsize=1)
def demonyms() -> frozenset[str]:
    """Every adjective and noun of a nation or of a group of nations ("African", "Islamic")."""
    return frozenset(name for name, _ in _forms("demonyms")) | {row["name"] for row in rows("groups.csv", "name")}


@lru_cache(maxsize=1)
def place_names(population: int = 500_000) -> frozenset[str]:
    """Well-known regions, provinces, waters, capitals, and cities of at least `population` people."""
    listed = {row["name"] for row in rows("places.csv", "name", "kind")}
    cities = {row["name"] for row in rows("cities.csv", "name") if int(row["population"]) >= population}
    return frozenset(listed | cities | {name for name, _ in _forms("capitals")})


def _forms(*columns: str) -> Iterator[tuple[str, str]]:
    for row in rows("countries.csv", "alpha3", "name"):
        for column in columns:
            yield from ((_plain(name), row["alpha3"]) for name in split(row[column]))


@cache
def _index(*columns: str) -> _Index:
    return _Index(_forms(*columns))


@lru_cache(maxsize=1)
def _places() -> _Index:
    """Places of `places.csv`, then cities, then provinces; a place of several countries has the empty code."""
    listed = [*rows("places.csv", "name", "kind"), *rows("cities.csv", "name", "country")]
    return _Index([*((_plain(row["name"]), row["country"]) for row in listed), *_provinces()])


def _provinces() -> Iterator[tuple[str, str]]:
    """The provinces with unambiguous names, with their countries."""
    known = table("place_words.yaml")
    unsure = {*known["words_too"], *known["unsure_provinces"]}
    for row in rows("subdivisions.csv", "code", "name"):
        for name in (row["name"], *split(row["other_names"])):
            if name not in unsure:
                yield _plain(name), alpha3(row["code"][:2])


def _plain(name: str) -> str:
    """One space, plain apostrophes, no article, no possessive."""
    text = " ".join(name.translate(APOSTROPHES).split())
    text = text[4:] if text[:4].lower() == "the " else text
    return text.removesuffix("'s").removesuffix("'")


@lru_cache(maxsize=1)
def _around() -> re.Pattern[str]:
    words = table("place_words.yaml")
    return re.compile(rf"^{any_case(words['before'])}\s+(?=\S)|(?<=\S)\s+{any_case(words['after'])}$", re.IGNORECASE)


def _shorter(name: str) -> str:
    return _around().sub("", _plain(name), count=1).strip() or name


def alpha2(code: str) -> str | None:
    """The alpha-2 code of an alpha-3 code; None where `seeds/country_codes.csv` lacks it."""
    return _country_codes()[0].get(code)


def alpha3(code: str) -> str:
    """The alpha-3 code of an alpha-2 code. Raises KeyError where `seeds/country_codes.csv` lacks it."""
    return _country_codes()[1][code]


@lru_cache(maxsize=1)
def _country_codes() -> tuple[dict[str, str], dict[str, str]]:
    """Alpha-2 by alpha-3, and the other way round."""
    two = {row["alpha3"]: row["alpha2"] for row in rows("country_codes.csv", "alpha3", "alpha2")}
    return two, {short: long for long, short in two.items()}


_KIND = re.compile(r"\s+(?:province|state|division|region|county|governorate|oblast|autonomous region)$")


def subdivision_of(name: str, country: str | None = None) -> str | None:
    """The ISO 3166-2 code of a province or state; None for any other name, or for several without `country`.

    `country`: ISO 3166-1 alpha-2, with which the code begins.
    """
    plain = key(name)
    found = _subdivisions().get(plain) or _subdivisions().get(_KIND.sub("", plain)) or []
    within = [code for code in found if code.startswith(f"{country}-")] if country else found
    home = place_country(name) if len(within) == 1 and country is None else None
    is_elsewhere = home is not None and alpha2(home) != within[0][:2]  # a place of another country has the name too
    return within[0] if len(within) == 1 and not is_elsewhere else None


@lru_cache(maxsize=1)
def _subdivisions() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows("subdivisions.csv", "code", "name"):
        for name in (row["name"], *split(row["other_names"])):
            found.setdefault(key(name), []).append(row["code"])
    return found
