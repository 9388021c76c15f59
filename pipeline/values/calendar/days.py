"""The first and last day of a date in a record (`2028`, `2025-06`, `2025-06-30`, `2025-07/2026-06`)."""

from __future__ import annotations

import calendar
from datetime import date


def days(iso: str | None) -> tuple[date, date] | None:
    """First and last day, both included; None where there is no date or no such day."""
    if iso is None:
        return None
    first, _, last = iso.partition("/")
    try:
        return _parts(first)[0], _parts(last or first)[1]
    except ValueError:
        return None


def exclusive(one: str, other: str) -> bool:
    """Whether two dates are as fine as each other and exclude each other: two days, two months, no day and a year."""
    first, second = days(one), days(other)
    if first is None or second is None or len(one) != len(other):
        return False
    return first[1] < second[0] or second[1] < first[0]


def _parts(iso: str) -> tuple[date, date]:
    """First and last day of a year, month or day. Raises ValueError."""
    year, month, day = (*map(int, iso.split("-")), 0, 0)[:3]
    start = date(year, month or 1, day or 1)
    if day:
        return start, start
    return start, date(year, month or 12, calendar.monthrange(year, month or 12)[1])
