"""The words and word pairs that are the features of sectors, in training and reading alike."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from pipeline.seeds import table

_WORD = re.compile(r"\b[2-6]g\b|[a-z][a-z0-9]*")


def words(text: str) -> list[str]:
    """Lower-case words without plural s, stop words and numbers; "Belt and Road" gives belt, road, "157MW" mw."""
    found, stop_words = map(singular, _WORD.findall(text.lower())), _stop_words()
    return [word for word in found if word not in stop_words]


def with_pairs(found: list[str]) -> list[str]:
    """The words, then each pair of neighbours, joined by a space."""
    return found + [f"{first} {second}" for first, second in pairwise(found)]


def features(text: str) -> list[str]:
    """The words and pairs of a text that the sector model counts."""
    return with_pairs(words(text))


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """An English noun in lower case without its plural s; any other word as it is."""
    if len(word) < 4 or not word.endswith("s") or word[-2] in "siu":
        return word
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 4 else word[:-1]


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(singular(word) for word in table("sectors.yaml")["stop_words"])
