"""Names as they are compared: persons, organisations and projects; their words in one spelling, and offices.

Urdu, Arabic and Chinese names have no fixed spelling in English, so names are also compared by consonants. Of a project
those words count that are left without general words and types. The word lists are those of `seeds/resolve.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import combinations
from typing import Any

from rapidfuzz.distance import JaroWinkler

from pipeline.seeds import Row, rows, split, table
from pipeline.values.gazetteer.names import (
    is_acronym,
    is_acronym_of,
    key,
    name_of_today,
    spelled,
    surname,
    unaccented,
    without_honorifics,
    without_legal_form,
)
from pipeline.values.gazetteer.places import country_of, demonym, place_country

Words = tuple[str, ...]
Reasons = tuple[str, ...]
_ARABIC_ARTICLE = re.compile(r"\b(?:al|el)-(?=\w)|(?<=\s)(?:al|el)\s+", re.IGNORECASE)  # "el-Sisi", "Al Sisi"
_JUNIOR = frozenset({"jr", "junior"})
_ALIKE = 0.85  # Jaro-Winkler similarity of two words with the same consonants
_LONGEST_PLACE = 3  # words of a place's name that are sought in a name
_LONGEST_ACRONYM = 8  # letters
_SHORT = 5  # letters up to which a name may be an acronym, so that its spelling is compared exactly
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
    """The words of a name, in lower case and one spelling each, without signs and accents."""
    return tuple(map(spelled, unaccented(key(name)).split()))


def _content_words(name: str) -> Words:
    """The words without those that mean nothing for what it is, such as "of"."""
    return tuple(word for word in words(name) if word not in setting("stop_words"))


@lru_cache(maxsize=100_000)
def skeleton(word: str) -> str:
    """The consonants of a word, which its spellings share, with one letter for each sound; "" for a short word."""
    for form, sound in _SOUNDS.items():
        word = word.replace(form, sound)
    start = "a" if word[:1] in "aeiou" else ""
    letters = [letter for n, letter in enumerate(word) if letter not in "aeiouy" and (letter != "h" or n == 0)]
    found = "".join(letter for n, letter in enumerate(letters) if n == 0 or letters[n - 1] != letter)
    return start + found if len(found) > 1 else ""


def spelled_alike(one: Words, other: Words) -> bool:
    """Whether two names differ only in the spelling of words; words with digits have one spelling."""
    return len(one) == len(other) and all(map(_alike, one, other))


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    same = skeleton(one) == skeleton(other) != ""
    return same and (one + other).isalpha() and JaroWinkler.similarity(one, other) >= _ALIKE


@lru_cache(maxsize=100_000)
def is_description(name: str) -> bool:
    """Whether a name has no capital letter and no digit: "senior officials", "the provincial government"."""
    return not any(letter.isupper() or letter.isdigit() for letter in name)


@lru_cache(maxsize=100_000)
def country_in(name: str) -> str | None:
    """The country of the places and nationalities in a name: "Sindh Bank" gives PAK; None where there are several."""
    run = name.replace("-", " ").split()
    spans = combinations(range(len(run) + 1), 2)
    capital = ((a, b) for a, b in spans if b - a <= _LONGEST_PLACE and run[a][:1].isupper())
    found = {place_country(" ".join(run[a:b]).strip(",.()")) for a, b in capital} - {None}
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Form:
    """A name as it is compared; hashable, so that a cluster keeps each form once. As it stands, by equality only.

    `label`: the weights of `seeds/resolve.yaml` that apply to it; `words`: those that count.
    """

    label: str
    words: Words

    @property
    def keys(self) -> frozenset[str]:
        """The keys under which it is found."""
        return frozenset({f"{self.label} {' '.join(self.words)}"})

    @property
    def lookups(self) -> frozenset[str]:
        """The keys under which names to compare it with are looked up."""
        return self.keys

    def compare(self, other: Form) -> Reasons | None:
        """The reasons why both may name one thing, possibly none; None where they cannot."""
        return self._compare(other) if self.label == other.label else None

    def _compare(self, other: Any) -> Reasons | None:
        """The same of two forms with one label."""
        coded = self.label == "country" and self.words[0].isupper()
        return (("country_code" if coded else "same_name"),) if self.words == other.words else ()


@dataclass(frozen=True)
class PersonForm(Form):
    """`surname`: the word that news uses alone; `junior`: whether the name is marked as that of a son."""

    surname: str
    junior: bool

    @cached_property
    def core(self) -> Words:
        """Without leading words that outlets leave out, as long as two words are left."""
        rest = self.words
        while len(rest) > 2 and rest[0] in word_set("prefixes"):
            rest = rest[1:]
        return rest

    @cached_property
    def keys(self) -> frozenset[str]:
        """Each two words by their consonants; the surname, for comparison with names of one word; the initial."""
        return self._keys("one" if len(self.core) < 2 else "last", False)

    @cached_property
    def lookups(self) -> frozenset[str]:
        """A common surname is compared with itself only, an abbreviated name with names that are not."""
        if len(self.core) < 2 and self.surname not in word_set("common_names"):
            return frozenset({f"one {self.surname}", f"last {self.surname}"})
        return self._keys("one", True)

    def _keys(self, place: str, turned: bool) -> frozenset[str]:
        sounds, found = [skeleton(word) or word for word in self.core], {f"{place} {self.surname}"}
        if len(self.core) > 1:
            found |= {"person " + " ".join(sorted(pair)) for pair in combinations(sounds, 2)}
            short = any(len(word) == 1 for word in self.core) != turned
            found.add(f"{short} initial {self.core[0][:1]} {self.surname}")
        return frozenset(found)

    def _compare(self, other: PersonForm) -> Reasons | None:
        reason = self._reason(other)
        if reason is None:
            other_given_name = self.surname == other.surname and min(len(self.core), len(other.core)) > 1
            return None if other_given_name else ()
        common = self.words != other.words or len(self.words) < 3
        return (reason, "common_name") if common and (self.is_common or other.is_common) else (reason,)

    def _reason(self, other: PersonForm) -> str | None:
        if self.words == other.words:
            return "one_name" if len(self.words) == 1 else "full_name" if self.junior == other.junior else "junior_once"
        short, long = sorted((self.core, other.core), key=len)
        if len(short) == 1:
            return "surname" if short[0] in (self.surname, other.surname) and self.surname == other.surname else None
        if short == long:
            return "full_name_but_prefix"
        rest = iter(long)
        if all(word in rest for word in short):  # in the same order
            return "first_and_last" if (short[0], short[-1]) == (long[0], long[-1]) else "part_of_name"
        if spelled_alike(short, long):
            return "spelled_alike"
        same_length = len(short) == len(long) and short[-1] == long[-1]  # "S Jaishankar" and "Subrahmanyam Jaishankar"
        pairs = zip(short, long, strict=False)
        abbreviated = all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs)
        return "initials" if same_length and abbreviated else None

    @property
    def is_common(self) -> bool:
        """Whether it consists of initials and common names."""
        return len(self.core) < 3 and {word for word in self.core if len(word) > 1} <= word_set("common_names")


def person_form(name: str) -> PersonForm:
    bare = _ARABIC_ARTICLE.sub("", without_honorifics(name))
    return PersonForm("person", words(bare), " ".join(words(surname(bare))), bool(_JUNIOR & set(key(name).split())))


@lru_cache(maxsize=20_000)
def office(role: str | None) -> frozenset[str]:
    """The words that distinguish an office: "Federal Minister for Planning" is {minister, planning}."""
    role = (role or "").lower()
    for english, phrases in setting("foreign_offices").items():
        for phrase in phrases:
            role = role.replace(phrase, f" {english} ")
    spelled = " ".join(setting("office_forms").get(word, word) for word in words(role)).split()
    countries = {word for word in spelled if place_country(word.capitalize()) and place_country(word.upper())}
    return frozenset(spelled) - frozenset(setting("office_dropped")) - countries


def same_office(one: frozenset[str], other: frozenset[str]) -> str | None:
    """`same_office` where both name the same office, `same_title` where only a title is shared, else None."""
    shared = one & other
    if not shared or not (one <= other or other <= one):
        return None
    specific = shared - frozenset(setting("general_office_words"))
    whole = any(shared == set(name.split()) for name in setting("whole_offices"))
    return "same_office" if specific or whole else "same_title"


@dataclass(frozen=True)
class ListedForm(Form):
    """`listed`: its name in the seeds; `aliases`: its other names in an article."""

    listed: str | None
    aliases: frozenset[Words]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its words (also sorted), its aliases, its row in a list, its consonants."""
        found = {f"{self.label} {' '.join(name)}" for name in (self.words, tuple(sorted(self.words)), *self.aliases)}
        found |= {f"listed {self.listed}"} if self.listed else set()
        return frozenset(found | {"sound " + " ".join(skeleton(word) or word for word in self.words)})

    def compare(self, other: Form) -> Reasons | None:
        if isinstance(other, ListedForm) and self.label == other.label and self.listed and other.listed:
            return ("listed",) if self.listed == other.listed else None
        return super().compare(other)

    def calls(self, other: ListedForm) -> bool:
        """Whether the article of one calls it by the name of the other."""
        return self.words in other.aliases or other.words in self.aliases


