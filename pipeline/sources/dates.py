"""The date of an article, as YYYY-MM-DD, from the ways in which files write it.

A date counts only if every reading of it gives the same day. Parsers would complete "April" to a day of this year and
take 04/05/2025 for one of two days.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from dateutil import parser  # type: ignore[import-untyped]

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=$|[T\s])")
_DAY_FIRST = re.compile(r"\d{1,2}([- ])[A-Za-z]{3,9}\1\d{4}(?=\s)")  # news agencies add text after it
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_FILLERS = (
    datetime(2000, 1, 1),
    datetime(2001, 2, 2),
)  # they differ in all parts: a missing one gives two dates
_LONGEST = 80  # characters; a written date is shorter


def iso_date(value: object) -> str | None:
    """`2025-03-07` from a date, a datetime (in its own time zone), or text in ISO form or words; else None."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        text = str(value).strip()
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists
        return None
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        if match := _YEAR_FIRST.match(text):
            return _year_first(match)
        written = _DAY_FIRST.match(text) if len(text) <= _LONGEST else None
        return _worded(written[0] if written else text)


def _year_first(match: re.Match[str]) -> str | None:
    """`2025/3/7 16:39`: the month always follows the year."""
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        return None


def _worded(text: str) -> str | None:
    """`5 April 2025`, `Fri, 07 Mar 2025 16:39:00 +0500`; None unless all readings agree; years have four digits."""
    if len(text) > _LONGEST or not _YEAR.search(text):
        return None
    readings = {_parse(text, filler, day_first) for filler in _FILLERS for day_first in (True, False)}
    return readings.pop() if len(readings) == 1 else None


def _parse(text: str, filler: datetime, day_first: bool) -> str | None:
    try:
        parsed: datetime = parser.parse(text, default=filler, dayfirst=day_first, ignoretz=True)
    except Exception:  # dateutil has errors of its own, and lets others through
        return None
    return parsed.date().isoformat()
