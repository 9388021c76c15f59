"""The words of `seeds/flow.yaml`: which instrument a text speaks of, and which way an action moves money."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.seeds import table

SEEDS = "flow.yaml"
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
Phrases = dict[str, list[tuple[tuple[str, ...], list[str]]]]  # first word -> the words and their instruments


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
