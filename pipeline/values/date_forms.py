"""The forms of calendar expressions: a pattern each, and its reader.

Two kinds combine: a period ("June 2025", "next fiscal year") and a part before it ("end of", "first half of").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, partial

from pipeline.values import date_parts as w
from pipeline.values import periods as p
from pipeline.values.date_parts import Anchor, Parts, Reader
from pipeline.values.numbers import any_case
from pipeline.values.periods import Period

PartReader = Callable[[Parts, Period], Period | None]


@dataclass(frozen=True)
class _Form[R]:
    """A pattern whose groups are the reader's parts; a digit after the name of a group only makes it unique."""

    pattern: str
    read: R

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


Form = _Form[Reader]
PartForm = _Form[PartReader]  # before a period


def parts_of(match: re.Match[str]) -> Parts:
    """The named groups that took part in a match."""
    return {name.rstrip("0123456789"): text for name, text in match.groupdict().items() if text is not None}


def _unknown(parts: Parts, anchor: Anchor) -> None:
    """ "coming days": a calendar expression without a known date."""


_YEAR = rf"(?P<year>{w.YEAR})(?!\d)"
_SHORT = r"(?P<year9>\d\d)(?!\d)"
_FISCAL = r"(?:(?i:fiscal|financial)\b(?:\s+(?i:year)\b)?)"


@cache
def forms() -> list[Form]:
    """Every form of a period, the longer ones first."""
    return [*_days(), *_fiscal_years(), *_relative(), *_plain()]


def _days() -> list[Form]:
    month, day, last = rf"(?P<month>{w.month()})", rf"(?P<day>{w.DAY})", rf"(?P<last>{w.DAY})"
    weekday = rf"(?:{w.weekday(short=True)},?\s+)?"
    to = rf"(?:\s*{w.DASH}\s*|\s+(?:to|or|and|till|until|through)\s+)"
    return [
        Form(
            r"(?:(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
            r"|(?P<year1>(?:19|20)\d\d)/(?P<month1>\d\d)/(?P<day1>\d\d)(?!\d))",
            lambda parts, _: p.day(date(*(int(parts[name]) for name in ("year", "month", "day")))),
        ),
        Form(
            r"(?P<first>\d{1,2})(?:[./-](?P<second>\d{1,2})[./-](?P<year>(?:19|20)\d\d)|/(?P<second1>\d\d?)/(?P<year1>\d\d))"
            r"(?![\d/])",
            w.read_numbers,
        ),
        Form(rf"{day}[-/.]{month}[-/.](?:{_YEAR}|{_SHORT})", w.read_full_day),
        Form(rf"{weekday}{day}\s+{month}\s+{_SHORT}(?![^\S\n]*(?:[^\s.,;:)\]]|[.,;:]\d))", w.read_full_day),
        Form(rf"{day}\s+of\s+(?P<relation>{w.relation()})\s+(?P<unit>month)\b", w.read_day_of_month),
        Form(
            rf"(?:(?:\d{{1,2}}\s+)?{any_case(w.wordlist('hijri_months'))}\s+1[34]\d\d(?:\s*AH)?"
            r"|1[34]\d\d\s?(?:AH|A\.H\.|Hijri))",
            _unknown,
        ),
        Form(rf"{day}\s+{month}\s?{w.DASH}\s?{last}\s+(?P<last_month>{w.month()})(?:{_of_year()})?", w.read_day_range),
        Form(rf"{month}\s+{_YEAR}\s?{w.DASH}\s?(?P<last_month>{w.month()})\s+(?P<last>{w.YEAR})", w.read_month_range),
        Form(
            rf"{month}\s?{w.DASH}\s?(?P<last_month>{w.month()})\s+(?:of\s+)?FY[\s-]?['\u2019]?(?P<year>20\d\d|\d\d)(?!\d)",
            w.read_fiscal_months,
        ),
        Form(rf"{month}\s?{w.DASH}\s?(?P<last_month>{w.month()})(?:{_of_year()})?", w.read_month_range),
        Form(
            rf"{weekday}{month}\s+{day}{to}(?:(?P<last_month>{w.month()})\s+)?{last}(?:{_of_year()})?", w.read_day_range
        ),
        Form(rf"{weekday}{day}{to}{last}\s+{month}(?:{_of_year()})?", w.read_day_range),
        Form(rf"{weekday}{month}\s+{day}(?:{_of_year()})?", w.read_full_day),
        Form(rf"{weekday}{day}(?:\s+of\s+|\s*-\s*|\s+){month}(?:{_of_year()})?", w.read_full_day),
        Form(
            rf"{month}[\s-](?i:end)\b",
            lambda parts, anchor: p.end_of(found) if (found := w.read_month(parts, anchor)) else None,
        ),
        Form(rf"{month}(?:{_of_year()}|-{_YEAR.replace('year', 'year1')})", w.read_month),
        Form(rf"(?:(?P<relation>{w.relation()})\s+)?{month}", w.read_month),
    ]


