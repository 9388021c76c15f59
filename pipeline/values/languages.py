"""Money and dates in other languages than English: the value of a quote by the words of `seeds/languages.yaml`.

Letters are compared without accents, vowel signs and hamzas; digits may be of any script. What a reader of the whole
article says of a quote (`said`) decides only what the quote leaves open, such as which dollar or which Friday.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from pipeline.seeds import table
from pipeline.values.currencies import codes, signs
from pipeline.values.dates import Resolved
from pipeline.values.money import Money

TABLE = "languages.yaml"
_SAME = str.maketrans(
    {
        "ى": "ي",
        "ی": "ي",
        "ك": "ک",
        "ة": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ۃ": "ه",
        "ے": "ي",
        "ـ": None,
        "’": "'",
        "٫": ".",
        "٬": ",",
    }
)
_DIGITS = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*"
_BEFORE = 30  # characters before an amount that may hold its hedge
_NEAR = timedelta(days=8)  # between an article and a day that it names by its weekday


def is_known(language: str | None) -> bool:
    """Whether amounts and dates of a language (ISO 639-1) are read here."""
    return language in table(TABLE)


def money_in(
    text: str, language: str, said: str | None = None, before: str = "", number: float | None = None
) -> Money | None:
    """The amount of a quote; None where it is not one number with one currency.

    `said` and `number`: code of the currency, and value, that a reader of the article gives. They are taken where the
    words leave them open: "11,640" may be either number, and without digits both readings must be the same. `before`:
    the text before the quote, for hedges.
    """
    words = _plain(text)
    point = table(TABLE)[language]["point"]
    value, other = (_number(words, language, mark) for mark in (point, {".": ",", ",": "."}[point]))
    value = other if number is not None and other == number else value
    if value is None or (number not in (None, value) and not re.search(r"\d", words)):
        return None
    owners = _owners(text, words, language)
    if not owners:
        return None
    open_one = "USD" if "USD" in owners and said is None else None
    money = Money(value, currency=owners[0] if len(owners) == 1 else said if said in owners else open_one)
    hedge = _any(language, "hedges")
    found = hedge and (hedge.search(words) or re.search(rf"(?:{hedge.pattern})$", _plain(before)[-_BEFORE:]))
    if not found:
        return money
    rule = _entry(language, "hedges", found[0])
    low, high = (value if rule["bound"] == side else None for side in ("low", "high"))
    return replace(money, low=low, high=high, approximate=not rule["exact"])


def date_in(text: str, language: str, today: date | None, said: str | None = None) -> Resolved | None:
    """The date of a quote; None where it has none. `said`: the ISO date that a reader of the article gives.

    A day or month without a year has the year that is `said`, else the nearest to `today`; a weekday is the one that is
    `said`, else the last.
    """
    words = re.sub(r"[,،]", " ", _plain(text))
    part, end = (_found(language, name, words) for name in ("spans", "ends"))
    rest = words.replace(part, " ") if part else words
    made = _written(rest, language)
    if made is None and today:
        made = _relative(rest, language, today, said) or _weekday(rest, language, today, said)
        made = made and replace(made, basis="article_date")
    if part:
        return _part_of_year(_entry(language, "spans", part), made, bool(re.search(r"\d", rest)), today, said)
    return _end_of(made) if made and end else made


def _found(language: str, part: str, words: str) -> str | None:
    """The words of a part of the table that stand in some words."""
    pattern = _any(language, part)
    found = pattern.search(words) if pattern else None
    return found[0] if found else None


def _part_of_year(
    span: tuple[int, int], year: Resolved | None, dated: bool, today: date | None, said: str | None
) -> Resolved | None:
    """Some months of a year: of the one that stands beside them, else of the one that is said or the article's."""
    first, count = span
    own = year.iso if year and year.precision == "year" else None
    if own is None and (year or dated or today is None):
        return None
    stated = own or (said if re.match(r"\d{4}", said or "") else None)
    number = int(stated[:4]) if stated else today.year if today else 0
    iso = f"{number:04}-{first:02}/{number:04}-{first + count - 1:02}"
    return Resolved(iso, "quarter" if count == 3 else "range", year.basis if year else "article_date")


def _end_of(made: Resolved) -> Resolved:
    """The last day of a month, the last month of a year."""
    if made.precision == "year":
        return replace(made, iso=f"{made.iso}-12", precision="month")
    if made.precision != "month" or made.iso is None:
        return made
    year, month = map(int, made.iso.split("-"))
    return replace(made, iso=f"{made.iso}-{monthrange(year, month)[1]:02}", precision="day")


def agrees(text: str, numbers: Iterable[str]) -> bool:
    """Whether each number in the digits of a quote is one of `numbers`, whatever its zeros; False without digits."""
    own = [re.sub(r"\D", "", digits) for digits in re.findall(_DIGITS, _plain(text))]
    given = {number.strip("0") for number in numbers}
    return bool(own) and all(digits.strip("0") in given for digits in own)


