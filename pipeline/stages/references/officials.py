"""Adds the persons with their offices and countries, and the offices that act without a name ("the prime minister").

Hard because an office tells a country in several ways, and "Ambassador to Pakistan" tells whose he is not.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.doc import Entity, Mention
from pipeline.normalise.names import key
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.credits import is_credit
from pipeline.stages.references.kinds import country_of_name, institution
from pipeline.stages.references.organisations import fullest
from pipeline.stages.references.persons import name_words, person_clusters
from pipeline.stages.references.reading import Reading, is_subject
from pipeline.stages.references.roles import office_text, office_words, offices

_ABROAD = re.compile(r"\b(?:to|for|in)\b.*", re.S)
_ADMINISTRATION = re.compile(r"(?:['\u2019]s?)? (?:administration|government)\b", re.I)


def find_persons(reading: Reading, cast: Cast, home: str | None) -> None:
    """Adds an actor for every person named, then links the offices that mean one of them."""
    held = offices(reading)
    mentions = [m for m in reading.labelled("PERSON") if not names_a_government(reading, m)]
    for group in person_clusters(reading, mentions):
        if not all(is_credit(reading, mention) for mention in group):
            cast.add(_entity(reading, cast, group, held, home), group)
    taken = {id(role) for roles in held.values() for role in roles}
    for role in reading.labelled("ROLE"):
        if id(role) not in taken:
            _link_office(reading, cast, role, home)


def names_a_government(reading: Reading, mention: Mention) -> bool:
    """Whether a person's name stands for an administration: "Trump administration"."""
    return bool(_ADMINISTRATION.match(reading.text, mention.end))


def _entity(
    reading: Reading, cast: Cast, mentions: list[Mention], held: dict[int, list[Mention]], home: str | None
) -> Entity:
    roles = [role for mention in mentions for role in held.get(id(mention), [])]
    name = fullest([reading.words(mention) for mention in mentions])
    role = fullest([office_text(reading, role) for role in roles]) if roles else None
    country = next((c for c in (_office_country(reading, cast, role) for role in roles) if c is not None), None)
    return Entity(
        name, "person", country=_leader_country(name) or (home if country is None else country or None), role=role
    )


def _office_country(reading: Reading, cast: Cast, role: Mention) -> str | None:
    """The country that an office serves; "" where it serves none (a multilateral); None where it does not tell."""
    text = reading.words(role)
    own = _ABROAD.sub("", text) if re.search(r"ambassador|envoy|high commissioner|consul", text, re.I) else text
    known = institution(_prefixes(own))
    if known:
        return known["country"]
    return country_of_name(own) or _country_beside(reading, cast, role)


def _prefixes(text: str) -> list[str]:
    """The first words of an office that may name an organisation: "World Bank President" -> World Bank."""
    words = text.split()
    return [" ".join(words[:end]) for end in range(len(words) - 1, 0, -1)]


def _country_beside(reading: Reading, cast: Cast, role: Mention) -> str | None:
    """The country of what an office belongs to: "Italy's Prime Minister", "President of Kenya", "head of the IMF"."""
    index = reading.mentions.index(role)
    for other, gap in _neighbours(reading, index):
        if re.fullmatch(gap, reading.text[min(role.end, other.end) : max(role.start, other.start)]):
            if other.label in ("COUNTRY", "NORP", "PLACE"):
                return country_of_name(reading.words(other))
            owner = cast.meaning(other)
            if other.label == "ORG" and owner:
                return owner.country or ("" if owner.kind == "multilateral" else None)
    return None


def _neighbours(reading: Reading, index: int) -> list[tuple[Mention, str]]:
    """The mentions beside one, each with the gap that makes it the owner."""
    found = []
    if index + 1 < len(reading.mentions):
        found.append((reading.mentions[index + 1], r" (?:(?:of|at|for|from) (?:the )?)?"))
    if index:
        found.append((reading.mentions[index - 1], r"(?:['\u2019\u00b4]s?)? (?:\w+ )?"))
    return found


@lru_cache(maxsize=1)
def _leaders() -> dict[str, str]:
    return {name: country for country, names in table("references.yaml")["leaders"].items() for name in names}


def _leader_country(name: str) -> str | None:
    words = name_words(name)
    return _leaders().get(" ".join(words)) or (_leaders().get(words[-1]) if len(words) > 1 else None)


def leader_country(name: str) -> str | None:
    """The country of a well-known leader, by full name or surname."""
    words = key(name).split()
    return _leaders().get(" ".join(words)) or (_leaders().get(words[-1]) if words else None)


def _link_office(reading: Reading, cast: Cast, role: Mention, home: str | None) -> None:
    """An office without a name: the person who holds it, else, if it acts, an actor of its own."""
    text = reading.words(role)
    country = _office_country(reading, cast, role)
    holder = _holder(cast, role, text, country)
    if holder:
        cast.link(role, holder)
    elif is_subject(reading.root(role)) and len(text.split()) > 1:
        cast.add(Entity(text, "person", country=home if country is None else country or None, role=text), [role])


def _holder(cast: Cast, role: Mention, text: str, country: str | None) -> Entity | None:
    """The person named before, else after, whose office has all the words of this one; nationality told by country."""
    words = office_words(" ".join(word for word in text.split() if not (country and country_of_name(word) == country)))
    before = [entity for _, _, entity in cast.before(role.start)]
    after = [entity for entity in cast.entities if entity.kind == "person"]
    for entity in [*before, *after]:
        fits = entity.kind == "person" and words <= office_words(entity.role or entity.name)
        if fits and (country is None or entity.country in (country, None)):
            return entity
    return None
