"""The words of `seeds/flow.yaml`: instruments, actions that move money, and its terms (interest, maturity, grace)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.record import Term
from pipeline.seeds import table
from pipeline.values.numbers import words as number_words

SEEDS = "flow.yaml"
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
Phrases = dict[str, list[tuple[tuple[str, ...], list[str]]]]  # first word -> the words and their instruments
LENT = frozenset({"loan", "guarantee", "bond", "deposit", "rollover", "repayment", "other"})  # what can have terms


@dataclass(frozen=True, slots=True)
class Cue:
    """Words for an instrument, in characters of the text that was read."""

    instrument: str
    start: int
    end: int


def cues_in(text: str, offset: int = 0) -> list[Cue]:
    """The words for instruments in a text that begins at `offset`, in reading order; one for each of their instruments.

    Of words that overlap the first and longest count.
    """
    words = [(match[0], *match.span()) for match in _WORD.finditer(text.lower())]
    found: list[Cue] = []
    done = 0
    for at, (first, start, _) in enumerate(words):
        for phrase, instruments in _phrases().get(first, ()) if start >= done else ():
            own = words[at : at + len(phrase)]
            if tuple(word for word, _, _ in own) == phrase:
                done = own[-1][2]
                found += [Cue(instrument, offset + start, offset + done) for instrument in instruments]
                break
    return found


@cache
def actions() -> dict[str, str]:
    """Lemma -> what it does with money: `asks`, `gives`, ..."""
    found: dict[str, str] = {}
    for name, lemmas in table(SEEDS)["actions"].items():
        for lemma in lemmas:
            found.setdefault(lemma, name)
    return found


@cache
def _phrases() -> Phrases:
    """The longest first."""
    instruments: dict[tuple[str, ...], list[str]] = {}
    for instrument, listed in table(SEEDS)["instruments"].items():
        for words in listed:
            own = instruments.setdefault(tuple(_WORD.findall(words.lower())), [])
            own += [instrument] if instrument not in own else []
    found: Phrases = {}
    for phrase in sorted(instruments, key=lambda phrase: (-len(phrase), phrase)):
        found.setdefault(phrase[0], []).append((phrase, instruments[phrase]))
    return found


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
