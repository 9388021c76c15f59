"""The dateline of a wire story: where it was written, and on which day."""

from __future__ import annotations

import re
from functools import cache

from pipeline.normalise import date_words as w


def written_on(text: str) -> tuple[int, int] | None:
    """Start and end of the day in the first dateline: "Oct. 15" of "SEOUL, Oct. 15 (Yonhap) --"; None without one.

    It says when the story was written, and nothing of what it tells.
    """
    found = _dateline().search(text)
    return found.span("day") if found else None


@cache
def _dateline() -> re.Pattern[str]:
    word, year = r"[A-Z][\w.\u2019'-]*", rf"(?:,?[ ]{w.YEAR})?"
    place = rf"{word}(?:[ ,/]{{1,2}}{word}){{0,5}}?"
    day = rf"(?P<day>(?:{w.month()}[ ]{{1,2}}{w.DAY}|{w.DAY}[ ]{{1,2}}{w.month()}){year})"
    return re.compile(rf"^[ \t]*{place},[ ]{{1,2}}{day}[ ]?(?:[(:\u2013\u2014]|--|[ ]?-[ ])", re.MULTILINE)