@dataclass(frozen=True)
class OrganisationForm(ListedForm):
    """`name`: without brackets, that of today; `legal`: its legal forms. It is a "body" in `seeds/resolve.yaml`."""

    name: str
    legal: frozenset[str]
    acronyms: frozenset[str]

    @cached_property
    def keys(self) -> frozenset[str]:
        return super().keys | {f"letters {acronym}" for acronym in self.acronyms}

    def _compare(self, other: OrganisationForm) -> Reasons | None:
        if self.acronyms & other.acronyms and min(len(self.words), len(other.words)) == 1:
            return ("same_name",) if self.words == other.words else ("acronym_given",)
        if self.legal and other.legal and self.legal != other.legal:
            return None
        if self.words == other.words:
            return ("same_name",) if self.legal == other.legal else ("legal_form_once",)
        if sorted(self.words) == sorted(other.words) and "university" not in self.words:
            return ("same_words",)
        if self.calls(other):
            return ("alias_given",)
        both, names = self.acronyms & other.acronyms, (self.name, other.name)
        if any(not any(short in name or is_acronym_of(short, name) for name in names) for short in both):
            return ("acronym_shared",)  # of its name in another language: English names do not spell it
        if spelled_alike(self.words, other.words) and len("".join(self.words)) > _SHORT:
            return ("spelled_alike",)
        spelled = is_acronym_of(self.name, other.name) or is_acronym_of(other.name, self.name)
        return ("acronym_spelled",) if spelled else ()

    @cached_property
    def is_general(self) -> bool:
        """Whether organisations of many countries have this name."""
        return set(self.words) <= word_set("general_words") or (len(self.words) == 1 and bool(self.acronyms))

    @property
    def is_local(self) -> bool:
        """Whether every city or province has an organisation of this name, or every meeting one."""
        local = word_set("local_words")
        named = bool(set(self.words) & local) and set(self.words) <= word_set("general_words") | local
        return self.listed is None and named and " ".join(self.words) not in setting("one_a_country")


