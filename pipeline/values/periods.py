"""Periods of the calendar and their ISO forms: days, weeks, months, fiscal years, ranges.

A period has its first and last day beside its grain, so that parts ("end of", "first half of") can be taken of any. The
dates of records (`2028`, `2025-06`, `2025-06-30`, `2025-07/2026-06`) are periods too.
"""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from pipeline.record import Precision
from pipeline.seeds import rows

Grain = Literal["day", "month", "year"]


@dataclass(frozen=True)
class Period:
    """First and last day, both included; `grain` is the unit in which the ends are written."""

    start: date
    end: date
    precision: Precision
    grain: Grain

    @property
    def iso(self) -> str:
        """`2028`, `2025-06`, `2025-06-30`, or two of them with a slash between."""
        width = {"year": 4, "month": 7, "day": 10}[self.grain]
        first, last = self.start.isoformat()[:width], self.end.isoformat()[:width]
        return first if first == last else f"{first}/{last}"


def day(start: date) -> Period:
    return Period(start, start, "day", "day")


def days(start: date, end: date, precision: Precision = "range") -> Period:
    return Period(start, end, precision, "day")


def week(of: date) -> Period:
    """The week, Monday to Sunday, of a day."""
    monday = of - timedelta(of.weekday())
    return days(monday, monday + timedelta(6), "week")


def month(year: int, number: int) -> Period:
    """`number` may lie outside of 1-12: month 0 of 2025 is December 2024."""
    return months(year, number, 1, "month")


def months(year: int, first: int, count: int, precision: Precision = "range") -> Period:
    return Period(_first_day(year, first), _first_day(year, first + count) - timedelta(1), precision, "month")


def year(number: int) -> Period:
    return years(number, number, "year")


def years(first: int, last: int, precision: Precision = "range") -> Period:
    return Period(date(first, 1, 1), date(last, 12, 31), precision, "year")


@cache
def _fiscal() -> dict[str, tuple[int, str]]:
    found = rows("fiscal_years.csv", "country", "first_month", "named_by")
    return {row["country"]: (int(row["first_month"]), row["named_by"]) for row in found}


def fiscal_start(country: str) -> int:
    """The first month of the fiscal year of a country (ISO 3166-1 alpha-3); January where it is not known."""
    return _fiscal().get(country, (1, "end"))[0]


def fiscal_year(first: int, country: str) -> Period:
    """The fiscal year that starts in the year `first`."""
    return months(first, fiscal_start(country), 12, "fiscal_year")


def fiscal_year_named(name: int, country: str) -> Period:
    """The fiscal year that a country names with one number: FY2026."""
    start, named_by = _fiscal().get(country, (1, "end"))
    return fiscal_year(name - 1 if named_by == "end" and start > 1 else name, country)


def fiscal_year_of(of: date, country: str) -> Period:
    """The fiscal year of a day."""
    return fiscal_year(of.year if of.month >= fiscal_start(country) else of.year - 1, country)


def end_of(period: Period) -> Period:
    """Its last day; of a year its last month, which is as precise as news is."""
    if period.grain == "year":
        return month(period.end.year, 12)
    return day(period.end)


def start_of(period: Period) -> Period:
    """Its first month (year) or first day; of a month the month."""
    if period.grain == "year":
        return month(period.start.year, 1)
    return period if period.precision == "month" else day(period.start)


def slice_of(period: Period, unit: str, first: int, count: int) -> Period | None:
    """`count` units (day, week, month) of a period: the second week of June, the last three months of 2025.

    `first`: the number of the first, from 0; -1: they are the last ones.
    """
    if unit == "month":
        start = period.end.month - count + 1 if first < 0 else period.start.month + first
        part = months(period.end.year if first < 0 else period.start.year, start, count)
    else:
        length = 7 if unit == "week" else 1
        start_day = (
            period.end - timedelta(count * length - 1) if first < 0 else period.start + timedelta(first * length)
        )
        end_day = start_day + timedelta(count * length - 1)
        part = days(start_day, end_day, "week" if unit == "week" and count == 1 else "range")
    return part if period.start <= part.start and part.end <= period.end else None


def part_of_year(period: Period, number: int, of: int) -> Period | None:
    """The half (`of` 2) or quarter (`of` 4) numbered from 1 of a year or fiscal year."""
    if period.precision not in ("year", "fiscal_year") or not 1 <= number <= of:
        return None
    part = months(period.start.year, period.start.month + (number - 1) * 12 // of, 12 // of)
    return replace(part, precision="quarter") if of == 4 else part


def _first_day(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def days_of(iso: str | None) -> tuple[date, date] | None:
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
    first, second = days_of(one), days_of(other)
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
