"""Names as they are compared: words in one spelling, their consonants, and the plainest form of a name.

Urdu, Arabic and Chinese names have no fixed spelling in English, so names are also compared by consonants. The word
lists are those of `seeds/resolve.yaml`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from typing import Any

from rapidfuzz.distance import JaroWinkler

from pipeline.seeds import table
from pipeline.values.gazetteer.names import key, spelled
from pipeline.values.gazetteer.places import place_country

Words = tuple[str, ...]
_ALIKE = 0.85  # Jaro-Winkler similarity of two words with the same consonants
_LONGEST_PLACE = 3  # words of a place's name that are sought in a name
_SOUNDS = {
    "ph": "f", "kh": "k", "gh": "g", "th": "t", "dh": "d", "bh": "b", "sh": "s", "ck": "k", "q": "k", "w": "v",
}  # fmt: skip


def setting(name: str) -> Any:
    """A value of `seeds/resolve.yaml`."""
    return table("resolve.yaml")[name]


@cache
def word_set(name: str) -> frozenset[str]:
    """A word list of `seeds/resolve.yaml`, each word in one spelling."""
    return frozenset(spelled(str(word)) for word in setting(name))


@lru_cache(maxsize=100_000)
def words(name: str) -> Words:
    """The words of a name, in lower case and one spelling each, without signs."""
    return tuple(map(spelled, key(name).split()))


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """The consonants of a word, which its spellings share, with one letter for each sound; "" for a short word."""
    for form, sound in _SOUNDS.items():
        word = word.replace(form, sound)
    start = "a" if word[:1] in "aeiou" else ""
    letters = [letter for n, letter in enumerate(word) if letter not in "aeiouy" and (letter != "h" or n == 0)]
    found = "".join(letter for n, letter in enumerate(letters) if n == 0 or letters[n - 1] != letter)
    return start + found if len(found) > 1 else ""


def name_keys(label: str, own: Words, aliases: Iterable[Words], listed: str | None) -> frozenset[str]:
    """The keys of a name: its words (also sorted), its aliases, its row in a list, its consonants."""
    found = {f"{label} {' '.join(name)}" for name in (own, tuple(sorted(own)), *aliases)}
    found |= {f"listed {listed}"} if listed else set()
    return frozenset(found | {"sound " + " ".join(skeleton(word) or word for word in own)})


def spelled_alike(one: Words, other: Words) -> bool:
    """Whether two names differ only in the spelling of words; words with digits have one spelling."""
    return len(one) == len(other) and all(map(_alike, one, other))


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    same = skeleton(one) == skeleton(other) != ""
    return same and (one + other).isalpha() and JaroWinkler.similarity(one, other) >= _ALIKE


def in_order(short: Words, long: Words) -> bool:
    """Whether all words of `short` are in `long`, in the same order."""
    rest = iter(long)
    return all(word in rest for word in short)


@lru_cache(maxsize=100_000)
def is_description(name: str) -> bool:
    """Whether a name has no capital letter and no digit: "senior officials", "the provincial government"."""
    return not any(letter.isupper() or letter.isdigit() for letter in name)


@lru_cache(maxsize=100_000)
def country_in(name: str) -> str | None:
    """The country of the places and nationalities in a name: "Sindh Bank" gives PAK; None where there are several."""
    found = {place_country(part) for part in _parts(name.replace("-", " ").split())}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _parts(run: list[str]) -> Iterable[str]:
    spans = combinations(range(len(run) + 1), 2)
    capital = ((a, b) for a, b in spans if b - a <= _LONGEST_PLACE and run[a][:1].isupper())
    return (" ".join(run[a:b]).strip(",.()") for a, b in capital)


class Form(ABC):
    """A name as it is compared; hashable, so that a cluster keeps each form once.

    `label`: the weights of `seeds/resolve.yaml` that apply to it.
    """

    label: str

    @property
    @abstractmethod
    def keys(self) -> frozenset[str]:
        """The keys under which it is found."""

    @property
    def lookups(self) -> frozenset[str]:
        """The keys under which names to compare it with are looked up."""
        return self.keys

    @abstractmethod
    def compare(self, other: Form) -> tuple[str, ...] | None:
        """The reasons why both may name one thing, possibly none; None where they cannot."""


@dataclass(frozen=True)
class PlainForm(Form):
    """Compared by equality only: a country by its code, an unnamed group by its words."""

    name: str
    label: str

    @property
    def keys(self) -> frozenset[str]:
        return frozenset({f"{self.label} {self.name}"})

    def compare(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, PlainForm) or self.label != other.label:
            return None
        coded = self.label == "country" and self.name.isupper()
        return (("country_code" if coded else "same_name"),) if self.name == other.name else ()
