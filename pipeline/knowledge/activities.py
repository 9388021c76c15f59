"""An activity of a list, and what the codes and names in lists mean to Corridor."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from pipeline.errors import ArticleError
from pipeline.knowledge.folder import Scheme, Sum
from pipeline.knowledge.names import country_in
from pipeline.record import Instrument
from pipeline.seeds import rows, split, table
from pipeline.values.gazetteer.places import alpha2, alpha3, country_of, place_country

_DESCRIPTION = 1_500  # characters of a description that are read
_TITLE = 200  # characters of a title in which a country is sought
_FEW = 2  # countries that a description without one of its own may name
_PARTS = re.compile(r"[|;,]")
_CODES = re.compile(r"[|;]|(?<=\d)[,\s]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a list knows of an activity, or the news of a project or commitment; empty where it is not known.

    `names`: the main one first; `countries`: ISO 3166-1 alpha-3 of those that receive; `years`: the first and last that
    it names; `funders`, `parties`: names of those who pay, and of those who receive or carry out; `sectors`: codes of
    `seeds/sectors.csv`.
    """

    id: str
    names: tuple[str, ...]
    countries: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    amounts: tuple[Sum, ...] = ()
    funders: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    sectors: frozenset[str] = frozenset()
    instruments: frozenset[Instrument] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Facts):
    """An activity of a list; `id`: as in the file; `source`: the place in the file."""

    scheme: Scheme
    source: str
    description: str = ""

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Facts):
    """A project or commitment; `name` is shown, `names` are none of a commitment without a project.

    `quotes`: sentences about it; `funder_countries`: of who pays; `projects`: lasting ids of a commitment's projects.
    Its countries are those of its projects, else of who receives.
    """

    what: Literal["project", "commitment"]
    name: str
    quotes: tuple[str, ...] = ()
    funder_countries: frozenset[str] = frozenset()
    projects: tuple[str, ...] = ()


class NoActivity(ArticleError):
    """A row without an id or title, as lists have many."""


def activity(
    texts: Mapping[str, Sequence[str]], amounts: Iterable[Sum], scheme: Scheme, place: str
) -> Activity | ArticleError:
    """The activity of what a list says, by field of `seeds/match.yaml`; NoActivity where it has no id or no title."""
    if not texts["id"] or not texts["title"]:
        return NoActivity(place, f"has no {'title' if texts['id'] else 'id'}")
    description = " ".join(texts["description"])[:_DESCRIPTION]
    return Activity(
        id=texts["id"][0],
        scheme=scheme,
        source=place,
        names=tuple(dict.fromkeys(texts["title"])),
        description=description,
        countries=_each(texts["country"], _country, _PARTS) or _countries_in(texts["title"][0], description),
        years=years_of(year for text in texts["year"] for year in map(int, _YEAR.findall(text))),
        amounts=tuple(amounts),
        funders=tuple(dict.fromkeys(texts["funder"])),
        parties=tuple(dict.fromkeys(texts["party"])),
        sectors=_each(texts["sector"], _codes, _CODES),
        instruments=frozenset().union(*map(_instruments, texts["instrument"])),
    )


def _each(texts: Iterable[str], codes: Callable[[str], frozenset[str]], between: re.Pattern[str]) -> frozenset[str]:
    """The codes of each text, or of its parts where the whole has none."""
    found = (codes(text) or frozenset().union(*map(codes, between.split(text)[:50])) for text in texts)
    return frozenset().union(*found)


@lru_cache(maxsize=20_000)
def _country(text: str) -> frozenset[str]:
    """The alpha-3 code of a code or name of a country: "KEN", "KE", "Republic of Kenya"; none for any other text."""
    text = text.strip()
    code = text.upper() if text.isascii() and text.isalpha() else ""
    if len(code) == 3 and alpha2(code):
        return frozenset({code})
    if len(code) == 2:
        with suppress(KeyError):
            return frozenset({alpha3(code)})
    found = None if len(code) == 2 else country_of(text) or country_in(text) or place_country(text)
    return frozenset({found} if found else ())


def _countries_in(title: str, description: str) -> frozenset[str]:
    """The country of the places in a title, else the countries that a description names; none where they are many."""
    inside = country_in(title[:_TITLE])
    if inside:
        return frozenset({inside})
    words = description.replace("'s", "").split()
    spans = (" ".join(words[at : at + n]).strip(".,;:()") for at in range(len(words)) for n in (1, 2, 3))
    found = {code for span in spans if span[:1].isupper() and (code := country_of(span))}
    return frozenset(found if len(found) <= _FEW else ())


@lru_cache(maxsize=20_000)
def _codes(text: str) -> frozenset[str]:
    """The sector codes of a CRS code of two to five digits, or of a name that AidData or the World Bank gives one."""
    text = text.strip()
    if text.replace(".", "").isdigit():
        digits = text.partition(".")[0]
        return _crs().get(digits) or _crs().get(digits[:3]) or frozenset()
    return _sector_names().get(text.casefold(), frozenset())


@cache
def _crs() -> dict[str, frozenset[str]]:
    found = {row["crs"]: frozenset(split(row["codes"])) for row in rows("sectors_crs.csv", "crs")}
    groups: dict[str, set[str]] = {}
    for row in rows("sectors.csv", "code", "group"):
        groups.setdefault(row["group"], set()).add(row["code"])
        found.setdefault(row["code"], frozenset({row["code"]}))
    return {group: frozenset(codes) for group, codes in groups.items()} | found


@cache
def _sector_names() -> dict[str, frozenset[str]]:
    found = {row["name"].casefold(): frozenset(split(row["codes"])) for row in rows("sectors_worldbank.csv", "name")}
    return found | {row["label"].casefold(): frozenset({row["code"]}) for row in rows("sectors.csv", "code", "label")}


@lru_cache(maxsize=5_000)
def _instruments(text: str) -> frozenset[Instrument]:
    """What a flow or finance type may be: "Loan (excluding debt rescheduling)", "421"; none where it is not known."""
    plain = text.strip().casefold()
    bare = plain.partition("(")[0]
    known = table("match.yaml")["instruments"].items()
    return frozenset(
        name
        for name, words in known
        if any(word == plain if word.isdigit() else word in bare for word in map(str.casefold, words))
    )


def years_of(found: Iterable[int]) -> tuple[int, int] | None:
    """The first and the last of years that can be true."""
    some = [year for year in found if 1945 <= year <= 2100]
    return (min(some), max(some)) if some else None


def number(cell: Any) -> float | None:
    """The positive number of a cell: 2e9, "2,000,000,000", "2000000000.00"; None for anything else."""
    if isinstance(cell, str):
        text = cell.strip()
        cell = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) and value > 0 else None
