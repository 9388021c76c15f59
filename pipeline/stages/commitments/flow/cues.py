"""The words of `seeds/flow.yaml`: which instrument a text speaks of, and which way an action moves money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.seeds import table

SEEDS = "flow.yaml"


@dataclass(frozen=True)
class Cue:
    """Words for an instrument, in characters of the text that was read."""

    instrument: str
    start: int
    end: int


def cues_in(text: str) -> list[Cue]:
    """The words for instruments in a text, in reading order; a word for several instruments is given for each."""
    pattern, instruments = _cues()
    return [
        Cue(instrument, *match.span())
        for match in pattern.finditer(text)
        for instrument in instruments[" ".join(match[0].lower().split())]
    ]


@cache
def actions() -> dict[str, str]:
    """Lemma -> what it does with money: `asks`, `gives`, ..."""
    found: dict[str, str] = {}
    for name, lemmas in table(SEEDS)["actions"].items():
        for lemma in lemmas:
            found.setdefault(lemma, name)
    return found


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    instruments: dict[str, list[str]] = {}
    for instrument, words in table(SEEDS)["instruments"].items():
        for word in words:
            own = instruments.setdefault(word.lower(), [])
            own += [instrument] if instrument not in own else []
    return any_of(instruments), instruments


def any_of(words: object) -> re.Pattern[str]:
    """Any of some words, in any case, the longest first."""
    ordered = sorted(map(str, words), key=lambda word: (-len(word), word))  # type: ignore[call-overload]
    inner = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)
    return re.compile(rf"(?<![\w-])(?:{inner})(?!\w)", re.I)
