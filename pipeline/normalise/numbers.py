"""Numbers in digits, words and scales ("3.45", "six", "2.5 lakh crore") -> an exact float.

Multiplying floats leaves noise (33.45 * 1e9), so the arithmetic is decimal and rounds once, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache, lru_cache

from pipeline.seeds import table


class _Branches(dict[str, "_Branches"]):
    """Next letter -> what may follow it; the empty string where a word may end."""

    def pattern(self, letter: Callable[[str], str]) -> str:
        """The longer words first; a letter is written by `letter`."""
        found = [letter(first) + rest.pattern(letter) for first, rest in self.items() if first]
        if "" in self:
            return f"(?:{'|'.join(found)})?" if found else ""
        return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of the words, longest first; a space in a word stands for any white space.

    Words that begin alike share their first letters: they are looked for at every place of a text.
    """
    return f"(?:{_branches(words).pattern(_letter)})"


def any_case(words: Iterable[str]) -> str:
    """Like `alternatives`, in any case. `[aA]` and no flag: so the search skips a branch by its first letter."""
    return f"(?:{_branches(word.lower() for word in words).pattern(_cases)})"


def _branches(words: Iterable[str]) -> _Branches:
    root = _Branches()
    for word in sorted(words):
        at = root
        for letter in word:
            at = at.setdefault(letter, _Branches())
        at[""] = _Branches()
    return root


def _letter(letter: str) -> str:
    return r"\s+" if letter == " " else re.escape(letter)


def _cases(letter: str) -> str:
    return f"[{letter}{letter.upper()}]" if letter.upper() != letter else _letter(letter)


@lru_cache(maxsize=1)
def words() -> dict[str, Decimal]:
    """Number words, lower case: "one" -> 1."""
    return {word: Decimal(str(value)) for word, value in table("numbers.yaml")["words"].items()}


@lru_cache(maxsize=1)
def scales() -> dict[str, Decimal]:
    """Multipliers, lower case: "crore" -> 10000000."""
    return {word: Decimal(str(value)) for word, value in table("numbers.yaml")["scales"].items()}


@lru_cache(maxsize=1)
def ordinals() -> dict[str, int]:
    """Ordinals, lower case: "second" -> 2."""
    found: dict[str, int] = table("numbers.yaml")["ordinals"]
    return found


DIGITS = r"(?:\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"


@lru_cache(maxsize=1)
def number() -> str:
    """A regular expression for digits or a number word, in any case."""
    return rf"(?:{DIGITS}|\b{any_case(words())}\b)"


@cache
def scale(write: Callable[[Iterable[str]], str] = any_case) -> str:
    """A regular expression for one multiplier with the space or hyphen before it; a letter must touch its number."""
    letters = write(word for word in scales() if len(word) < 3)
    whole = write(word for word in scales() if len(word) > 1)
    return rf"(?:[\s-]*{whole}\b|{letters}\b)"


def parse_number(text: str) -> float | None:
    """ "1,287", "six", "2.5 lakh", "half a million" -> the number; None where it is none."""
    match = _pattern().fullmatch(text.strip())
    if match is None:
        return None
    value = _digits_or_word(match["number"])
    for word in re.findall(r"[a-z]+", match["scales"].lower()):
        value *= scales()[word]
    return float(value)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"(?P<number>{number()})(?P<scales>{scale()}*)", re.IGNORECASE | re.ASCII)


def _digits_or_word(text: str) -> Decimal:
    word = " ".join(text.lower().split())
    return words()[word] if word in words() else Decimal(re.sub(r"[,\s]", "", text))
