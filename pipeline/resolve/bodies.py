"""Whether two names are of one organisation: its acronym, its legal form, the country that it belongs to.

Hard because every country has a Ministry of Finance, "NHA" is a highway authority and an insurer, and a parent, its
subsidiary and their joint venture bear one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from pipeline.normalise.names import is_acronym, key, without_legal_form
from pipeline.normalise.places import country_of, demonym, place_country
from pipeline.resolve.clusters import Form
from pipeline.resolve.names import Words, is_description, known, skeleton, spelled_alike, word_set, words
from pipeline.seeds import rows

_ACRONYM = 8  # letters at most


@dataclass(frozen=True)
class BodyForm:
    """`listed`: its name in seeds/institutions.csv; `legal`: its legal forms; `told`: its other names in an article."""

    name: str
    words: Words
    legal: frozenset[str]
    listed: str | None
    told: frozenset[Words]
    acronyms: frozenset[str]
    label: str = "body"

    @cached_property
    def bag(self) -> Words:
        """The words in no order, for names that are turned round; of a government's name the place alone."""
        return tuple(sorted(self.words))

    @cached_property
    def keys(self) -> frozenset[str]:
        names = [self.words, self.bag, *self.told]
        found = {f"body {' '.join(name)}" for name in names} | {f"letters {acronym}" for acronym in self.acronyms}
        found |= {f"listed {self.listed}"} if self.listed else set()
        return frozenset(found | {"sound " + " ".join(skeleton(word) or word for word in self.words)})

    @property
    def sought(self) -> frozenset[str]:
        return self.keys

    def alike(self, other: Form) -> tuple[str, ...] | None:
        if not isinstance(other, BodyForm):
            return None
        if self.listed and other.listed:
            return ("listed",) if self.listed == other.listed else None
        return () if (reason := _reason(self, other)) is None else (reason,)

    @cached_property
    def is_general(self) -> bool:
        """Whether bodies of many countries are called so."""
        return set(self.words) <= word_set("general_words") or (len(self.words) == 1 and bool(self.acronyms))

    @property
    def is_local(self) -> bool:
        """Whether every city or province has a body of that name."""
        return _is_local(self.words)


def _reason(one: BodyForm, other: BodyForm) -> str | None:
    apart = bool(one.legal and other.legal and not one.legal & other.legal)
    if one.words == other.words and not apart:
        return "same_name" if one.legal == other.legal or one.legal & other.legal else "legal_form_once"
    if one.bag == other.bag and not apart and "university" not in one.words:
        return "same_words"
    if one.acronyms & other.acronyms and min(len(one.words), len(other.words)) == 1:
        return "acronym_told"
    if (one.words in other.told or other.words in one.told) and not apart:
        return "alias_told"
    if spelled_alike(one.words, other.words) and not apart:
        return "spelled_alike"
    return "acronym_spelled" if is_acronym(one.name, other.name) or is_acronym(other.name, one.name) else None


def body_form(name: str, aliases: Iterable[str], country: str | None) -> BodyForm:
    """The form of a name; `country` decides which listed institution it may be and what of the name says the same."""
    name, *told_after = _without_brackets(name)
    own = _words(name, country)
    listed = None if _is_local(own) else _listed(name, country)
    if listed:
        name, own = listed, _words(listed, country)
    told = [alias for alias in (*aliases, *told_after) if _tells(alias, country) and _words(alias, country) != own]
    acronyms = frozenset(short for short in (name, *told) if _acronym(short))
    if listed:
        return BodyForm(listed, own, frozenset(), listed, frozenset(), acronyms)
    longer = frozenset(_words(alias, country) for alias in told if not _acronym(alias))
    return BodyForm(name, own, _legal(name), None, longer, acronyms)


def _without_brackets(name: str) -> list[str]:
    """A name and the acronym in brackets after it: "Asian Development Bank (ADB)"."""
    found = re.fullmatch(r"(.+?)\s*\((\w+)\)", name)
    return [found[1], found[2]] if found and _acronym(found[2]) else [name]


def _is_local(own: Words) -> bool:
    return set(own) <= word_set("general_words") | word_set("local_words") and bool(set(own) & word_set("local_words"))


def _acronym(name: str) -> bool:
    return name.isalnum() and sum(map(str.isupper, name)) > 1 and len(name) <= _ACRONYM


def _tells(alias: str, country: str | None) -> bool:
    """Whether an alias is a name: not "the bank", "Authority", "Pakistan"."""
    found = set(_words(alias, country))
    return not is_description(alias) and not found <= word_set("general_words") and place_country(alias) is None


@lru_cache(maxsize=100_000)
def _words(name: str, country: str | None) -> Words:
    """The words without legal form and little words; a general name also without its own country."""
    found = [word for word in words(without_legal_form(name)) if word not in known("stop_words")]
    lean = [word for word in found if word not in word_set("government_words")]
    if len(lean) < len(found) and lean and place_country(" ".join(lean).title()):
        return tuple(lean)
    abroad = [word for word in lean if not country or (country_of(word.title()) or demonym(word.title())) != country]
    general = abroad and set(abroad) <= word_set("general_words")
    return tuple(abroad if general and len(abroad) > 1 else found)


@lru_cache(maxsize=100_000)
def _legal(name: str) -> frozenset[str]:
    """The legal forms that a name bears, those that mean the same under one word."""
    bare = key(without_legal_form(name)).split()
    cut = [word for word in key(name).split() if word not in bare]
    return frozenset(form for form, letters in known("legal_forms").items() if set(letters) & set(cut))


@cache
def _institutions() -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows("institutions.csv", "name", "kind"):
        for name in filter(None, (row["name"], *row["aliases"].split("|"))):
            found.setdefault(key(name), (row["name"], row["kind"], row["country"]))
    return found


def _listed(name: str, country: str | None) -> str | None:
    """The listed institution of a name: of its country or of none; where none is told, by a telling name only."""
    found = _institutions().get(key(name)) or _institutions().get(key(without_legal_form(name)))
    if not found:
        return None
    listed, kind, home = found
    if home and not country:
        return None if _acronym(name) or set(words(name)) <= word_set("general_words") else listed
    return listed if home == (country or "") or (kind == "multilateral" and not home) else None