def _plain(text: str) -> str:
    """The text in lower case, on one line, with digits of ASCII and without marks on letters."""
    letters = unicodedata.normalize("NFKD", text).translate(_SAME).lower()
    kept = (char for char in letters if unicodedata.category(char)[0] != "M" and char not in "\u200c\u200d\u200e\u200f")
    digits = "".join(str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char for char in kept)
    return re.sub(r"\s+|(?<=[^\W\d])-(?=[^\W\d])", " ", digits).strip()


@cache
def _own(language: str, part: str) -> dict[str, Any]:
    """The words of a part of the table, as `_plain` writes them."""
    words = table(TABLE)[language][part]
    return {
        _plain(str(word)): value for word, value in (words if isinstance(words, dict) else dict.fromkeys(words)).items()
    }


def _entry(language: str, part: str, form: str) -> Any:
    """What a word of the table means, with "and" before it or without."""
    words = _own(language, part)
    return words[form] if form in words else words[form[1:]]


def _alternatives(language: str, words: Iterable[str]) -> str:
    """A pattern for some words, longest first; in Arabic with "and" before them."""
    forms = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    if table(TABLE)[language].get("joined"):
        return rf"(?:{forms})"
    return rf"(?<!\w){'و?' if language == 'ar' else ''}(?:{forms})(?!\w)"


@cache
def _any(language: str, part: str) -> re.Pattern[str] | None:
    words = _own(language, part)
    return re.compile(_alternatives(language, words)) if words else None


@cache
def _parts(language: str) -> re.Pattern[str]:
    """A part of a number: digits, a word, a scale, or half of the scale before it."""
    row = table(TABLE)[language]
    half = _alternatives(language, map(_plain, row["half"])) if row["half"] else r"(?!)"
    groups = {"half": half, "digits": _DIGITS}
    groups |= {part: _alternatives(language, _own(language, f"{part}s")) for part in ("number", "scale")}
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in groups.items()))


def _number(words: str, language: str, point: str) -> float | None:
    """The only number of some words; None where there is none, or several."""
    runs = [*_runs(words, language)]
    return _value(runs[0], language, point) if len(runs) == 1 else None


def _runs(words: str, language: str) -> Iterator[list[re.Match[str]]]:
    """The parts that stand together, but for links; a lone word such as "a" is no number beside digits."""
    links, run = {_plain(word) for word in table(TABLE)[language]["links"]}, list[re.Match[str]]()
    found = []
    for part in _parts(language).finditer(words):
        between = words[run[-1].end() : part.start()].strip() if run else ""
        if run and between and between not in links:
            found.append(run)
            run = []
        run.append(part)
    found += [run] if run else []
    digits = [run for run in found if any(part["digits"] for part in run)]
    yield from digits or found


def _value(run: list[re.Match[str]], language: str, point: str) -> float | None:
    """Parts of a number as one: a scale multiplies what stands before it, and all that is smaller."""
    total, current, last = 0.0, None, 0.0
    for part in run:
        if part["half"]:
            total += last / 2
        elif part["digits"]:
            if current is not None:
                return None
            current = _decimal(part[0], point)
        elif part["number"]:
            current = (current or 0) + float(_entry(language, "numbers", part[0]))
        else:
            scale = float(_entry(language, "scales", part[0]))
            if scale > last > 0:
                total = (total + (current or 0)) * scale
            else:
                total += (1 if current is None else current) * scale
            current, last = None, scale
    return round(total + (current or 0), 6) or None


def _decimal(digits: str, point: str) -> float:
    """1.250,5 and 1,250.5 are the same; of one sign before three digits the language decides what it is."""
    digits = re.sub(r"\s", "", digits)
    marks = re.findall(r"[.,]", digits)
    last = marks[-1] if marks else ""
    tail = len(digits) - digits.rfind(last) - 1 if last else 0
    is_decimal = bool(last) and (len(set(marks)) > 1 or (len(marks) == 1 and (tail != 3 or last == point)))
    whole, _, rest = digits.rpartition(last) if is_decimal else (digits, "", "")
    return float(f"{re.sub(r'[.,]', '', whole) or 0}.{rest or 0}")


def _owners(text: str, words: str, language: str) -> list[str]:
    """The currencies (ISO 4217) that the longest words of a quote, or its sign, may mean."""
    pattern = _any(language, "currencies")
    named = max((match[0] for match in pattern.finditer(words)), key=len, default="") if pattern else ""
    if named:
        return list(_entry(language, "currencies", named))
    found = [code for code in re.findall(r"(?<![A-Z])[A-Z]{3}(?![A-Z])", text) if code in codes()]
    sign = next((one for one in sorted(signs().symbols, key=len, reverse=True) if _stands(one, text)), None)
    return found or ([code for code, _, _ in signs().symbols[sign]] if sign else [])


