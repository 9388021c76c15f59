"""The parts of calendar expressions: their words as pieces of regular expressions, and the reader of each form.

A reader makes a period, or None, of the parts of a match and the day of the article. Capitals distinguish months from
verbs ("may", "march"), so each piece itself says where case is ignored.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from pipeline.seeds import table
from pipeline.values import periods as p
from pipeline.values.numbers import alternatives, any_case, ordinals, parse_number, words
from pipeline.values.periods import Period

DASH = "[-\u2013\u2014\u2212\x96]"
YEAR = r"(?:1[89]|20)\d\d"
DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|ST|ND|RD|TH)?(?!\d|[.,:]\d(?!\d{3}))"
_WHOLE = ("May", "June", "July")  # short names that are no abbreviations


def lexicon(name: str) -> dict[str, Any]:
    """A part of `seeds/dates.yaml` that maps words to values, by lower-case word."""
    return {word.lower(): value for word, value in table("dates.yaml")[name].items()}


def value_of(name: str, words: str) -> Any:
    """The value of some words in a part of `seeds/dates.yaml`."""
    return lexicon(name)[" ".join(words.lower().split())]


def wordlist(name: str) -> list[str]:
    """The words of a part of `seeds/dates.yaml`."""
    return list(table("dates.yaml")[name])


@cache
def month_numbers() -> dict[str, int]:
    """Month names and abbreviations, lower case, without the dot."""
    return lexicon("months")


@cache
def weekday_numbers() -> dict[str, int]:
    """Monday is 0; lower case, abbreviations in."""
    return lexicon("weekdays") | lexicon("weekday_abbreviations")


def month() -> str:
    """Capitalised month names, abbreviations with or without a dot."""
    names = wordlist("months")
    full, short = ([name for name in names if (len(name) > 4 or name in _WHOLE) is whole] for whole in (True, False))
    forms = [rf"{alternatives([*some, *(name.upper() for name in some)])}\b" for some in (full, short)]
    return rf"(?:{forms[0]}|{forms[1]}\.?)"


def weekday(*, short: bool = False) -> str:
    """Capitalised weekdays; `short`: abbreviations too."""
    names = [*wordlist("weekdays"), *(wordlist("weekday_abbreviations") if short else ())]
    return rf"(?:{alternatives([*names, *(name.upper() for name in names)])}\b{'[.]?' if short else ''})"


def relation() -> str:
    return rf"(?:{any_case(wordlist('relations'))}\b)"


def unit() -> str:
    return rf"(?:{any_case(wordlist('units'))}[sS]?\b)"


def count() -> str:
    """A number in digits or words, or two joined by "or"/"to", or a vague one."""
    exact = rf"(?:\d{{1,3}}|{any_case(words())})"
    return rf"(?:{exact}(?:\s+(?:or|to)\s+{exact})?|{any_case(wordlist('vague_numbers'))})"


def ordinal() -> str:
    return rf"(?:{any_case(ordinals())}|(?:1st|2nd|3rd|4th|5th))"


def opener() -> str:
    """A digit or the first word of any calendar expression, a quick search before the many forms are tried."""
    names = ("months", "weekdays", "weekday_abbreviations", "relations", "days", "holidays", "vague_numbers", "openers")
    known = [*words(), *ordinals(), *(word for name in names for word in wordlist(name))]
    first = {re.split(r"\W", word.lower())[0] for word in known}
    return rf"(?:\d|FY|{any_case(first)}(?![^\W\d]))"


def month_of(text: str) -> int:
    return month_numbers()[text.lower().rstrip(".")]


def day_of(text: str) -> int:
    return int(text.rstrip("sthndrSTHNDR"))


def ordinal_of(text: str, last: int = 0) -> int:
    """`last`: the number of "last", "final", "latter"."""
    return int(text[0]) if text[0].isdigit() else ordinals().get(text.lower(), last)


def count_of(text: str) -> int | None:
    """None for "few", "two or three"."""
    number = parse_number(text)
    return int(number) if number is not None and number == int(number) else None


def unit_of(text: str) -> str:
    return text.lower().rstrip("s")


Parts = dict[str, str]  # the named groups of a form that took part in the match

_LAST_CENTURY = 70  # from here on two digits are a year of the last century
_FAR = timedelta(270)  # farther ahead, news does not write a day without its year
_BIKRAM, _BIKRAM_YEARS = 57, range(2070, 2100)  # the calendar of Nepal: its 2082 begins in April 2025
EFY = 7  # the fiscal year that Ethiopia calls 2018 begins in July 2025
_SLIP = timedelta(7)  # by which an article's date may be too early


@dataclass(frozen=True)
class Anchor:
    """The context of an expression; `future`: whether the sentence is about the future (True) or the past (False)."""

    article: date | None
    country: str
    future: bool | None

    @property
    def today(self) -> date:
        """The article's date. Raises LookupError where it is unknown."""
        if self.article is None:
            raise LookupError("the article has no date")
        return self.article