def organisation_form(name: str, aliases: Iterable[str], country: str | None) -> OrganisationForm:
    """The form of a name; `country` decides which listed institution it is and which of its words say nothing new."""
    given = re.fullmatch(r"(?P<name>.+?)\s*\((?P<short>\w+)\)", name)  # "Asian Development Bank (ADB)"
    given = given or re.fullmatch(r"(?P<short>\w+)\s+[-–—]\s+(?P<name>\w+\s+\w+\s.+)", name)  # "ADB – Asian ..."
    if given and _is_acronym(given["short"]):
        name, aliases = given["name"], [*aliases, given["short"]]
    listed = _listed(name, country)
    name = listed or (name_of_today(name, country) if country else name)
    own = organisation_words(name, country)
    kept = [a for a in aliases if _is_alias(a, name, country) and organisation_words(a, country) != own]
    acronyms = frozenset(short for short in (name, *kept) if _is_acronym(short))
    longer = frozenset(organisation_words(alias, country) for alias in kept if not _is_acronym(alias))
    return OrganisationForm("body", own, listed, frozenset() if listed else longer, name, _legal_forms(name), acronyms)


def _is_alias(alias: str, name: str, country: str | None) -> bool:
    """Whether it is a name of this organisation outside its article.

    Not "the bank", "Authority", "Pakistan", nor a part of its own, which others have too: "Exim Bank" of "Exim Bank of
    Pakistan"; nor what may name its parent: "JI" and "Jamaat-e-Islami" of "Jamaat-e-Islami Karachi".
    """
    if is_description(alias) or place_country(alias) is not None:
        return False
    found, own = set(organisation_words(alias, country)), set(organisation_words(name, country))
    places = {word for word in own if place_country(word.title())}
    names_parent = places and not is_acronym(alias, name) and not places & found
    return not names_parent and not found <= word_set("general_words") and not found < own


