"""Whether two names are of one organisation or project: by words, acronym, legal form or type, and lists of the seeds.

Of a project those words count that are left without general words and types.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from pipeline.knowledge.name_forms import (
    Form,
    PlainForm,
    Words,
    is_description,
    name_keys,
    setting,
    spelled_alike,
    word_set,
    words,
)
from pipeline.seeds import rows, split
from pipeline.values.gazetteer.names import is_acronym, is_acronym_of, key, name_of_today, without_legal_form
from pipeline.values.gazetteer.places import country_of, demonym, place_country

_LONGEST_ACRONYM = 8  # letters
_SHORT = 5  # letters up to which a name may be an acronym, so that its spelling is compared exactly


@dataclass(frozen=True)
class ListedForm(Form):
    """`words`: those that count; `listed`: its name in the seeds; `aliases`: its other names in an article."""

    words: Words
    listed: str | None
    aliases: frozenset[Words]

    @cached_property
    def keys(self) -> frozenset[str]:
        return name_keys(self.label, self.words, self.aliases, self.listed)

    def compare(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, type(self)):
            return None
        if self.listed and other.listed:
            return ("listed",) if self.listed == other.listed else None
        return self._compare(other)

    @abstractmethod
    def _compare(self, other: Any) -> tuple[str, ...] | None:
        """The same, where at most one of them is listed."""

    def calls(self, other: ListedForm) -> bool:
        """Whether the article of one calls it by the name of the other."""
        return self.words in other.aliases or other.words in self.aliases


@dataclass(frozen=True)
class OrganisationForm(ListedForm):
    """`name`: without brackets, that of today; `legal`: its legal forms. It is a "body" in `seeds/resolve.yaml`."""

    name: str
    legal: frozenset[str]
    acronyms: frozenset[str]
    label: str = "body"

    @cached_property
    def keys(self) -> frozenset[str]:
        own = name_keys(self.label, self.words, self.aliases, self.listed)
        return own | {f"letters {acronym}" for acronym in self.acronyms}

    def _compare(self, other: OrganisationForm) -> tuple[str, ...] | None:
        if self.acronyms & other.acronyms and min(len(self.words), len(other.words)) == 1:
            return ("same_name",) if self.words == other.words else ("acronym_told",)
        if self.legal and other.legal and self.legal != other.legal:
            return None
        if self.words == other.words:
            return ("same_name",) if self.legal == other.legal else ("legal_form_once",)
        if sorted(self.words) == sorted(other.words) and "university" not in self.words:
            return ("same_words",)
        if self.calls(other):
            return ("alias_told",)
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
    name, *after = _without_brackets(name)
    listed = _listed(name, country)
    name = listed or (name_of_today(name, country) if country else name)
    own = organisation_words(name, country)
    kept = [a for a in (*aliases, *after) if _is_alias(a, name, country) and organisation_words(a, country) != own]
    acronyms = frozenset(short for short in (name, *kept) if _is_acronym(short))
    longer = frozenset(organisation_words(alias, country) for alias in kept if not _is_acronym(alias))
    return OrganisationForm(own, listed, frozenset() if listed else longer, name, _legal_forms(name), acronyms)


def _is_alias(alias: str, name: str, country: str | None) -> bool:
    """Whether it is a name of this organisation outside its article.

    Not "the bank", "Authority", "Pakistan", its parent's name, nor a part of its own, which others have too: "Exim
    Bank" of "Exim Bank of Pakistan".
    """
    if is_description(alias) or place_country(alias) is not None or _names_parent(alias, name, country):
        return False
    found = set(organisation_words(alias, country))
    return not found <= word_set("general_words") and not found < set(organisation_words(name, country))


def _names_parent(alias: str, name: str, country: str | None) -> bool:
    """Whether an alias may name the parent: "JI" and "Jamaat-e-Islami" of "Jamaat-e-Islami Karachi"."""
    places = {word for word in organisation_words(name, country) if place_country(word.title())}
    return bool(places) and not is_acronym(alias, name) and not places & set(organisation_words(alias, country))


def is_name(name: str, country: str | None) -> bool:
    """Whether it names one organisation: "finance ministry" of a country does, "Ministry" does not."""
    found = tuple(word for word in words(name) if word not in setting("stop_words"))
    if not set(found) <= word_set("general_words"):
        return not is_description(name)
    one = " ".join(found) in setting("one_a_country") or ("ministry" in found and len(found) > 1)
    return (one and country is not None) or (not is_description(name) and len(found) > 1)


@lru_cache(maxsize=100_000)
def organisation_words(name: str, country: str | None) -> Words:
    """The words without legal form and stop words; of a province's government the place, of a ministry no country."""
    found = [word for word in words(without_legal_form(name)) if word not in setting("stop_words")]
    lean = [word for word in found if word not in word_set("government_words")]
    if len(lean) < len(found) and lean and place_country(" ".join(lean).title()):
        return tuple(lean)
    own = [word for word in (lean if "ministry" in lean else found) if not country or _country(word) != country]
    return tuple(own if len(own) > 1 and set(own) <= word_set("general_words") else found)


def _country(word: str) -> str | None:
    return country_of(word.title()) or demonym(word.title())


