"""What a sentence says of the terms of money: interest, maturity and grace, in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from pipeline.record import Term
from pipeline.seeds import table
from pipeline.stages.commitments.flow.cues import SEEDS
from pipeline.values.numbers import words as number_words

LENT = frozenset({"loan", "guarantee", "bond", "deposit", "rollover", "repayment", "other"})  # what can have terms


def terms_of(text: str) -> dict[Term, str]:
    """The terms that a piece of text states, each as it is quoted; the first of each."""
    found: dict[Term, str] = {}
    if not any(word in text.lower() for word in _telling()):
        return found
    for term, patterns in _patterns().items():
        matches = [match for pattern in patterns for match in pattern.finditer(text)]
        if matches:
            found[term] = min(matches, key=_rank).group("quote")
    if "grace" in found and found.get("maturity") == found["grace"]:
        del found["maturity"]  # "a grace period of five years" states no maturity
    return found


def _rank(match: re.Match[str]) -> tuple[bool, int]:
    """Numbers first, then in reading order."""
    return match["quote"].lower() in table(SEEDS)["terms"]["easy"], match.start()


@cache
def _telling() -> list[str]:
    """Words of which terms have at least one."""
    words = table(SEEDS)["terms"]
    return [word for name in ("interest", "free", "easy", "benchmarks", "grace", "units") for word in words[name]]


@cache
def _patterns() -> dict[Term, list[re.Pattern[str]]]:
    """What each term looks like; the group `quote` is what is quoted."""
    interest, free, easy, benchmark, maturity, grace, unit = (
        _any(table(SEEDS)["terms"][name])
        for name in ("interest", "free", "easy", "benchmarks", "maturity", "grace", "units")
    )
    number = rf"(?<![\w.])(?:\d+(?:[.,]\d+)?(?:[-\u2013]\d+(?:\.\d+)?(?:/\d)?)?|{_any(number_words())})"
    rate = rf"{number}\s*(?:%|(?:percent|per\s+cent|pct|pc)\b)"
    time = rf"{number}(?:\s+and\s+(?:one-|a\s+)?half)?[-\s](?:more\s+)?{unit}"
    linked = r"(?:\s+(?:period|for|of|over|in|within|by|is|at|a|the|will|be|payable))*"
    forms: dict[Term, list[str]] = {
        "interest": [
            rf"(?P<quote>{rate}\s+(?:above|below|over|plus)\s+[^.;,]{{0,20}}?{benchmark})",
            rf"(?P<quote>{benchmark}\s*(?:plus|\+|minus|-)\s*{rate})",
            rf"{interest}(?:\s+rates?)?[^.;]{{0,40}}?(?P<quote>{rate})",
            rf"(?P<quote>{rate})\s+(?:annual\s+)?{interest}",
            rf"(?P<quote>{free}|{easy})",
        ],
        "maturity": [
            rf"(?P<quote>{time})\s+(?:[\w-]+\s+){{0,2}}?{maturity}",
            rf"{maturity}{linked}\s+(?P<quote>{time})",
        ],
        "grace": [
            rf"(?P<quote>{time})['\u2019]?s?\s+(?:of\s+)?{grace}",
            rf"{grace}(?:\s+period)?\s+(?:of|is|for)?\s*(?P<quote>{time})",
        ],
    }
    return {term: [re.compile(form, re.I) for form in listed] for term, listed in forms.items()}


def _any(words: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return rf"\b(?:{'|'.join(re.escape(word).replace(r'\ ', r'\s+') for word in ordered)})\b"