Reader = Callable[[Parts, Anchor], Period | None]


def read_full_day(parts: Parts, anchor: Anchor) -> Period:
    number, day = month_of(parts["month"]), day_of(parts["day"])
    year = _stated_year(parts, anchor)
    return p.day(date(year, number, day) if year else _nearest(number, day, anchor))


def _nearest(month: int, day: int, anchor: Anchor) -> date:
    """A day without a year: the next one (`future`, unless far ahead), the last one (past), else the nearest."""
    today = anchor.today
    years = (today.year - 1, today.year, today.year + 1)
    found = [date(year, month, day) for year in years if day <= p.month(year, month).end.day]
    if anchor.future:
        return min(found, key=lambda each: (not today <= each <= today + _FAR, abs(each - today)))
    if anchor.future is False:
        found = [each for each in found if not is_ahead(each, anchor)]
    return min(found, key=lambda each: abs(each - today))


def is_ahead(day: date, anchor: Anchor) -> bool:
    """Whether a day is too late for a past event."""
    return day > anchor.today + _SLIP


def _stated_year(parts: Parts, anchor: Anchor) -> int | None:
    if "year" in parts:
        return _in_full(int(parts["year"]))
    if "year_relation" in parts:
        step = value_of("relations", parts["year_relation"])
        return anchor.today.year + step if isinstance(step, int) else None
    return None


def read_numbers(parts: Parts, anchor: Anchor) -> Period:
    """30/06/2026: the day first, in the United States the month; the other way round where only that can be."""
    day, month = int(parts["first"]), int(parts["second"])
    if month > 12 or (anchor.country == "USA" and day <= 12):
        day, month = month, day
    return p.day(date(_in_full(int(parts["year"])), month, day))


def read_day_of_month(parts: Parts, anchor: Anchor) -> Period | None:
    """ "the 25th of this month"."""
    month = read_related_unit(parts, anchor)
    return None if month is None else p.day(month.start.replace(day=day_of(parts["day"])))


def read_month_range(parts: Parts, anchor: Anchor) -> Period | None:
    """ "June-August 2026", "July 2024-June 2025": a single year is that of the last month."""
    year_of_last = {"year": parts["last"]} if "last" in parts else {}
    last = read_month({**parts, "month": parts["last_month"], **year_of_last}, anchor)
    if last is None:
        return None
    year, first = last.start.year, month_of(parts["month"])
    year = int(parts["year"]) if "last" in parts else year - (first > last.start.month)
    length = (last.start.year - year) * 12 + last.start.month - first + 1
    return p.months(year, first, length) if length > 0 else None


def read_fiscal_months(parts: Parts, anchor: Anchor) -> Period | None:
    """ "July-March FY25": the months in the order of the fiscal year."""
    year = read_named_fiscal_year(parts, anchor)
    if year is None:
        return None
    first, last = ((month_of(parts[name]) - year.start.month) % 12 for name in ("month", "last_month"))
    return p.months(year.start.year, year.start.month + first, last - first + 1) if last >= first else None


def read_day_range(parts: Parts, anchor: Anchor) -> Period:
    first = read_full_day(parts, anchor).start
    month = month_of(parts["last_month"]) if "last_month" in parts else first.month
    last = date(first.year, month, day_of(parts["last"]))
    return p.days(first, last if last >= first else last.replace(year=last.year + 1))


