"""Trims the edges of a name: "Lot Two and" is Lot Two, "- long bridge from" is long bridge."""

from __future__ import annotations

import re
from functools import cache

from pipeline.record import Label
from pipeline.stages.entities.word_lists import words


def trimmed(text: str, start: int, end: int, label: Label) -> tuple[int, int]:
    """Start and end without little words and marks at the end, or "of" and marks at the start, if a word remains."""
    found = _pattern().fullmatch(text, start, end) if label in words("edges", "labels") else None
    return found.span(1) if found else (start, end)


@cache
def _pattern() -> re.Pattern[str]:
    little = "|".join(map(re.escape, sorted(words("edges", "words"))))
    before, after = r"of\s+|[-\u2013\u2014,;:&)\s]", rf"\s+(?:{little})|\s*[-\u2013\u2014,;:&(]"
    return re.compile(rf"(?:{before})*(\S(?:.*?\S)??)(?:{after})*", re.I | re.S)