def _of_year() -> str:
    related = rf"\s+(?:of\s+)?(?P<year_relation>{w.relation()})\s+(?i:year)\b"
    return rf"(?:,?\s+(?:(?:of|in)\s+)?{_YEAR}|{related}|\s*['\u2019]{_SHORT})"


def _fiscal_years() -> list[Form]:
    relation = rf"(?P<relation>{w.relation()})"
    pair = rf"{_YEAR}\s?(?:{w.DASH}|/)\s?(?P<last>20\d\d|\d\d)(?![\d%-])"
    named = r"(?P<year>20\d\d|\d\d)(?!\d)"
    return [
        Form(
            rf"(?:(?:{_FISCAL}|FY)[\s-]*(?:of\s+)?)?(?P<year>20[789]\d)\s?(?:{w.DASH}|/)\s?0(?P<last>[789]\d)(?!\d)",
            w.read_bikram_pair,
        ),
        Form(
            r"(?:EFY\s?(?P<year>20[0-2]\d)(?!\d)|(?P<year1>20[0-2]\d)\s?EFY\b)",
            lambda parts, _: p.fiscal_year(int(parts["year"]) + w.EFY, "ETH"),
        ),
        Form(rf"(?:{w.relation()}\s+)?(?:{_FISCAL}|FY)[\s-]*(?:of\s+)?{pair}", w.read_year_pair),
        Form(rf"FY[\s-]?['\u2019]?(?P<year>\d\d)\s?(?:{w.DASH}|/)\s?(?P<last>\d\d)(?!\d)", w.read_year_pair),
        Form(rf"{pair}\s+{_FISCAL}", w.read_year_pair),
        Form(rf"FY[\s-]?['\u2019]?{named}", w.read_named_fiscal_year),
        Form(rf"{_FISCAL}\s+(?:of\s+)?{_YEAR}", w.read_named_fiscal_year),
        Form(rf"{_YEAR}\s+{_FISCAL}", w.read_named_fiscal_year),
        Form(rf"{relation}\s+{_FISCAL}", w.read_related_fiscal_year),
        Form(pair, w.read_year_pair),
    ]


def _relative() -> list[Form]:
    relation, unit, count = rf"(?P<relation>{w.relation()})", rf"(?P<unit>{w.unit()})", rf"(?P<count>{w.count()})"
    direction = r"(?P<direction>(?i:ago|earlier(?!\s+than\b)|from\s+now|hence|before(?=\s*(?:[.,;:)]|$)))\b)"
    time = rf"(?:\s+{any_case(w.wordlist('times_of_day'))}\b)?"
    ordinal = rf"(?:Q(?P<ordinal>[1-4])|(?P<ordinal1>{w.ordinal()})[\s-]+(?i:quarter)\b)"
    return [
        Form(rf"{relation}\s+(?:coming\s+)?(?!an?\b){count}\s+(?:calendar\s+)?{unit}", w.read_span),
        Form(rf"(?:(?i:earlier|later|sometime)\s+)?{relation}\s+(?:calendar\s+)?{unit}", w.read_related_unit),
        Form(rf"{any_case(['recent', 'coming'])}\s+{unit}", _unknown),
        Form(rf"{count}\s+{unit}\s+{direction}", w.read_ago),
        Form(
            rf"(?:(?P<weekday>{w.weekday()})\s+(?:of\s+)?{relation}\s+(?P<unit>week)"
            rf"|(?P<relation1>{w.relation()})\s+(?P<unit1>week)\s+(?P<weekday1>{w.weekday()}))\b",
            w.read_weekday_of_week,
        ),
        Form(rf"(?:{relation}\s+)?(?P<weekday>{w.weekday()}){time}", w.read_weekday),
        Form(rf"{any_case(w.lexicon('seasons'))}\s+(?:of\s+)?{_YEAR}", w.read_stated_year),
        Form(rf"{relation}\s+(?P<season>{any_case(w.lexicon('seasons'))})", w.read_season),
        Form(rf"(?P<year>{w.YEAR})[\s-]?Q(?P<ordinal>[1-4])", w.read_quarter),
        Form(rf"(?P<ordinal>[1-4])Q(?:\s?{_YEAR}|['\u2019]?{_SHORT})", w.read_quarter),
        Form(rf"{ordinal}(?:{_of_year()})?", w.read_quarter),
        Form(
            rf"(?i:same|corresponding)\s+(?i:period|month|quarter|time)\s+(?:of\s+|in\s+)?(?:the\s+)?"
            rf"(?:{_YEAR}|(?P<year_relation>{w.relation()})\s+(?i:year)\b)",
            w.read_stated_year,
        ),
        Form(
            rf"(?P<name>{any_case(w.lexicon('days'))}){time}",
            lambda parts, anchor: p.day(anchor.today + timedelta(w.value_of("days", parts["name"]))),
        ),
    ]


