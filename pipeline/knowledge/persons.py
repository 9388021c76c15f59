"""Whether two names are of one person, and whether two offices are the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from pipeline.knowledge.name_forms import Form, Words, in_order, setting, skeleton, spelled_alike, word_set, words
from pipeline.values.gazetteer.names import key, surname, without_honorifics
from pipeline.values.gazetteer.places import place_country

_JUNIOR = frozenset({"jr", "junior"})


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