def read_month(parts: Parts, anchor: Anchor) -> Period | None:
    """ "this August" is that of the year, even if it has passed."""
    number, year = month_of(parts["month"]), _stated_year(parts, anchor)
    if year is not None:
        return p.month(year, number)
    ahead = (number - anchor.today.month) % 12
    if "relation" in parts:
        step = value_of("relations", parts["relation"])
        away = ahead - 12 if step == -1 else ahead or (12 if step == 1 else 0)  # before this month, or after it
        return p.month(anchor.today.year, number if step == 0 else anchor.today.month + away)
    found = p.month(anchor.today.year, anchor.today.month + ahead)
    over = anchor.future is False and is_ahead(found.start, anchor)
    if (anchor.future or ahead <= 4) and not over:
        return found
    return p.month(anchor.today.year, anchor.today.month + ahead - 12)


def read_year_pair(parts: Parts, anchor: Anchor) -> Period | None:
    """ "2025-26" is a fiscal year where fiscal years are not calendar years, else two years; "2025-06" is a month."""
    first, last = _in_full(int(parts["year"])), int(parts["last"])
    if 1 <= last <= min(12, first % 100):
        return p.month(first, last)
    last = last if last > 99 else first - first % 100 + last + (100 if last < first % 100 else 0)
    if last == first + 1 and p.fiscal_start(anchor.country) > 1:
        return p.fiscal_year(first - (_BIKRAM if _is_bikram(first, anchor) else 0), anchor.country)
    return p.years(first, last) if last > first else None


def _is_bikram(year: int, anchor: Anchor) -> bool:
    return anchor.country == "NPL" and year in _BIKRAM_YEARS


def read_bikram_pair(parts: Parts, anchor: Anchor) -> Period | None:
    """ "2082/083", as Nepal alone writes it."""
    first, last = int(parts["year"]), int(parts["last"])
    return p.fiscal_year(first - _BIKRAM, "NPL") if first in _BIKRAM_YEARS and last == first % 100 + 1 else None


def read_named_fiscal_year(parts: Parts, anchor: Anchor) -> Period | None:
    """None for one number of Nepal's calendar, which may be the first or the last year."""
    year = _in_full(int(parts["year"]))
    return None if _is_bikram(year, anchor) else p.fiscal_year_named(year, anchor.country)


def _in_full(year: int) -> int:
    """A year of two digits: 98 is 1998, 26 is 2026."""
    return year if year > 99 else year + (1900 if year >= _LAST_CENTURY else 2000)


def read_related_fiscal_year(parts: Parts, anchor: Anchor) -> Period:
    step, today = value_of("relations", parts["relation"]), anchor.today
    current = p.fiscal_year_of(today, anchor.country)
    young = (today - current.start).days < 92
    if step == "new":
        step = 0 if young else 1
    elif step == "outgoing":
        step = -1 if young else 0
    return p.fiscal_year(current.start.year + int(step), anchor.country)


def read_weekday(parts: Parts, anchor: Anchor) -> Period:
    today, number = anchor.today, weekday_numbers()[parts["weekday"].lower().rstrip(".")]
    ahead = (number - today.weekday()) % 7
    step = value_of("relations", parts["relation"]) if "relation" in parts else None
    if step in (1, 0):
        return p.day(today + timedelta(ahead or (7 if step == 1 else 0)))
    if ahead == 0:
        return p.day(today - timedelta(7 if step == -1 else 0))
    return p.day(today + timedelta(ahead if anchor.future and step is None else ahead - 7))


def read_weekday_of_week(parts: Parts, anchor: Anchor) -> Period | None:
    """ "Monday next week"."""
    week, number = read_related_unit(parts, anchor), weekday_numbers()[parts["weekday"].lower()]
    return None if week is None else p.day(week.start + timedelta(number))


def read_related_unit(parts: Parts, anchor: Anchor) -> Period | None:
    """One unit away: "last month". None for several ("coming days") and for "past year", "same day"."""
    step, unit = value_of("relations", parts["relation"]), parts["unit"].lower()
    if unit.endswith("s") or parts["relation"].lower() in ("past", "same"):
        return None
    if step == "outgoing" and unit == "year":
        return read_related_fiscal_year(parts, anchor)
    step = {"new": 1, "outgoing": 0}.get(str(step), step)
    return _unit_at(unit, int(step), anchor)


