"""Names as they are compared: words in one spelling, their consonants; forms of plain names, of persons and offices.

Urdu, Arabic and Chinese names have no fixed spelling in English, so names are also compared by consonants. The word
lists are those of `seeds/resolve.yaml`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import combinations
from typing import Any

from rapidfuzz.distance import JaroWinkler

from pipeline.seeds import table
from pipeline.values.gazetteer.names import key, spelled, surname, without_honorifics
from pipeline.values.gazetteer.places import place_country

Words = tuple[str, ...]
_JUNIOR = frozenset({"jr", "junior"})
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


@dataclass(frozen=True)
class PersonForm(Form):
    """The words of a name, the one that news uses alone, and whether the name is marked as that of a son."""

    words: Words
    surname: str
    junior: bool = False
    label: str = "person"

    @cached_property
    def core(self) -> Words:
        """Without leading words that outlets leave out, as long as two words are left."""
        rest = self.words
        while len(rest) > 2 and rest[0] in word_set("prefixes"):
            rest = rest[1:]
        return rest

    @cached_property
    def _pairs(self) -> frozenset[str]:
        sounds = [skeleton(word) or word for word in self.core]
        return frozenset("person " + " ".join(sorted(pair)) for pair in combinations(sounds, 2))

    def _initial(self, abbreviated: bool) -> str:
        return f"{abbreviated} initial {self.core[0][:1]} {self.surname}"

    @cached_property
    def _abbreviated(self) -> bool:
        return any(len(word) == 1 for word in self.core)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Each two words by their consonants; the surname, for comparison with names of one word."""
        if len(self.core) < 2:
            return frozenset({f"one {self.surname}"})
        return self._pairs | {f"last {self.surname}", self._initial(self._abbreviated)}

    @cached_property
    def lookups(self) -> frozenset[str]:
        """A common surname is compared with itself only."""
        if len(self.core) < 2:
            many = self.surname in word_set("common_names")
            return frozenset({f"one {self.surname}"} | (set() if many else {f"last {self.surname}"}))
        return self._pairs | {f"one {self.surname}", self._initial(not self._abbreviated)}

    def compare(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, PersonForm):
            return None
        reason = _reason(self, other)
        if reason is None:
            other_given_name = self.surname == other.surname and min(len(self.core), len(other.core)) > 1
            return None if other_given_name else ()
        common = (self.words != other.words or len(self.words) < 3) and (_common(self) or _common(other))
        return (reason, "common_name") if common else (reason,)


def person_form(name: str) -> PersonForm:
    bare = without_honorifics(name)
    return PersonForm(words(bare), " ".join(words(surname(bare))), bool(_JUNIOR & set(key(name).split())))


def _reason(one: PersonForm, other: PersonForm) -> str | None:
    if one.words == other.words:
        return "one_name" if len(one.words) == 1 else "full_name" if one.junior == other.junior else "junior_once"
    short, long = sorted((one.core, other.core), key=len)
    if len(short) == 1:
        return "surname" if short[0] in (one.surname, other.surname) and one.surname == other.surname else None
    if short == long:
        return "full_name_but_prefix"
    if in_order(short, long):
        return "first_and_last" if (short[0], short[-1]) == (long[0], long[-1]) else "part_of_name"
    if spelled_alike(short, long):
        return "spelled_alike"
    return "initials" if _initials(short, long) else None


def _initials(one: Words, other: Words) -> bool:
    """ "S Jaishankar" and "Subrahmanyam Jaishankar"."""
    if one[-1] != other[-1] or len(one) != len(other):
        return False
    pairs = zip(one, other, strict=True)
    return all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs)


def _common(form: PersonForm) -> bool:
    """Whether it consists of initials and common names."""
    return len(form.core) < 3 and {word for word in form.core if len(word) > 1} <= word_set("common_names")


@lru_cache(maxsize=20_000)
def office(role: str | None) -> frozenset[str]:
    """The words that distinguish an office: "Federal Minister for Planning" is {minister, planning}."""
    spelled = " ".join(setting("office_forms").get(word, word) for word in words(role or ""))
    return frozenset(word for word in spelled.split() if word not in setting("office_dropped") and not _country(word))


def _country(word: str) -> bool:
    return place_country(word.capitalize()) is not None and place_country(word.upper()) is not None


def same_office(one: frozenset[str], other: frozenset[str]) -> str | None:
    """`same_office` where both name the same office, `same_title` where only a title is shared, else None."""
    shared = one & other
    if not shared or not (one <= other or other <= one):
        return None
    specific = shared - frozenset(setting("general_office_words"))
    whole = any(shared == set(name.split()) for name in setting("whole_offices"))
    return "same_office" if specific or whole else "same_title"
