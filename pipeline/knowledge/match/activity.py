"""An activity of a file that a user gives, and what the codes and names in it mean to Corridor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from pipeline.knowledge.decisions import Scheme
from pipeline.knowledge.name_forms import country_in
from pipeline.knowledge.row_models import Sum
from pipeline.record import Instrument
from pipeline.seeds import rows, split, table
from pipeline.values.gazetteer.country_codes import alpha2, alpha3
from pipeline.values.gazetteer.places import country_of, place_country

_FEW = 2  # countries that a description without one of its own may name
_TITLE = 200  # characters of a title
_SIGNS = ".,;:()"


@dataclass(frozen=True, slots=True)
class Activity:
    """`id`: as in the file; `titles`: the main one first; `countries`: ISO 3166-1 alpha-3 of those that receive.

    `years`: first and last year that it names; `sectors`: codes of `seeds/sectors.csv`; `funders`, `parties`: names of
    those who pay, and of those who receive or carry out.
    """

    id: str
    scheme: Scheme
    source: str
    titles: tuple[str, ...]
    description: str = ""
    countries: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    amounts: tuple[Sum, ...] = ()
    funders: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    sectors: frozenset[str] = frozenset()
    instruments: frozenset[Instrument] = field(default=frozenset())

    @property
    def title(self) -> str:
        return self.titles[0]


@lru_cache(maxsize=20_000)
def country(text: str) -> str | None:
    """The alpha-3 code of a code or name of a country: "KEN", "KE", "Republic of Kenya"; None for any other text."""
    text = text.strip()
    if text.isascii() and text.isalpha() and len(text) == 3 and alpha2(text.upper()):
        return text.upper()
    if text.isascii() and text.isalpha() and len(text) == 2:
        try:
            return alpha3(text.upper())
        except KeyError:
            return None
    return country_of(text) or country_in(text) or place_country(text)


def countries_in(title: str, description: str) -> frozenset[str]:
    """The country of the places in a title, else the countries that a description names; none where they are many."""
    inside = country_in(title[:_TITLE])
    if inside:
        return frozenset({inside})
    words = description.replace("'s", "").split()
    spans = (" ".join(words[at : at + n]).strip(_SIGNS) for at in range(len(words)) for n in (1, 2, 3))
    found = {code for span in spans if span[:1].isupper() and (code := country_of(span))}
    return frozenset(found if len(found) <= _FEW else ())


@lru_cache(maxsize=20_000)
def sectors(text: str) -> frozenset[str]:
    """The sector codes of a CRS code of two to five digits, or of a name that AidData or the World Bank gives one."""
    text = text.strip()
    if text.replace(".", "").isdigit():
        digits = text.partition(".")[0]
        return _crs().get(digits) or _crs().get(digits[:3]) or frozenset()
    return _names().get(text.casefold(), frozenset())


@cache
def _crs() -> dict[str, frozenset[str]]:
    found = {row["crs"]: frozenset(split(row["codes"])) for row in rows("sectors_crs.csv", "crs")}
    groups: dict[str, set[str]] = {}
    for row in rows("sectors.csv", "code", "group"):
        groups.setdefault(row["group"], set()).add(row["code"])
        found.setdefault(row["code"], frozenset({row["code"]}))
    return {group: frozenset(codes) for group, codes in groups.items()} | found


@cache
def _names() -> dict[str, frozenset[str]]:
    found = {row["name"].casefold(): frozenset(split(row["codes"])) for row in rows("sectors_worldbank.csv", "name")}
    return found | {row["label"].casefold(): frozenset({row["code"]}) for row in rows("sectors.csv", "code", "label")}


@lru_cache(maxsize=5_000)
def instruments(text: str) -> frozenset[Instrument]:
    """What a flow or finance type may be: "Loan (excluding debt rescheduling)", "421"; none where it is not known."""
    known, plain = table("match.yaml")["instruments"], text.strip().casefold()
    return frozenset(name for name, words in known.items() if any(_says(plain, word.casefold()) for word in words))


def _says(text: str, word: str) -> bool:
    return text == word if word.isdigit() else word in text.partition("(")[0]


def years_of(found: Iterable[int]) -> tuple[int, int] | None:
    """The first and the last of years that can be true."""
    some = [year for year in found if 1945 <= year <= 2100]
    return (min(some), max(some)) if some else None