def _unit_at(unit: str, step: int, anchor: Anchor) -> Period | None:
    """The unit `step` units away from the article's: month, -1 is last month."""
    today = anchor.today
    quarter = (today.month - 1) // 3 * 3 + 1
    saturday = p.week(today).start + timedelta(5 - (7 if step < 0 else 0))  # of "this weekend" the next one
    readings: dict[str, Callable[[], Period]] = {
        "day": lambda: p.day(today + timedelta(step)),
        "week": lambda: p.week(today + timedelta(7 * step)),
        "fortnight": lambda: p.week(today + timedelta(14 * step)),
        "weekend": lambda: p.days(saturday, saturday + timedelta(1), "week"),
        "month": lambda: p.month(today.year, today.month + step),
        "quarter": lambda: p.months(today.year, quarter + 3 * step, 3, "quarter"),
        "year": lambda: p.year(today.year + step),
        "decade": lambda: p.years(today.year // 10 * 10 + 10 * step, today.year // 10 * 10 + 10 * step + 9),
        "century": lambda: p.years(today.year // 100 * 100 + 100 * step, today.year // 100 * 100 + 100 * step + 99),
    }
    return readings[unit]() if unit in readings else None


def read_span(parts: Parts, anchor: Anchor) -> Period | None:
    """ "next two years": from now to two years on; of quarters the whole ones. None for "next few days"."""
    number, step = count_of(parts["count"]), value_of("relations", parts["relation"])
    if number is None or step not in (-1, 1):
        return None
    near = step if unit_of(parts["unit"]) == "quarter" else 0
    here, there = _moved(near, parts, anchor), _moved(number * step, parts, anchor)
    if here is None or there is None:
        return None
    first, last = sorted((here, there), key=lambda each: each.start)
    return Period(first.start, last.end, "range", here.grain)


def _moved(steps: int, parts: Parts, anchor: Anchor) -> Period | None:
    unit = unit_of(parts["unit"])
    if unit in ("week", "fortnight"):
        return p.day(anchor.today + timedelta(steps * (7 if unit == "week" else 14)))
    if unit == "decade":
        return p.year(anchor.today.year + 10 * steps)
    return _unit_at(unit, steps, anchor)


def read_ago(parts: Parts, anchor: Anchor) -> Period | None:
    """ "two years ago" is a year, "three weeks ago" a day; None for "few months ago"."""
    direction = 1 if parts["direction"].lower() in ("from now", "hence") else -1
    number = 2 if "couple" in parts["count"].lower() else count_of(parts["count"])
    return None if number is None else _moved(direction * number, parts, anchor)


def read_quarter(parts: Parts, anchor: Anchor) -> Period | None:
    """Without a year, the next such quarter (future) or the last one."""
    number, year = ordinal_of(parts["ordinal"]), _stated_year(parts, anchor)
    found = p.part_of_year(p.year(year or anchor.today.year), number, 4)
    if year is not None or found is None:
        return found
    over, begun = found.end < anchor.today, found.start <= anchor.today
    step = int(bool(anchor.future) and over) - int(not anchor.future and not begun)
    return p.part_of_year(p.year(anchor.today.year + step), number, 4)


def read_season(parts: Parts, anchor: Anchor) -> Period:
    """ "last summer" is the latest one that has ended; a winter spans two years."""
    step, last = value_of("relations", parts["relation"]), value_of("seasons", parts["season"])
    if step != -1:
        return p.year(anchor.today.year + (step if isinstance(step, int) else 0))
    year = anchor.today.year - (anchor.today.month <= last)
    return p.years(year - (last < 3), year, "range" if last < 3 else "year")


def read_holiday(parts: Parts, anchor: Anchor) -> Period | None:
    fixed = value_of("holidays", parts["name"])
    if fixed is None:
        return None
    month, day = (int(number) for number in fixed.split("-"))
    year = _stated_year(parts, anchor)
    return p.day(date(year, month, day) if year else _nearest(month, day, anchor))


def read_stated_year(parts: Parts, anchor: Anchor) -> Period | None:
    """The year of what gives no more: "2028", "spring of 2026", "same period last year"."""
    year = _stated_year(parts, anchor)
    return None if year is None else p.year(year)