def _plain() -> list[Form]:
    return [
        Form(
            r"(?P<year>(?:1[6-9]|20)\d0)(?:['\u2019]?s)",
            lambda parts, _: p.years(int(parts["year"]), int(parts["year"]) + 9),
        ),
        Form(
            r"(?P<number>\d{1,2})(?:st|nd|rd|th)[\s-]+(?i:century)",
            lambda parts, _: p.years(int(parts["number"]) * 100 - 99, int(parts["number"]) * 100),
        ),
        Form(rf"(?P<name>{any_case(w.lexicon('holidays'))})(?:\s+{_YEAR})?", w.read_holiday),
        Form(_YEAR, w.read_stated_year),
    ]


@cache
def part_forms() -> list[PartForm]:
    """The parts before a period: "end of", "first half of", "second week of", "first ten days of"."""
    of = r"(?:\s+(?i:of|in)(?:\s+(?i:the))?\s+)"
    of_only = r"(?:\s+(?i:of)(?:\s+(?i:the))?\s+)"
    count = rf"(?P<count>{w.count()})"
    ordinal_or_last = rf"(?P<ordinal>{w.ordinal()}|(?i:last|final))"
    return [
        PartForm(
            rf"(?i:(?:end|close|conclusion){of_only}|end-|(?<=by\s)end\s+)", lambda parts, period: p.end_of(period)
        ),
        PartForm(rf"(?i:start|beginning|outset){of_only}", lambda parts, period: p.start_of(period)),
        PartForm(
            rf"(?:(?P<ordinal>(?i:first|second|latter|last|1st|2nd))[\s-]+(?i:half){of}"
            r"|(?:H(?P<ordinal1>[12])|(?P<ordinal2>[12])H)\s?(?:of\s+)?)",
            _half,
        ),
        PartForm(
            rf"(?:(?:Q(?P<ordinal1>[1-4])|(?P<ordinal2>[1-4])Q)\s?(?:of\s+)?|{ordinal_or_last}[\s-]+(?i:quarter){of})",
            lambda parts, period: p.part_of_year(period, w.ordinal_of(parts["ordinal"], last=4), 4),
        ),
        PartForm(rf"{ordinal_or_last}\s+(?i:week){of}", _week),
        PartForm(rf"(?i:last|final)\s+{count}\s+(?P<unit>{w.unit()}){of_only}", partial(_several, first=-1)),
        PartForm(rf"(?i:first)\s+{count}\s+(?P<unit>{w.unit()}){of}", partial(_several, first=0)),
        PartForm(
            r"(?:(?i:early|mid|late)(?:\s+(?i:in|of)\s+|[\s-]+)"
            rf"|(?:{w.ordinal()}\s+or\s+)?(?i:middle|rest|remainder|turn|{w.ordinal()}\s+week){of})",
            lambda _, period: period,
        ),
    ]


def _half(parts: Parts, period: Period) -> Period | None:
    """The half; of a month the whole month, as "early" and "late" in it."""
    if period.precision == "month":
        return period
    return p.part_of_year(period, w.ordinal_of(parts["ordinal"], last=2), 2)


def _week(parts: Parts, period: Period) -> Period | None:
    return p.slice_of(period, "week", w.ordinal_of(parts["ordinal"], last=0) - 1, 1)


def _several(parts: Parts, period: Period, first: int) -> Period | None:
    number = w.count_of(parts["count"])
    return None if number is None else p.slice_of(period, w.unit_of(parts["unit"]), first, number)


@cache
def bare_unit() -> Form:
    """ "the year", "the fiscal year": after a part ("end of the year") the current one."""
    return Form(rf"(?:(?i:the)\s+)?(?:(?P<fiscal>{_FISCAL})|(?P<unit>(?!days?\b){w.unit()}))", _read_bare_unit)


def _read_bare_unit(parts: Parts, anchor: Anchor) -> Period | None:
    related = {"relation": "current", **parts}
    return w.read_related_fiscal_year(related, anchor) if "fiscal" in parts else w.read_related_unit(related, anchor)
