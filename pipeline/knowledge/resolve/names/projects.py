"""Whether two names are of one project, by the words that are left without general words and project types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from pipeline.knowledge.resolve.names.forms import Form, PlainForm
from pipeline.knowledge.resolve.names.words import (
    Words,
    is_description,
    name_keys,
    setting,
    spelled_alike,
    word_set,
    words,
)
from pipeline.seeds import rows, split
from pipeline.values.gazetteer.names import is_acronym, key
from pipeline.values.gazetteer.places import place_country


@dataclass(frozen=True)
class ProjectForm(Form):
    """`words`: the distinctive ones; `types`: see `project_types` in the seeds; `aliases`: its other names.

    `listed`: its name in projects.csv or programmes.csv; `place_only`: whether all distinctive words are places.
    """

    words: Words
    types: frozenset[str]
    listed: str | None
    aliases: frozenset[Words]
    place_only: bool
    label: str = "project"

    @cached_property
    def keys(self) -> frozenset[str]:
        return name_keys(self.label, self.words, self.aliases, self.listed)

    def compare(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, ProjectForm):
            return None
        if self.listed and other.listed:
            return ("listed",) if self.listed == other.listed else None
        if self.types and other.types and not self.types & other.types:
            return ()
        reason = _reason(self, other)
        return () if reason is None else (reason, *(["place_only"] if self.place_only else []))


def _reason(one: ProjectForm, other: ProjectForm) -> str | None:
    if one.words == other.words:
        return "same_name" if bool(one.types) == bool(other.types) else "type_once"
    if sorted(one.words) == sorted(other.words):
        return "same_words"
    if one.words in other.aliases or other.words in one.aliases:
        return "acronym_told" if min(len(one.words), len(other.words)) == 1 else "alias_told"
    return "spelled_alike" if spelled_alike(one.words, other.words) else None


def project_form(name: str, aliases: Iterable[str], countries: frozenset[str]) -> Form:
    """The form of a name; a name that many projects could have is an unnamed one, which joins in near-copies only."""
    own, types = _words(name)
    listed = listed_project(name, countries)
    if listed and listed[0] in setting("local_projects"):
        return PlainForm(key(name), "unnamed")
    if listed:
        return ProjectForm(_words(listed[0])[0], frozenset(), listed[0], frozenset(), False)
    numbers = {word for word in own if word.removeprefix("fy").isdigit()}  # fiscal years too: "fy26"
    if is_description(name) or set(own) <= word_set("general_project_words") | numbers:
        return PlainForm(key(name), "unnamed")
    others = frozenset(_words(alias)[0] for alias in aliases if _is_alias(alias, own))
    return ProjectForm(own, types, None, others, all(place_country(word.title()) for word in own))


def _is_alias(alias: str, own: Words) -> bool:
    """Whether it is a name of the project, not of a place and not only a part of its name."""
    found = _words(alias)[0]
    if is_description(alias) or set(found) <= word_set("general_project_words") or place_country(alias):
        return False
    return found != own and (not set(found) < set(own) or len(found) > 1 or is_acronym(alias, " ".join(own)))


@lru_cache(maxsize=100_000)
def _words(name: str) -> tuple[Words, frozenset[str]]:
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
    found = _listed().get(_listed_key(name))
    elsewhere = found and countries and found[1] and not countries & found[1]
    return None if elsewhere and len(words(name)) < 3 else found


@cache
def _listed() -> dict[Words, tuple[str, frozenset[str]]]:
    found: dict[Words, tuple[str, frozenset[str]]] = {}
    for row in (*rows("projects.csv", "name"), *rows("programmes.csv", "name")):
        for name in (row["name"], *split(row["aliases"])):
            found.setdefault(_listed_key(name), (row["name"], frozenset(split(row["countries"]))))
    return found


def _listed_key(name: str) -> Words:
    return tuple(word for word in words(name) if word not in ("project", "programme"))
