"""Paraphrases of dates: "within two years" is "next two years". They are understood, but not searched in a text."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.values.calendar import words as w


def plain(text: str) -> str:
    """The text in words of the forms in `forms.py`; other text unchanged, with single spaces."""
    words = " ".join(text.split())
    for pattern, better in _rules():
        words = pattern.sub(better, words)
    return words


def year_ending(words: str) -> tuple[bool, str] | None:
    """For "fiscal year ending June 30, 2026": whether it is a fiscal year, and the words for its end."""
    match = re.fullmatch(r"((?:fiscal|financial)\s+)?year\s+end(?:ing|ed)\s+(?:on\s+|in\s+)?(.+)", words, re.IGNORECASE)
    return None if match is None else (match[1] is not None, match[2])


@lru_cache(maxsize=1)
def _rules() -> list[tuple[re.Pattern[str], str]]:
    unit, start = r"(year|quarter|month|week|fortnight|decade)", r"^((?:(?:in|by|since|until|over|the)\s+)*)"
    rules = [
        (rf"^within\s+an?\s+(?={w.unit()}$)", "next one "),
        (rf"^within\s+(?={w.count()}\s+{w.unit()}$)", "next "),
        (rf"^(?:in\s+)?({w.count()}\s+{w.unit()})(?:['\u2019]s?)\s+time$", r"\1 from now"),
        (rf"^(?:in\s+)?({w.count()}\s+{unit})['\u2019]s\s+time$", r"\1 from now"),
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
