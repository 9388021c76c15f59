"""Calendar expressions in a text: offsets, and their dates seen from the day of the article.

Paraphrases ("within two years" is "next two years") are understood, but not searched in a text. A text may say on which
day it was written: in its dateline, or on a line of its own near its beginning.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial

from pipeline.record import Basis, Precision
from pipeline.values import date_parts as w
from pipeline.values.date_forms import bare_unit, forms, part_forms, parts_of
from pipeline.values.date_parts import Anchor, Parts, is_ahead
from pipeline.values.periods import Period, end_of, months


@dataclass(frozen=True)
class Resolved:
    """`iso` is `2028`, `2025-06`, `2025-06-30` or two of them with a slash; all None where it cannot be known."""

    iso: str | None
    precision: Precision | None
    basis: Basis | None


UNKNOWN = Resolved(None, None, None)


def find_dates(text: str) -> list[tuple[int, int]]:
    """Half-open character offsets of calendar expressions, without preposition or article, in reading order.

    No durations, no clock times; no bare year that the words around it make part of a name or a quantity.
    """
    return [match.span() for match in _date().finditer(text) if _is_date(match, text)]


def parse_date(
    text: str, article_date: date | None, country: str = "PAK", *, future: bool | None = None
) -> Resolved | None:
    """The date of a calendar expression; None for other text.

    `country` (ISO 3166-1 alpha-3) decides the fiscal year. `future`: True where the sentence is about the future, so
    that "Friday" is the next one; False where it is about the past, so that no month without a year lies ahead. Without
    `article_date` the fields of a relative expression are None.
    """
    words = " ".join(text.split())
    for pattern, better in _rules():
        words = pattern.sub(better, words)
    words = _LEADING.sub("", words)
    if words.islower() and not _reads(words):
        words = words.title()  # "feb. 27", as some agencies write
    if not _reads(words):
        return None
    basis: Basis
    for basis, day in (("text", None), ("article_date", article_date)):
        period = _period(words, Anchor(day, country, future))
        if period is not None:
            return Resolved(period.iso, period.precision, basis)
    return UNKNOWN


_LEADING = re.compile(
    r"^(?:(?:by|on|in|at|until|till|since|from|during|before|after|for|of|over|within|the|(?:calendar|tax)\s+year|year(?!\s+end)|a(?=\s+few))\s+)+",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^(?:between\s+)?(.+?)(?:\s+(?:to|and|until|till|through)\s+)(.+)$", re.IGNORECASE | re.DOTALL)
_YEAR_ENDING = re.compile(
    r"((?:fiscal|financial)\s+)?year\s+end(?:ing|ed)\s+(?:on\s+|in\s+)?(.+)", re.IGNORECASE | re.DOTALL
)


def _period(words: str, anchor: Anchor) -> Period | None:
    """The period; None where it needs a missing anchor or the calendar has no such day."""
    try:
        readings = (read(words, anchor) for read in (_whole, _part, _edge, _range, _year_ending))
        return next((period for period in readings if period is not None), None)
    except (ValueError, LookupError, OverflowError):
        return None


def _whole(words: str, anchor: Anchor) -> Period | None:
    for form in forms():
        if match := form.compiled.fullmatch(words):
            return form.read(parts_of(match), anchor)
    return None


def _part(words: str, anchor: Anchor) -> Period | None:
    for form in part_forms():
        if match := form.compiled.match(words):
            parts, rest = parts_of(match), words[match.end() :]
            if unit := re.fullmatch(bare_unit().pattern, rest):
                return _of_unit(parts_of(unit), partial(form.read, parts), anchor)
            if whole := _whole(rest, anchor):
                return form.read(parts, whole)
    return None


def _edge(words: str, anchor: Anchor) -> Period | None:
    """ "year-end", "month end"."""
    match = re.fullmatch(_EDGE, words)
    return _of_unit({"unit": match[1]}, end_of, anchor) if match else None


def _of_unit(unit: Parts, part: Callable[[Period], Period | None], anchor: Anchor) -> Period | None:
    """The part of the current unit; of the last where a past event would lie ahead: "had paid by the year's end"."""
    for relation in ("current", "last"):
        whole = bare_unit().read({**unit, "relation": relation}, anchor)
        found = None if whole is None else part(whole)
        if found is None or anchor.future is not False or not is_ahead(found.start, anchor):
            break
    return found


def _year_ending(words: str, anchor: Anchor) -> Period | None:
    """ "fiscal year ending June 30, 2026"."""
    match = _YEAR_ENDING.fullmatch(words)
    last = _whole(match[2], anchor) if match else None
    if match is None or last is None:
        return None
    return months(last.end.year, last.end.month - 11, 12, "fiscal_year" if match[1] else "range")


def _range(words: str, anchor: Anchor) -> Period | None:
    match = _RANGE.match(words)
    if match is None:
        return None
    if not re.search(r"\d", match[1]):
        shared = _whole(f"{match[1]}-{match[2]}", anchor)  # "June to August 2026"
        if shared is not None:
            return shared
    first, last = _whole(match[1], anchor), _whole(match[2], anchor)
    if first is None or last is None or first.grain != last.grain or last.end < first.start:
        return None
    return replace(first, end=last.end, precision="range")


def _reads(words: str) -> bool:
    end = _YEAR_ENDING.fullmatch(words)
    if re.fullmatch(_pattern(), words) or (end is not None and re.fullmatch(_pattern(), end[2])):
        return True
    match = _RANGE.match(words)
    return match is not None and all(re.fullmatch(_pattern(), part) for part in match.groups())


_EDGE = r"(?i:(year|month|week|quarter))(?:'s|\u2019s)?[\s-]+(?i:end)"


@cache
def _pattern() -> str:
    """Any calendar expression, without groups."""
    period = "|".join(form.pattern for form in forms())
    part = "|".join(form.pattern for form in part_forms())
    whole = rf"(?:(?:{part})(?:{bare_unit().pattern})|(?:(?:{part})?(?:{period}))|{_EDGE})"
    return re.sub(r"\(\?P<\w+>", "(?:", whole)


@cache
def _date() -> re.Pattern[str]:
    return re.compile(rf"\b(?={w.opener()})(?:(?<![\w$\u20ac\u00a3@#/.-])|(?<=\bpost-)|(?<=\bpre-)){_pattern()}(?!\w)")


_YEARS = re.compile(rf"{w.YEAR}(?:\s?{w.DASH}\s?\d\d(?:\d\d)?)?")
_NAME_BEFORE = re.compile(r"(?:^|[^\w])([A-Z][\w'\u2019.-]*[)\"\u201d]?,?|[A-Z]{2,})\s+[(\"\u201c]?$")
_NUMBER_AFTER = re.compile(
    r"(?:\s?(?:%|per\s?cent|pct)|[\s-]?(?:MW|km|feet|acres|tonnes)\b|[.,:]\d|\s?(?:m|bn|million|billion)\b)", re.I
)


def _is_date(match: re.Match[str], text: str) -> bool:
    """Whether the words around a match allow a date."""
    words, before = match[0], text[max(0, match.start() - 40) : match.start()]
    if words[0] == "F" and words.lower().startswith("following"):
        return False
    if words in w.wordlist("doubtful_months"):
        last = before.lower().split()[-1:] if before[-1:].isspace() else []
        return any(word in w.wordlist("month_cues") for word in last)
    if _YEARS.fullmatch(words):
        return not _in_name(before) and _NUMBER_AFTER.match(text, match.end()) is None
    return True


def _in_name(before: str) -> bool:
    """ "Finance Act, 2024", "Budget 2025-26": the year belongs to a name."""
    match = _NAME_BEFORE.search(before)
    no_names = {*w.wordlist("month_cues"), *w.month_numbers(), "the"}
    return match is not None and match[1].strip('),."').lower() not in no_names


@cache
def _rules() -> list[tuple[re.Pattern[str], str]]:
    """What puts an expression into words that a form has."""
    unit, start = r"(year|quarter|month|week|fortnight|decade)", r"^((?:(?:in|by|since|until|over|the)\s+)*)"
    rules = [
        (rf"^within\s+an?\s+(?={w.unit()}$)", "next one "),
        (rf"^within\s+(?={w.count()}\s+{w.unit()}$)", "next "),
        (rf"^(?:in\s+)?({w.count()}\s+{w.unit()})(?:['\u2019]s?)\s+time$", r"\1 from now"),
        (rf"{start}{unit}\s+before\s+last$", r"two \2s ago"),
        (rf"{start}{unit}\s+after\s+next$", r"two \2s from now"),
        (rf"{start}end\s+(?!of\b)", r"\1end of "),
        (rf"{start}(next|coming|past)\s+decade$", r"\1\2 ten years"),
        (rf"{start}past\s+fortnight$", r"\1past two weeks"),
        (rf"{start}past\s+week$", r"\1past one week"),
        (rf"{start}past\s+quarter$", r"\1last quarter"),
        (rf"{start}year[\s-]end\s+(?=\d)", r"\1end of "),
        (rf"^({w.weekday(short=True)})\s*\((.+)\)$", r"\1, \2"),
        (rf"{start}(?:fiscal|financial)\s+years\s+(?=\d)", r"\1"),
        (r"^the\s+(?=(?:(?:fiscal|financial)\s+)?year\s+end(?:ing|ed)\b)", ""),
    ]
    return [(re.compile(pattern, re.IGNORECASE), better) for pattern, better in rules]


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
