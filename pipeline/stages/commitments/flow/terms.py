"""What a sentence says of the terms of money: interest, maturity and grace, in its own words."""

from __future__ import annotations

import re
from functools import cache

from pipeline.record import Term
from pipeline.seeds import table
from pipeline.stages.commitments.flow.cues import SEEDS, any_of
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
            found[term] = min(matches, key=lambda match: match.start()).group("told")
    if "grace" in found and found.get("maturity") == found["grace"]:
        del found["maturity"]  # "a grace period of five years" tells no maturity
    return found


@cache
def _telling() -> list[str]:
    """Words of which terms have at least one."""
    told = table(SEEDS)["terms"]
    return [word for name in ("interest", "free", "benchmarks", "grace", "units") for word in told[name]]


@cache
def _patterns() -> dict[Term, list[re.Pattern[str]]]:
    """The first group `told` is what is quoted."""
    words = {name: any_of(listed).pattern for name, listed in table(SEEDS)["terms"].items()}
    number = rf"(?:\d+(?:[.,]\d+)?(?:[-\u2013]\d+(?:\.\d+)?(?:/\d)?)?|{any_of(number_words()).pattern})"
    rate = rf"{number}\s*(?:%|(?:percent|per\s+cent|pct|pc)\b)"
    time = rf"{number}[-\s](?:more\s+)?{words['units']}"
    near = r"[^.;]{0,40}?"
    return {
        "interest": [
            re.compile(rf"(?P<told>{rate}\s+(?:above|below|over|plus)\s+[^.;,]{{0,20}}?{words['benchmarks']})", re.I),
            re.compile(rf"(?P<told>{words['benchmarks']}\s*(?:plus|\+|minus|-)\s*{rate})", re.I),
            re.compile(rf"{words['interest']}(?:\s+rates?)?{near}(?P<told>{rate})", re.I),
            re.compile(rf"(?P<told>{rate})\s+(?:annual\s+)?{words['interest']}", re.I),
            re.compile(rf"(?P<told>{words['free']})", re.I),
        ],
        "maturity": [
            re.compile(rf"(?P<told>{time})\s+(?:[\w-]+\s+){{0,2}}?{words['maturity']}", re.I),
            re.compile(
                rf"{words['maturity']}\b(?:\s+(?:period|for|of|over|in|within|by|is|at|a|the|will|be|payable))*\s+(?P<told>{time})",
                re.I,
            ),
        ],
        "grace": [
            re.compile(rf"(?P<told>{time})['\u2019]?s?\s+(?:of\s+)?{words['grace']}", re.I),
            re.compile(rf"{words['grace']}(?:\s+period)?\s+(?:of|is|for)?\s*(?P<told>{time})", re.I),
        ],
    }
