"""The home countries of an article, which decide what it means by "Rs", "$" and "FY26".

Most news names several countries: the dateline and the publisher count more than a mention. A bare dollar is American
wherever an agency writes from, and that of an outlet's own country where the outlet writes of its own country's money.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache, partial
from urllib.parse import urlsplit

from pipeline.seeds import rows, split, table
from pipeline.values.currencies import Home, dollars
from pipeline.values.gazetteer.institutions import institution, institution_countries, institutions, unspaced_names
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import alpha2, country_names, demonyms, place_country, place_names
from pipeline.values.numbers import any_case
from pipeline.values.periods import fiscal_start

_STRONG = 5  # mentions that equal a dateline, an outlet or an address
_LONGEST = 3  # words of the longest name
_LONGEST_BODY = 6  # words of the longest body that lends
_RUN = re.compile(r"[A-Z][\w.'\u2019-]*(?:\s(?:of\s)?[A-Z][\w.'\u2019-]*)*")
_DATELINE = re.compile(r"\s*([A-Z][\w .,/'-]{1,40}?)\s*(?:\(|:|\u2014|\u2013|--|\s-\s)")
_NOTE = re.compile(r"\b(?i:figures|amounts|prices|sums|values)\b[^.]{0,60}\bin\s")
_AMERICAN = re.compile(r"\bUSD?\s?\$|\bU\.S\.\s?\$|\bUSD\b|\b(?:US|U\.S\.|American)\sdollars?\b")


@lru_cache(maxsize=2)
def home_of(text: str, source: str | None = None, url: str | None = None) -> Home:
    """The home of an article; `source`: the name of its outlet, `url`: its address."""
    votes = Counter(_named(text))
    dateline = _DATELINE.match(text)
    outlet = outlet_country(source, url)
    strong = [*(_named(dateline[1]) if dateline else ()), outlet]
    votes.update({country: _STRONG * count for country, count in Counter(filter(None, strong)).items()})
    countries = tuple(sorted(votes, key=lambda country: (-votes[country], country != "PAK", country)))
    by_agency = outlet is None and (dateline is not None or is_world_outlet(source))
    dollar = _dollar(text, countries[:1], outlet, likely=() if by_agency else _leading(votes))
    is_said = _NOTE.search(text) or _AMERICAN.search(text)  # a bare dollar is always the same one
    is_foreign = Home.is_foreign if is_said else partial(_is_foreign, _owners(dollar))
    return Home(countries, dollar, _fiscal(countries, votes), named_in, is_foreign)


def outlet_country(source: str | None, url: str | None = None) -> str | None:
    """The country of an outlet: of its name ("bangkokpost.com"), of its address, else of the only place in its name.

    None for an outlet of the world, as an agency is.
    """
    if is_world_outlet(source):
        return None
    known = institution(_names(source)) if source else None
    named = set(_named((source or "").replace("English", "")))
    return (
        (known["country"] if known else None)
        or _domain(url)
        or _domain(f"//{source}")
        or (named.pop() if len(named) == 1 else None)
    )


def is_world_outlet(source: str | None) -> bool:
    """Whether an outlet writes for all the world, as agencies do."""
    known = institution(_names(source)) if source else None
    return known is not None and known["name"] in table("references.yaml")["world_outlets"]


def _names(source: str) -> list[str]:
    """The name of an outlet, and the names that its web address spells."""
    labels = source.lower().split("/")[0].split(".")[:-1]
    known = (unspaced_names().get(label) or unspaced_names().get(label.removeprefix("the")) for label in labels)
    return [source, *filter(None, known)]


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
    """The country of an address, by its top-level domain: ".pk"; None for one that is none."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    return _countries().get(host.rpartition(".")[2])


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    codes = {row["alpha3"] for row in rows("country_codes.csv", "alpha3", "alpha2")}
    return {(alpha2(code) or "").lower(): code for code in codes} | {"uk": "GBR"}


def _dollar(text: str, first: tuple[str, ...], outlet: str | None, likely: tuple[str, ...]) -> str:
    """The currency of a bare "$" or "dollars": American, unless the article says or must mean another.

    It means that of its home (`first`) where it marks American dollars ("US$"), that of its outlet where it names the
    outlet's country, and without a known outlet that of a `likely` country that gives abroad; in each case only if the
    article never writes the sign of that dollar ("A$").
    """
    has_note, marks_american = _NOTE.search(text) is not None, _AMERICAN.search(text) is not None
    of_outlet = (
        {outlet} & set(_named(text)) if outlet else set(likely) & set(table("references.yaml")["provider_countries"])
    )
    for code, (names, signs) in dollars().items():
        if has_note and _note(names).search(text):
            return code
        is_local = code in table("money.yaml")["written_bare"] and _owners(code) & of_outlet
        own = _owners(code) & set(first) if marks_american else is_local
        if own and not any(sign in text for sign in signs):
            return code
    return "USD"


def _leading(votes: Mapping[str, int]) -> tuple[str, ...]:
    """The country with most votes, if no other has as many."""
    most = max(votes.values(), default=0)
    leading = tuple(country for country, count in votes.items() if count == most)
    return leading if len(leading) == 1 else ()


def _is_foreign(own: frozenset[str], sentence: str) -> bool:
    """Whether a sentence names one who lends or gives abroad but not the country (`own`) whose dollar an article means.

    It need not name a country that gives itself: Australian money for the World Bank is in Australian dollars.
    """
    named = named_in(sentence)
    givers = frozenset(table("references.yaml")["provider_countries"])
    if named & own & givers:
        return False
    spans = (
        words[at:end]
        for words in _runs(sentence)
        for at in range(len(words))
        for end in range(at + 1, min(len(words), at + _LONGEST_BODY) + 1)
    )
    rows = (institutions().get(key(" ".join(span))) for span in spans)
    return bool(named & givers) or any(row is not None and row["kind"] == "multilateral" for row in rows)


@cache
def _note(names: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for a note such as "All figures are in Canadian dollars"."""
    return re.compile(rf"{_NOTE.pattern}{any_case(names)}\sdollars\b")


@cache
def _owners(code: str) -> frozenset[str]:
    """The countries (ISO 3166-1 alpha-3) whose currency it is."""
    found = (set(split(row["countries"])) for row in rows("currencies.csv", "code") if row["code"] == code)
    return frozenset[str]().union(*found)
