"""Terms of a loan as numbers, from the words that an article has for them."""

from __future__ import annotations

import re

from pipeline.seeds import table
from pipeline.values.numbers import any_case, number, parse_number

_MONTHS = 12


def interest_rate(text: str) -> float | None:
    """The interest in per cent a year; None where it depends on a benchmark ("SOFR plus 2%") or is a range."""
    words = table("flow.yaml")["terms"]
    if re.search(any_case(words["free"]), text):
        return 0.0
    return None if re.search(any_case(words["benchmarks"]), text) else _only_number(text)


def years(text: str) -> float | None:
    """A period in years ("18 months" is 1.5); None where its unit is another one or it is a range."""
    value = _only_number(text)
    if value is None or not (unit := re.search(r"(?i)\b(year|month)", text)):
        return None
    return value if unit[1].lower() == "year" else round(value / _MONTHS, 3)


def _only_number(text: str) -> float | None:
    values = {parse_number(match.group()) for match in re.finditer(number(), text)}
    return values.pop() if len(values) == 1 else None