def is_name(name: str, country: str | None) -> bool:
    """Whether it names one organisation: "finance ministry" of a country does, "Ministry" does not."""
    found = _content_words(name)
    if not set(found) <= word_set("general_words"):
        return not is_description(name)
    one = " ".join(found) in setting("one_a_country") or ("ministry" in found and len(found) > 1)
    return (one and country is not None) or (not is_description(name) and len(found) > 1)


@lru_cache(maxsize=100_000)
def organisation_words(name: str, country: str | None) -> Words:
    """The words without legal form and stop words; of a province's government the place, of a ministry no country."""
    found = _content_words(without_legal_form(name))
    lean = tuple(word for word in found if word not in word_set("government_words"))
    if len(lean) < len(found) and lean and place_country(" ".join(lean).title()):
        return lean
    kept = lean if "ministry" in lean else found
    own = tuple(w for w in kept if not country or (country_of(w.title()) or demonym(w.title())) != country)
    return own if len(own) > 1 and set(own) <= word_set("general_words") else found


def _is_acronym(name: str) -> bool:
    """Whether a name looks like an acronym: "NHA", not "Nespak"."""
    return name.isalnum() and sum(map(str.isupper, name)) > 1 and len(name) <= _LONGEST_ACRONYM


@lru_cache(maxsize=100_000)
def _legal_forms(name: str) -> frozenset[str]:
    """The legal forms in a name, synonyms as one; "company" only where there is no other."""
    bare = key(without_legal_form(name)).split()
    cut = {word for word in key(name).split() if word not in bare}
    found = frozenset(form for form, letters in setting("legal_forms").items() if set(letters) & cut)
    return found - {"company"} if len(found) > 1 else found


def _listed(name: str, country: str | None) -> str | None:
    """Its name in seeds/institutions.csv, where that is of its country or multilateral.

    Without a country only a distinctive name counts. A name without its legal form is no row that has another form:
    Corporation, not Limited.
    """
    row = _institutions().get(_key(name))
    if row is None and (bare := _institutions().get(_key(without_legal_form(name)))):
        own = _legal_forms(bare["name"])
        row = bare if not own or own == _legal_forms(name) else None
    if row is None or row["name"] in setting("local_bodies"):
        return None
    if row["country"] and not country:
        general = _is_acronym(name) or set(organisation_words(name, None)) <= word_set("general_words")
        return None if general else row["name"]
    here = row["country"] == country if row["country"] else row["kind"] == "multilateral"
    return row["name"] if here else None


