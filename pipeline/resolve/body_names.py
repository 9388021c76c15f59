"""What a name says of an organisation: its words, legal form, acronym, and the listed institution that it is of.

Hard because the same words name one body in one country and a hundred in another.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.gazetteer.names import is_acronym, key, without_legal_form
from pipeline.gazetteer.places import country_of, demonym, place_country
from pipeline.resolve.names import Words, is_description, known, word_set, words
from pipeline.seeds import rows

_ACRONYM = 8  # letters at most


def is_name(name: str, country: str | None) -> bool:
    """Whether it tells one body: "Ministry", "the finance department" do not, "finance ministry" of a country does."""
    found = tuple(word for word in words(name) if word not in known("stop_words"))
    if not set(found) <= word_set("general_words"):
        return not is_description(name)
    one = " ".join(found) in known("one_a_country") or ("ministry" in found and len(found) > 1)
    return (one and country is not None) or (not is_description(name) and len(found) > 1)


@lru_cache(maxsize=100_000)
def body_words(name: str, country: str | None) -> Words:
    """The words without legal form and little words: of a province's government the place, of a ministry no country."""
    found = [word for word in words(without_legal_form(name)) if word not in known("stop_words")]
    lean = [word for word in found if word not in word_set("government_words")]
    if len(lean) < len(found) and lean and place_country(" ".join(lean).title()):
        return tuple(lean)
    own = [word for word in (lean if "ministry" in lean else found) if not country or _country(word) != country]
    return tuple(own if len(own) > 1 and set(own) <= word_set("general_words") else found)


def _country(word: str) -> str | None:
    return country_of(word.title()) or demonym(word.title())


def is_local(found: Words) -> bool:
    """Whether every city or province has a body of that name, or every meeting one."""
    local = word_set("local_words")
    return bool(set(found) & local) and set(found) <= word_set("general_words") | local


def is_letters(name: str) -> bool:
    """Whether a name is an acronym: "NHA", not "Nespak"."""
    return name.isalnum() and sum(map(str.isupper, name)) > 1 and len(name) <= _ACRONYM


def without_brackets(name: str) -> tuple[str, ...]:
    """A name and the acronym in brackets after it: "Asian Development Bank (ADB)"."""
    found = re.fullmatch(r"(.+?)\s*\((\w+)\)", name)
    return (found[1], found[2]) if found and is_letters(found[2]) else (name,)


def names_whole(alias: str, name: str, country: str | None) -> bool:
    """Whether an alias may name more than the body: "JI" and "Jamaat-e-Islami" of "Jamaat-e-Islami Karachi"."""
    places = {word for word in body_words(name, country) if place_country(word.title())}
    return bool(places) and not is_acronym(alias, name) and not places & set(body_words(alias, country))


@lru_cache(maxsize=100_000)
def legal_forms(name: str) -> frozenset[str]:
    """The legal forms that a name bears, those that mean the same under one word; a company that is limited is that."""
    bare = key(without_legal_form(name)).split()
    cut = {word for word in key(name).split() if word not in bare}
    found = frozenset(form for form, letters in known("legal_forms").items() if set(letters) & cut)
    return found - {"company"} if len(found) > 1 else found


@cache
def _institutions() -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows("institutions.csv", "name", "kind"):
        for name in filter(None, (row["name"], *row["aliases"].split("|"))):
            found.setdefault(_key(name), (row["name"], row["kind"], row["country"]))
    return found


def _key(name: str) -> str:
    """The key of a name, where "OPEC+" is not OPEC."""
    return key(name) + "+" * name.endswith("+")


def _without_form(name: str) -> tuple[str, str, str] | None:
    """The row of a name without its legal form, unless the row's own form is another: Corporation, not Limited."""
    found = _institutions().get(_key(without_legal_form(name)))
    own = legal_forms(found[0]) if found else frozenset[str]()
    return found if not own or own == legal_forms(name) else None


def listed_institution(name: str, country: str | None) -> str | None:
    """The row of seeds/institutions.csv: of its country, or a multilateral; with no country by a telling name only."""
    found = _institutions().get(_key(name)) or _without_form(name)
    if not found or found[0] in known("local_bodies"):
        return None
    listed, kind, home = found
    if home and not country:
        return None if is_letters(name) or set(body_words(name, None)) <= word_set("general_words") else listed
    return listed if (home == country if home else kind == "multilateral") else None
