"""What files say of themselves: the date of an article, as YYYY-MM-DD, and its title.

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
_LONGEST_DATE = 80  # characters; a written date is shorter
_LONGEST_LINE = 200  # characters; a longer line is a paragraph
LONGEST = 300  # characters of a title that is marked as one
_FIRST = re.compile(r"\s*(?P<line>\S[^\r\n]*)(?:\r\n?|\n)(?P<blank>[^\S\r\n]*[\r\n])?(?P<rest>\s*\S)?")
_HEADING = re.compile(r"#{1,6}\s+(?P<title>\S.*?)(?:\s+#+)?\s*$")
_ENDS = re.compile(r"[.!?…:;,][\"'”’)\]]*$")  # of a sentence, or of a line that another one continues
_PROGRAMS = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|rtf|odt|pptx?|xlsx?)$"
    r"|^(?:microsoft \w+ - |untitled|document ?\d*$|word document$|print|slide 1$|\W)",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(r"by\s|\W*https?:|www\.|[-=*_#>|<{\[]", re.IGNORECASE)


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
        written = _DAY_FIRST.match(text) if len(text) <= _LONGEST_DATE else None
        return _worded(written[0] if written else text)


def _year_first(match: re.Match[str]) -> str | None:
    """`2025/3/7 16:39`: the month always follows the year."""
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        return None


def _worded(text: str) -> str | None:
    """`5 April 2025`, `Fri, 07 Mar 2025 16:39:00 +0500`; None unless all readings agree; years have four digits."""
    if len(text) > _LONGEST_DATE or not _YEAR.search(text):
        return None
    readings = {_parse(text, filler, day_first) for filler in _FILLERS for day_first in (True, False)}
    return readings.pop() if len(readings) == 1 else None


def _parse(text: str, filler: datetime, day_first: bool) -> str | None:
    try:
        parsed: datetime = parser.parse(text, default=filler, dayfirst=day_first, ignoretz=True)
    except Exception:  # dateutil has errors of its own, and lets others through
        return None
    return parsed.date().isoformat()


def first_line(text: str) -> str | None:
    """The first line that is not blank: a heading of Markdown, or a short line, no sentence, that a blank line follows.

    None for any other line, and for one that is all of the text.
    """
    found = _FIRST.match(text)
    if not found or not found["rest"]:
        return None
    line = found["line"].strip()
    if len(line) > _LONGEST_LINE:
        return None
    if heading := _HEADING.match(line):
        return heading["title"]
    alone = found["blank"] and len(line.split()) > 1 and not _ENDS.search(line)
    return line if alone and not _NO_TITLE.match(line) and iso_date(line) is None else None


def own_title(text: str) -> str | None:
    """The title that a PDF or Word file gives itself, unless a program made it up of the name of a file."""
    title = " ".join(text.split())
    words = title.split()
    sensible = len(words) > 1 and len(title) <= LONGEST and any(word.isalpha() for word in words)
    return title if sensible and not _PROGRAMS.search(title) and "\ufffd" not in title and "\0" not in title else None
