"""Whether two names are of one person, and whether two offices are one.

Hard because a surname names millions, a full name of common words thousands, and one person is spelled four ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from pipeline.gazetteer.names import key, surname, without_honorifics
from pipeline.gazetteer.places import place_country
from pipeline.resolve.clusters import Form
from pipeline.resolve.names import Words, in_order, known, skeleton, spelled_alike, word_set, words

_JUNIOR = frozenset({"jr", "junior"})


@dataclass(frozen=True)
class PersonForm:
    """The words of a name and the one that news calls the person by; `junior`: whether it is told from a father's."""

    words: Words
    surname: str
    junior: bool = False
    label: str = "person"

    @cached_property
    def core(self) -> Words:
        """Without the words in front that outlets leave out, as long as two are left."""
        rest = self.words
        while len(rest) > 2 and rest[0] in word_set("prefixes"):
            rest = rest[1:]
        return rest

    @cached_property
    def _pairs(self) -> frozenset[str]:
        sounds = [skeleton(word) or word for word in self.core]
        return frozenset("person " + " ".join(sorted(pair)) for pair in combinations(sounds, 2))

    @cached_property
    def _initial(self) -> str:
        return f"initial {self.core[0][:1]} {self.surname}" if len(self.core) > 1 else ""

    @cached_property
    def _abbreviated(self) -> bool:
        return any(len(word) == 1 for word in self.core)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Each two words by their consonants; the surname, which names of one word are held against."""
        if len(self.core) < 2:
            return frozenset({f"one {self.surname}"})
        return self._pairs | {f"last {self.surname}", f"{self._abbreviated} {self._initial}"}

    @cached_property
    def sought(self) -> frozenset[str]:
        """A surname that many bear is held against nothing but itself."""
        if len(self.core) < 2:
            many = self.surname in word_set("common_names")
            return frozenset({f"one {self.surname}"} | (set() if many else {f"last {self.surname}"}))
        other = {f"{not self._abbreviated} {self._initial}"}
        return self._pairs | {f"one {self.surname}"} | other

    def alike(self, other: Form) -> tuple[str, ...] | None:
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
    return (
        one[-1] == other[-1]
        and len(one) == len(other)
        and all(
            first == second or (min(len(first), len(second)) == 1 and first[0] == second[0])
            for first, second in zip(one, other, strict=True)
        )
    )


def _common(form: PersonForm) -> bool:
    """Whether it is made of initials and of names that many bear."""
    return len(form.core) < 3 and {word for word in form.core if len(word) > 1} <= word_set("common_names")


@lru_cache(maxsize=20_000)
def office(role: str | None) -> frozenset[str]:
    """The words that tell an office: "Federal Minister for Planning" is {minister, planning}."""
    spelled = " ".join(known("office_forms").get(word, word) for word in words(role or ""))
    return frozenset(word for word in spelled.split() if word not in known("office_dropped") and not _country(word))


def _country(word: str) -> bool:
    return place_country(word.capitalize()) is not None and place_country(word.upper()) is not None


def same_office(one: frozenset[str], other: frozenset[str]) -> str | None:
    """`same_office` where they are one and tell which, `same_title` for mere titles, None for different ones."""
    shared = one & other
    if not shared or not (one <= other or other <= one):
        return None
    telling = shared - frozenset(known("general_office_words"))
    return "same_office" if telling or " ".join(sorted(shared)) in _whole() else "same_title"


@lru_cache(maxsize=1)
def _whole() -> frozenset[str]:
    return frozenset(" ".join(sorted(name.split())) for name in known("whole_offices"))