@cache
def _institutions() -> dict[str, Row]:
    """The row of each institution, by the key of each of its names."""
    found = reversed([(name, row) for row in rows("institutions.csv", "name", "kind") for name in _names_of(row)])
    return {_key(name): row for name, row in found}


def _names_of(row: Row) -> list[str]:
    return [row["name"], *split(row["aliases"])]


def _key(name: str) -> str:
    """The key of a name, in which "OPEC+" differs from "OPEC"."""
    return key(name) + "+" * name.endswith("+")


@dataclass(frozen=True)
class ProjectForm(ListedForm):
    """`types`: see `project_types` in the seeds; `place_only`: whether all words are places."""

    types: frozenset[str]
    place_only: bool

    def _compare(self, other: ProjectForm) -> Reasons | None:
        if self.types and other.types and not self.types & other.types:
            return ()
        if self.words == other.words:
            reason = "same_name" if bool(self.types) == bool(other.types) else "type_once"
        elif sorted(self.words) == sorted(other.words):
            reason = "same_words"
        elif self.calls(other):
            reason = "acronym_given" if min(len(self.words), len(other.words)) == 1 else "alias_given"
        elif spelled_alike(self.words, other.words):
            reason = "spelled_alike"
        else:
            return ()
        return (reason, "place_only") if self.place_only else (reason,)


def project_form(name: str, aliases: Iterable[str], countries: frozenset[str]) -> Form:
    """The form of a name; a name that many projects could have is an unnamed one, which joins in near-copies only."""
    own, types = _project_words(name)
    listed = listed_project(name, countries)
    distinct = {word for word in own if not word.removeprefix("fy").isdigit()}  # without fiscal years
    unnamed = is_description(name) or distinct <= word_set("general_project_words")
    if listed[0] in setting("local_projects") if listed else unnamed:
        return Form("unnamed", (key(name),))
    if listed:
        return ProjectForm("project", _project_words(listed[0])[0], listed[0], frozenset(), frozenset(), False)
    others = frozenset(_project_words(alias)[0] for alias in aliases if _names_project(alias, own))
    return ProjectForm("project", own, None, others, types, all(place_country(word.title()) for word in own))


def _names_project(alias: str, own: Words) -> bool:
    """Whether it is a name of the project, not of a place and not only a part of its name."""
    found = _project_words(alias)[0]
    if is_description(alias) or set(found) <= word_set("general_project_words") or place_country(alias):
        return False
    return found != own and (not set(found) < set(own) or len(found) > 1 or is_acronym(alias, " ".join(own)))


@lru_cache(maxsize=100_000)
def _project_words(name: str) -> tuple[Words, frozenset[str]]:
    """The distinctive words, and the types; all words where no other is left."""
    found, energy, plant = _content_words(name), word_set("energy_sources"), word_set("plant_words")
    found = tuple(word for n, word in enumerate(found) if word not in plant or energy.isdisjoint(found[:n]))
    named = tuple(word for word in found if word not in word_set("project_words"))
    rest = tuple(word for word in named if word not in _types())
    if not rest:
        return named or found, frozenset()
    return rest, frozenset(_types()[word] for word in named if word in _types())


@cache
def _types() -> dict[str, str]:
    return {word: name for name, some in setting("project_types").items() for word in some}


def listed_project(name: str, countries: frozenset[str]) -> tuple[str, frozenset[str]] | None:
    """Its name in projects.csv or programmes.csv and its countries; None for a short name of another country."""
    found = _listed_projects().get(_project_key(name))
    elsewhere = found and countries and found[1] and not countries & found[1]
    return None if elsewhere and len(words(name)) < 3 else found


@cache
def _listed_projects() -> dict[Words, tuple[str, frozenset[str]]]:
    every = (*rows("projects.csv", "name"), *rows("programmes.csv", "name"))
    found = reversed([(name, row) for row in every for name in _names_of(row)])
    return {_project_key(name): (row["name"], frozenset(split(row["countries"]))) for name, row in found}


def _project_key(name: str) -> Words:
    return tuple(word for word in words(name) if word not in ("project", "programme"))
