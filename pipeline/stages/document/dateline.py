"""The dateline of a wire story: where it was written, and on which day."""

from __future__ import annotations

import re
from functools import cache

from pipeline.values.calendar import words as w
from pipeline.values.day_of_writing import NAME, day_and_month
from pipeline.values.gazetteer.places import place_country

_PLACE = rf"{NAME}(?:[ ,/]{{1,2}}{NAME}){{0,5}}?"


def closes(text: str, offset: int, *, dated: bool = False) -> bool:
    """Whether the places that end at `offset` are followed by the end of a dateline: ":", ", 3 May 2025 -", " (AP) --".

    `dated`: only an end with a day counts.
    """
    found = _end().match(text, offset)
    return found is not None and (not dated or found["day"] is not None)


def agencies(text: str) -> list[tuple[int, int]]:
    """Start and end of the news agency in each dateline: "EFE" of "Madrid, 5 May (EFE).- ".

    A place that the gazetteer lacks needs a day, or "Road Agency (RA): " would count.
    """
    found = _signed().finditer(text)
    return [one.span("agency") for one in found if one["day"] or one["bracketed"] or place_country(one["place"])]


@cache
def _signed() -> re.Pattern[str]:
    day = rf"(?:,[ ]{{1,2}}{_day()}|[ ]\({_day('bracketed')}\))?"
    places = rf"(?P<place>{NAME}(?:[ ]{NAME}){{0,3}}?)(?:[,/][ ]?{_PLACE})?"
    agency = r"[ ]\((?P<agency>[A-Z][\w-]*(?:[ ][A-Z][\w-]*){0,3})\)"
    return re.compile(rf"^[ \t]*{places}{day}{agency}\.?[ ]?(?:[:\u2013\u2014]|--|-[ ])", re.MULTILINE)


@cache
def _end() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?:,[ ]{{1,2}}|[ ]?\(){_day()}\)?)?(?:[ ]?\([^()\n]{{1,40}}\))?[ ]?(?:[:\u2013\u2014]|--|-[ ])"
    )


def _day(name: str = "day") -> str:
    """A pattern for a day, as a named group."""
    return rf"(?P<{name}>{day_and_month()}(?:,?[ ]{w.YEAR})?)"
