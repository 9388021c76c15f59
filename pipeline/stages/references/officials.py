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

_HOLDERS = 20  # persons of one office looked at: keeps the stage linear


def find_persons(reading: Reading, cast: Cast, home: str | None) -> None:
    """Adds an actor for every person named, then links the offices that mean one of them."""
    held = offices(reading)
    mentions = [m for m in reading.labelled("PERSON") if not names_a_government(reading, m)]
    for group in person_clusters(reading, mentions):
        if not all(is_credit(reading, mention) for mention in group):
            cast.add(_entity(reading, cast, group, held, home), group)
    taken = {id(role) for roles in held.values() for role in roles}
    _link_offices(reading, cast, [role for role in reading.labelled("ROLE") if id(role) not in taken], home)


def names_a_government(reading: Reading, mention: Mention) -> bool:
    """Whether a person's name stands for an administration: "Trump administration"."""
    return bool(_ADMINISTRATION.match(reading.text, mention.end))


def _entity(
    reading: Reading, cast: Cast, mentions: list[Mention], held: dict[int, list[Mention]], home: str | None
) -> Entity:
    roles = [role for mention in mentions for role in held.get(id(mention), [])]
    name = fullest([reading.words(mention) for mention in mentions])
    role = fullest([office_text(reading, role) for role in roles]) if roles else None
    country = next((c for c in (_office_country(reading, cast, role, home) for role in roles) if c is not None), None)
    return Entity(
        name, "person", country=_leader_country(name) or (home if country is None else country or None), role=role
    )


def _office_country(reading: Reading, cast: Cast, role: Mention, home: str | None) -> str | None:
    """The country that an office serves; "" where it serves none (a multilateral); None where it does not tell."""
    text = reading.words(role)
    own = _ABROAD.sub("", text) if re.search(r"ambassador|envoy|high commissioner|consul", text, re.I) else text
    known = institution(_prefixes(own))
    if known:
        return known["country"]
    return country_of_name(own, home) or _country_beside(reading, cast, role)


def _prefixes(text: str) -> list[str]:
    """The first words of an office that may name an organisation: "World Bank President" -> World Bank."""
    words = text.split()
    return [" ".join(words[:end]) for end in range(len(words) - 1, 0, -1)]


def _country_beside(reading: Reading, cast: Cast, role: Mention) -> str | None:
    """The country of what an office belongs to: "Italy's Prime Minister", "President of Kenya", "head of the IMF"."""
    index = reading.index(role)
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


def _link_offices(reading: Reading, cast: Cast, roles: list[Mention], home: str | None) -> None:
    """Offices without a name: the person who holds it, else, if spoken of again and acting, an actor of its own."""
    holders = _Holders(cast)
    unheld: dict[tuple[frozenset[str], str | None], list[Mention]] = {}
    for role in roles:
        country = _office_country(reading, cast, role, home)
        words = office_words(_without_country(reading.words(role), country))
        holder = holders.of(words, country, role.start)
        if holder:
            cast.link(role, holder)
        else:
            unheld.setdefault((words, country), []).append(role)
    for (_, country), same in unheld.items():
        if len(same) > 1 and any(is_subject(reading.root(role)) for role in same):
            text = fullest([reading.words(role) for role in same])
            cast.add(Entity(text, "person", country=home if country is None else country or None, role=text), same)


def _without_country(office: str, country: str | None) -> str:
    return " ".join(word for word in office.split() if not (country and country_of_name(word) == country))


class _Holders:
    """The persons of an article, by the words of their offices."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._by_word: dict[str, list[Entity]] = {}
        for entity in cast.entities:
            if entity.kind == "person":
                for word in office_words(entity.role or ""):
                    self._by_word.setdefault(word, []).append(entity)

    def of(self, words: frozenset[str], country: str | None, offset: int) -> Entity | None:
        """The person named before, else after, whose office has all of the words; nationality told by country."""
        before = [entity for _, _, entity in self._cast.before(offset) if entity.kind == "person"]
        for entity in [*before, *self._by_word.get(min(words, default=""), [])[:_HOLDERS]]:
            fits = words <= office_words(entity.role or "")
            if words and fits and (country is None or entity.country in (country, None)):
                return entity
        return None
