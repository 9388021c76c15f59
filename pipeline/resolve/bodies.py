"""Whether two names are of one organisation: its acronym, its legal form, the country that it belongs to.

Hard because every country has a Ministry of Finance, "NHA" is a highway authority and a housing authority, and a
parent, its subsidiary and their joint venture bear one name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipeline.gazetteer.names import is_acronym_of
from pipeline.gazetteer.places import place_country
from pipeline.gazetteer.renamed import name_of_today
from pipeline.resolve.body_names import (
    body_words,
    is_letters,
    is_local,
    legal_forms,
    listed_institution,
    names_whole,
    without_brackets,
)
from pipeline.resolve.clusters import Form
from pipeline.resolve.names import Words, is_description, name_keys, spelled_alike, word_set

_LETTERS = 5  # what is shorter may be an acronym, of which every letter counts


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
        """The words in no order, for names that are turned round."""
        return tuple(sorted(self.words))

    @cached_property
    def keys(self) -> frozenset[str]:
        letters = frozenset(f"letters {acronym}" for acronym in self.acronyms)
        return name_keys(self.label, self.words, self.told, self.listed) | letters

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
        """Whether bodies of one country are called so."""
        return self.listed is None and is_local(self.words)


def _reason(one: BodyForm, other: BodyForm) -> str | None:
    if one.acronyms & other.acronyms and min(len(one.words), len(other.words)) == 1:
        return "same_name" if one.words == other.words else "acronym_told"
    if one.legal and other.legal and one.legal != other.legal:
        return None
    if one.words == other.words:
        return "same_name" if one.legal == other.legal else "legal_form_once"
    if one.bag == other.bag and "university" not in one.words:
        return "same_words"
    if one.words in other.told or other.words in one.told:
        return "alias_told"
    if spelled_alike(one.words, other.words) and len("".join(one.words)) > _LETTERS:
        return "spelled_alike"
    spelled = is_acronym_of(one.name, other.name) or is_acronym_of(other.name, one.name)
    return "acronym_spelled" if spelled else None


def body_form(name: str, aliases: Iterable[str], country: str | None) -> BodyForm:
    """The form of a name; `country` decides which listed institution it may be and what of the name says the same."""
    name, *after = without_brackets(name)
    listed = listed_institution(name, country)
    name = listed or (name_of_today(name, country) if country else name)
    own = body_words(name, country)
    told = [alias for alias in (*aliases, *after) if _tells(alias, name, country) and body_words(alias, country) != own]
    acronyms = frozenset(short for short in (name, *told) if is_letters(short))
    longer = frozenset(body_words(alias, country) for alias in told if not is_letters(alias))
    return BodyForm(name, own, legal_forms(name), listed, frozenset() if listed else longer, acronyms)


def _tells(alias: str, name: str, country: str | None) -> bool:
    """Whether an alias is a name of the body: not "the bank", "Authority", "Pakistan", nor that of its parent."""
    if is_description(alias) or place_country(alias) is not None or names_whole(alias, name, country):
        return False
    return not set(body_words(alias, country)) <= word_set("general_words")
