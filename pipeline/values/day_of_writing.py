"""The day on which a text says that it was written: in its dateline, or on a line of its own near its beginning."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from pipeline.values.calendar import words as w
from pipeline.values.dates import parse_date

_LINES = 1_000  # characters in which a line with the day stands: below the title, the summary and the byline
_START = 500  # characters in which the dateline begins: below the title and the summary
NAME = r"[A-Z][\w.\u2019'-]*"  # a word of the name of a place
_PLACES = rf"{NAME}(?:(?:[ ,/]{{1,2}}|[ ]of[ ]){NAME}){{0,5}}?"


def day_of_line(text: str) -> date | None:
    """The day of a line that holds only a weekday and a date with its year: "Wed, March 5, 2025".

    A line whose weekday is not that of its date does not count.
    """
    found = (_day(line) for line in _line().finditer(text, 0, _LINES))
    return next((day for day in found if day), None)


def day_of_dateline(text: str) -> date | None:
    """The day of a dateline, if it has a year: "NAIROBI, Kenya, March 3, 2025 /Lake Newswire/ --"."""
    found = (_day(dateline) for dateline in _dateline().finditer(text, 0, _START))
    return next((day for day in found if day), None)


def day_and_month() -> str:
    """A pattern for a day without its year: "3 May", "Sept. 12"."""
    return rf"(?:{w.month()}[ ]{{1,2}}{w.DAY}|{w.DAY}[ ]{{1,2}}{w.month()})"


def _day(match: re.Match[str]) -> date | None:
    """The day; None where the calendar has no such day or it is another weekday."""
    found = parse_date(match["day"], None)
    if found is None or found.precision != "day" or found.iso is None:
        return None
    day = date.fromisoformat(found.iso)
    stated = match["weekday"]
    return day if stated is None or day.weekday() == w.weekday_numbers()[stated.lower().rstrip(".")] else None


def _dated(*, weekday: str) -> str:
    """A pattern for a day with its year, and a weekday before it; `weekday`: "" or "?"."""
    before = rf"(?:(?P<weekday>{w.weekday(short=True)}),?[ ]{{1,2}}){weekday}"
    return rf"{before}(?P<day>{day_and_month()},?[ ]{w.YEAR})"


@cache
def _line() -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*{_dated(weekday='')}[ \t\r]*$", re.MULTILINE)


@cache
def _dateline() -> re.Pattern[str]:
    agency = r"(?:[ ]?(?:\([^()\n]{1,40}\)|/[^/\n]{2,40}/)\.?)?"
    end = r"[ ]?(?:[:\u2013\u2014]|--|-[ ])"
    before = r"(?:,[ ]{1,2}|,?[ ]\()"
    return re.compile(rf"^[ \t]*{_PLACES}{before}{_dated(weekday='?')}\)?{agency}{end}", re.MULTILINE)
