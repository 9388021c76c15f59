"""Terms of a loan as numbers, from the words that an article has for them."""

from __future__ import annotations

import re

from pipeline.seeds import table
from pipeline.values.numbers import any_case, number, parse_number

_MONTHS = 12
_PERCENT = re.compile(r"[\s-]*(?:%|(?:per\s*cent|pct|pc)\b)", re.I)
_PERIOD = re.compile(r"[\s-]*(?:more\s+)?(year|month)", re.I)
_MARGIN = re.compile(r"\b(?:above|below|over|under|plus|minus)\b|\+", re.I)


def interest_rate(text: str) -> float | None:
    """The interest in per cent a year; None where no number is stated, or a range or a margin ("SOFR plus 2%")."""
    words = table("flow.yaml")["terms"]
    if re.search(any_case(words["free"]), text):
        return 0.0
    if _MARGIN.search(text) or re.search(any_case(words["benchmarks"]), text):
        return None
    stated = _only_number(text, _PERCENT)
    return stated and stated[0]


def years(text: str) -> float | None:
    """A period in years ("18 months" is 1.5); None where none is stated, of another unit, or a range."""
    stated = _only_number(text, _PERIOD)
    if stated is None:
        return None
    value, unit = stated
    return value if unit[1].lower() == "year" else round(value / _MONTHS, 3)


def _only_number(text: str, unit: re.Pattern[str]) -> tuple[float, re.Match[str]] | None:
    """The one number of a text with the unit right after it; an article is a number only there."""
    found = [(match.group(), unit.match(text, match.end())) for match in re.finditer(number(), text)]
    stated = {(parse_number(words), unit) for words, unit in found if unit or words.lower() not in ("a", "an")}
    value, after = stated.pop() if len(stated) == 1 else (None, None)
    return None if value is None or after is None else (value, after)