def _is_acronym(name: str) -> bool:
    """Whether a name looks like an acronym: "NHA", not "Nespak"."""
    return name.isalnum() and sum(map(str.isupper, name)) > 1 and len(name) <= _LONGEST_ACRONYM


def _without_brackets(name: str) -> tuple[str, ...]:
    """A name and the acronym in brackets after it: "Asian Development Bank (ADB)"."""
    found = re.fullmatch(r"(.+?)\s*\((\w+)\)", name)
    return (found[1], found[2]) if found and _is_acronym(found[2]) else (name,)


@lru_cache(maxsize=100_000)
def _legal_forms(name: str) -> frozenset[str]:
    """The legal forms in a name, synonyms as one; "company" only where there is no other."""
    bare = key(without_legal_form(name)).split()
    cut = {word for word in key(name).split() if word not in bare}
    found = frozenset(form for form, letters in setting("legal_forms").items() if set(letters) & cut)
    return found - {"company"} if len(found) > 1 else found


def _listed(name: str, country: str | None) -> str | None:
    """Its name in seeds/institutions.csv, where that is of its country or multilateral.

    Without a country only a distinctive name counts.
    """
    found = _institutions().get(_key(name)) or _without_form(name)
    if not found or found[0] in setting("local_bodies"):
        return None
    listed, kind, home = found
    if home and not country:
        general = _is_acronym(name) or set(organisation_words(name, None)) <= word_set("general_words")
        return None if general else listed
    return listed if (home == country if home else kind == "multilateral") else None


def _without_form(name: str) -> tuple[str, str, str] | None:
    """The row of a name without its legal form, unless the row has another form: Corporation, not Limited."""
    found = _institutions().get(_key(without_legal_form(name)))
    own = _legal_forms(found[0]) if found else frozenset[str]()
    return found if not own or own == _legal_forms(name) else None


@cache
def _institutions() -> dict[str, tuple[str, str, str]]:
    """Name, kind and country of each institution, by the key of each of its names."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows("institutions.csv", "name", "kind"):
        for name in (row["name"], *split(row["aliases"])):
            found.setdefault(_key(name), (row["name"], row["kind"], row["country"]))
    return found


def _key(name: str) -> str:
    """The key of a name, in which "OPEC+" differs from "OPEC"."""
    return key(name) + "+" * name.endswith("+")


@dataclass(frozen=True)
class ProjectForm(ListedForm):
    """`types`: see `project_types` in the seeds; `place_only`: whether all words are places."""

    types: frozenset[str]
    place_only: bool
    label: str = "project"

    def _compare(self, other: ProjectForm) -> tuple[str, ...] | None:
        if self.types and other.types and not self.types & other.types:
            return ()
        if self.words == other.words:
            reason = "same_name" if bool(self.types) == bool(other.types) else "type_once"
        elif sorted(self.words) == sorted(other.words):
            reason = "same_words"
        elif self.calls(other):
            reason = "acronym_told" if min(len(self.words), len(other.words)) == 1 else "alias_told"
        elif spelled_alike(self.words, other.words):
            reason = "spelled_alike"
        else:
            return ()
        return (reason, "place_only") if self.place_only else (reason,)


def project_form(name: str, aliases: Iterable[str], countries: frozenset[str]) -> Form:
    """The form of a name; a name that many projects could have is an unnamed one, which joins in near-copies only."""
    own, types = _project_words(name)
    listed = listed_project(name, countries)
    if listed and listed[0] in setting("local_projects"):
        return PlainForm(key(name), "unnamed")
    if listed:
        return ProjectForm(_project_words(listed[0])[0], listed[0], frozenset(), frozenset(), False)
    numbers = {word for word in own if word.removeprefix("fy").isdigit()}  # fiscal years too: "fy26"
    if is_description(name) or set(own) <= word_set("general_project_words") | numbers:
        return PlainForm(key(name), "unnamed")
    others = frozenset(_project_words(alias)[0] for alias in aliases if _names_project(alias, own))
    return ProjectForm(own, None, others, types, all(place_country(word.title()) for word in own))


def _names_project(alias: str, own: Words) -> bool:
    """Whether it is a name of the project, not of a place and not only a part of its name."""
    found = _project_words(alias)[0]
    if is_description(alias) or set(found) <= word_set("general_project_words") or place_country(alias):
        return False
    return found != own and (not set(found) < set(own) or len(found) > 1 or is_acronym(alias, " ".join(own)))


@lru_cache(maxsize=100_000)
def _project_words(name: str) -> tuple[Words, frozenset[str]]:
    """The distinctive words, and the types; all words where no other is left."""
    found = [word for word in words(name) if word not in setting("stop_words")]
    named = [word for word in found if word not in word_set("project_words")]
    rest = tuple(word for word in named if word not in _types())
    if not rest:
        return tuple(named or found), frozenset()
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
    found: dict[Words, tuple[str, frozenset[str]]] = {}
    for row in (*rows("projects.csv", "name"), *rows("programmes.csv", "name")):
        for name in (row["name"], *split(row["aliases"])):
            found.setdefault(_project_key(name), (row["name"], frozenset(split(row["countries"]))))
    return found


def _project_key(name: str) -> Words:
    return tuple(word for word in words(name) if word not in ("project", "programme"))
