"""The home countries of an article, which decide what it means by "Rs", "$" and "FY26".

Most news names several countries: the dateline and the publisher count more than a mention. A bare dollar is American
wherever an agency writes from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from urllib.parse import urlsplit

from pipeline.gazetteer.country_codes import alpha2
from pipeline.gazetteer.institutions import institution_countries
from pipeline.gazetteer.names import key
from pipeline.gazetteer.places import country_names, demonyms, place_country, place_names
from pipeline.seeds import rows
from pipeline.values.calendar.periods import fiscal_start
from pipeline.values.currencies import dollars
from pipeline.values.home import Home
from pipeline.values.numbers import any_case

_STRONG = 5  # mentions that equal a dateline, an outlet or an address
_LONGEST = 3  # words of the longest name
_RUN = re.compile(r"[A-Z][\w.'\u2019-]*(?:\s(?:of\s)?[A-Z][\w.'\u2019-]*)*")
_DATELINE = re.compile(r"\s*([A-Z][\w .,/'-]{1,40}?)\s*(?:\(|:|\u2014|\u2013|--|\s-\s)")
_NOTE = re.compile(r"\b(?i:figures|amounts|prices|sums|values)\b[^.]{0,60}\bin\s")
_AMERICAN = re.compile(r"\bUSD?\s?\$|\bU\.S\.\s?\$|\bUSD\b|\b(?:US|U\.S\.|American)\sdollars?\b")


@lru_cache(maxsize=2)
def home_of(text: str, source: str | None = None, url: str | None = None) -> Home:
    """The home of an article; `source`: the name of its outlet, `url`: its address."""
    votes = Counter(_named(text))
    dateline = _DATELINE.match(text)
    strong = [*(_named(dateline[1]) if dateline else ()), institution_countries().get(key(source or "")), _domain(url)]
    votes.update({country: _STRONG * count for country, count in Counter(filter(None, strong)).items()})
    countries = tuple(sorted(votes, key=lambda country: (-votes[country], country != "PAK", country)))
    return Home(countries, _dollar(text, countries), _fiscal(countries, votes), named_in)


def named_in(text: str) -> frozenset[str]:
    """The countries whose places, nations, nationalities and bodies a sentence names."""
    return frozenset([*_named(text), *_bodies(text)])


def _bodies(text: str) -> Iterator[str]:
    for words in _runs(text):
        for at in range(len(words)):
            tries = (
                institution_countries().get(key(" ".join(words[at : at + length]))) for length in range(_LONGEST, 0, -1)
            )
            yield from [country for country in tries if country][:1]


def _fiscal(countries: tuple[str, ...], votes: Mapping[str, int]) -> str:
    """The country whose fiscal year applies.

    Of the countries with at least half the votes of the first: one whose fiscal year is not the calendar year, else
    the first.
    """
    likely = [country for country in countries if 2 * votes[country] >= votes[countries[0]]]
    return next((country for country in likely if fiscal_start(country) > 1), next(iter(likely), Home.fiscal))


def _named(text: str) -> Iterator[str]:
    """The country of every place, nation and nationality, once for each occurrence."""
    for words in _runs(text.replace("US$", "$")):
        at = 0
        while at < len(words):
            found, at = _longest(words, at)
            if found:
                yield found


def _runs(text: str) -> Iterator[list[str]]:
    """The words of each run of capitalised words, without marks and possessives."""
    for run in _RUN.findall(text):
        yield [word.strip(".,'\u2019") for word in run.replace("\u2019s", "").replace("'s", "").split()]


def _longest(words: list[str], at: int) -> tuple[str | None, int]:
    """The country of the longest name that begins at a word, and the index to go on from."""
    for end in range(min(len(words), at + _LONGEST), at, -1):
        found = _places().get(" ".join(words[at:end]))
        if found:
            return found, end
    return None, at + 1


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    found = {name: place_country(name) for name in country_names() | demonyms() | place_names()}
    countries = {name: country for name, country in found.items() if country}
    return countries | {name.upper(): country for name, country in countries.items() if len(name) > _LONGEST}


def _domain(url: str | None) -> str | None:
    """The country of an address, by its top-level domain: ".pk"."""
    return _countries().get((urlsplit(url or "").hostname or "").rpartition(".")[2])


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    codes = {row["alpha3"] for row in rows("country_codes.csv", "alpha3", "alpha2")}
    return {(alpha2(code) or "").lower(): code for code in codes} | {"uk": "GBR"}


def _dollar(text: str, countries: tuple[str, ...]) -> str:
    """The currency of a bare "$" or "dollars": American, unless the article says otherwise or must mean its own.

    It must where it marks American dollars ("US$") and never writes the sign of its own.
    """
    has_note = _NOTE.search(text) is not None
    for code, (names, signs) in dollars().items():
        if has_note and _note(names).search(text):
            return code
        own = code in _currencies_of(countries[:1]) and _AMERICAN.search(text)
        if own and not any(sign in text for sign in signs):
            return code
    return "USD"


@cache
def _note(names: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for a note such as "All figures are in Canadian dollars"."""
    return re.compile(rf"{_NOTE.pattern}{any_case(names)}\sdollars\b")


@cache
def _currencies_of(countries: tuple[str, ...]) -> frozenset[str]:
    owners = ((row["code"], set(row["countries"].split("|"))) for row in rows("currencies.csv", "code"))
    return frozenset(code for code, of in owners if of & set(countries))