def _stands(sign: str, text: str) -> bool:
    """Whether a sign stands in a text, not within a word."""
    edges = (r"(?<![^\W\d])" if sign[0].isalpha() else "", r"(?![^\W\d])" if sign[-1].isalpha() else "")
    return re.search(re.escape(sign).join(edges), text) is not None


def _written(words: str, language: str) -> Resolved | None:
    """A date that says its year."""
    if found := re.search(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)", words):
        return _day(*map(int, found.groups()))
    if found := re.search(r"(\d{4})\s?年(?:度)?(?:\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?[日号])?)?", words):
        return _day(*(int(part) for part in found.groups() if part))
    if found := re.search(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)", words):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    month, day = _month(words, language)
    years = re.findall(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,/-])", words)
    if len(years) != 1 or (month and re.search(r"(?<!\d)\d{1,2}\s*[-–/]\s*\d{1,2}(?!\d)", words)):
        return None
    others = [digits for digits in re.findall(r"\d+", words) if digits not in (years[0], str(day))]
    return None if others else _day(*filter(None, (int(years[0]), month, day if month else None)))


def _month(words: str, language: str) -> tuple[int | None, int | None]:
    """The only month of some words, and its day."""
    pattern = _any(language, "months")
    found = [*pattern.finditer(words)] if pattern else []
    if len({_entry(language, "months", match[0]) for match in found}) != 1:
        return None, None
    match = found[0]
    day = re.search(
        r"(?<!\d)(\d{1,2})(?:er|º|-го|\s?-?(?:го|e))?\s*(?:de |من |شهر )*$", words[: match.start()]
    ) or re.match(r"(?:/\w+)?\s*(\d{1,2})(?!\d)", words[match.end() :])
    return _entry(language, "months", match[0]), int(day[1]) if day else None


def _relative(words: str, language: str, today: date, said: str | None) -> Resolved | None:
    """A date that the article's day decides: a period, a day without its year, "yesterday"."""
    period, days = _any(language, "periods"), _any(language, "days")
    found = period.search(words) if period else None
    unit, count = _entry(language, "periods", found[0]) if found else ("", 0)
    chinese = re.search(r"(?:(\d{1,2})\s?月)?(?:(\d{1,2})\s?[日号])?", words[found.end() if found else 0 :])
    month, day = _month(words, language)
    if language == "zh" and chinese and chinese[0]:
        month, day = (int(part) if part else None for part in chinese.groups())
        month = month or (today.month if day else None)
    if unit == "week":
        monday = today + timedelta(7 * count - today.weekday())
        return Resolved(f"{monday}/{monday + timedelta(6)}", "week", "text")
    if unit == "month":
        at = today.year * 12 + today.month - 1 + count
        return _day(at // 12, at % 12 + 1, *((day,) if day else ()))
    if month and not re.search(r"\d{3,}", words):
        return (
            _nearest(today, month, day, said) if not unit else _day(today.year + count, month, *((day,) if day else ()))
        )
    if unit and not re.search(r"\d", words):
        return _day(today.year + count)
    if days and (found := days.search(words)) and not re.search(r"\d", words):
        return _of_day(today + timedelta(days=_entry(language, "days", found[0])))
    return None


def _nearest(today: date, month: int, day: int | None, said: str | None) -> Resolved | None:
    """The month or day of the year that is said, else the one nearest to the article's."""
    if (stated := re.match(r"(\d{4})-(\d\d)", said or "")) and int(stated[2]) == month:
        return _day(int(stated[1]), *filter(None, (month, day)))
    made = [(year, _day(*filter(None, (year, month, day)))) for year in (today.year - 1, today.year, today.year + 1)]
    distance = {year: abs((year - today.year) * 12 + month - today.month) for year, one in made if one}
    return dict(made)[min(distance, key=distance.__getitem__)] if distance else None


def _weekday(words: str, language: str, today: date, said: str | None) -> Resolved | None:
    pattern = _any(language, "weekdays")
    found = pattern.search(words) if pattern else None
    if found is None or re.search(r"\d", words):
        return None
    number = _entry(language, "weekdays", found[0])
    day = _real(said)
    if day and day.weekday() == number and abs(day - today) <= _NEAR:
        return _of_day(day)
    return _of_day(today - timedelta(days=(today.weekday() - number) % 7))


def _real(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso or "")
    except ValueError:
        return None


def _of_day(day: date) -> Resolved:
    return Resolved(day.isoformat(), "day", "text")


def _day(year: int, month: int | None = None, day: int | None = None) -> Resolved | None:
    """The date of the parts that are known; None where the calendar has no such day."""
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    iso = "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part)])
    return Resolved(iso, "day" if day else "month" if month else "year", "text")
