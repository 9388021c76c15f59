"""Adds the persons with their offices and countries, and offices that act without a name ("the prime minister").

Families share surnames and spellings vary ("Mohammad", "Muhammad"); a name of one word goes to the one person that has
it, else to the one named last. An office states a country in several ways.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.grammar import is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.discourse import Discourse, Wanted
from pipeline.stages.references.offices import OWNED, office_pattern, office_text, office_words, offices
from pipeline.stages.references.organisations import fullest, is_credit
from pipeline.values.gazetteer.institutions import country_of_name, institution, leader_country, name_words, prefixes

_ABROAD = re.compile(r"\b(?:to|for|in)\b.*", re.S)
_OF = re.compile(r" of (?:the )?")
_OWNER = re.compile(r"(?:['\u2019\u00b4]s?|\))? (?:\w+ )?")
_HOLDERS = 20  # persons of one office that are compared; keeps the stage linear

Held = dict[int, list[Mention]]  # id of a mention of a person -> the person's offices


def find_persons(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds an actor for every person named, then links the offices that mean one of them."""
    held = offices(view)
    for mentions in person_clusters(view, view.mentions.labelled("PERSON")):
        if not all(is_credit(view, mention) for mention in mentions):
            discourse.add(_entity(view, discourse, mentions, held, home), mentions)
    _note_bodies(view, discourse, held)
    taken = {id(role) for roles in held.values() for role in roles}
    _link_offices(view, discourse, [r for r in view.mentions.labelled("ROLE") if id(r) not in taken], home)


def _entity(view: ArticleView, discourse: Discourse, mentions: list[Mention], held: Held, home: str | None) -> Entity:
    roles = [role for mention in mentions for role in held.get(id(mention), [])]
    name = fullest([view.mentions.name(mention) for mention in mentions])
    role = _office([office_text(view, role) for role in roles]) if roles else None
    countries = (_office_country(view, discourse, role, home) for role in roles)
    country = next((c for c in countries if c is not None), home)
    return Entity(name, "person", country=leader_country(name) or country or None, role=role)


def _office(texts: list[str]) -> str:
    """The first office that the article states, in its fullest form; a person may have others later."""
    heads = set(table("references.yaml")["offices"]["heads"])
    first = next((text for text in texts if heads & set(text.lower().split())), texts[0])
    return fullest([first, *(text for text in texts if office_words(first) & office_words(text))])


def _office_country(view: ArticleView, discourse: Discourse, role: Mention, home: str | None) -> str | None:
    """The country that an office serves; "" where it serves none (a multilateral); None where it does not say."""
    text = view.mentions.name(role)
    own = _ABROAD.sub("", text) if office_pattern("offices_abroad", "sent").search(text) else text
    row, inside = institution(prefixes(own)), discourse.at(role.start, role.end - len(text) + len(own))
    if row:
        body = next((entity for entity in inside if entity.kind == row["kind"]), None)
        return row["country"] if body is None else body.country or ""
    bodies = (entity.country for entity in inside if entity.is_actor and entity.country)
    return country_of_name(own, home) or next(bodies, None) or _country_beside(view, discourse, role)


def _country_beside(view: ArticleView, discourse: Discourse, role: Mention) -> str | None:
    """The country of the owner of an office: "Italy's Prime Minister", "President of Kenya", "head of the IMF"."""
    for other in _owners(view, view.mentions.position(role)):
        if other.label in ("COUNTRY", "NORP", "PLACE"):
            return country_of_name(view.mentions.name(other))
        owner = discourse.meaning(other)
        if other.label == "ORG" and owner:
            return owner.country or ("" if owner.kind == "multilateral" else None)
    return None


def _owners(view: ArticleView, index: int) -> Iterator[Mention]:
    """The mentions beside an office that own it: "chairman of the bank", "its chairman", "chairman A of it"."""
    role, after = view.mentions[index], view.mentions[index + 1 : index + 2]
    before, behind = view.mentions[max(0, index - 1) : index], view.mentions[index + 1 : index + 3]
    if [mention.label for mention in behind] in (["PERSON", "COUNTRY"], ["PERSON", "ORG"]):
        yield from behind[1:] if _OF.fullmatch(view.mentions.gap(*behind)) else ()
    yield from (owner for owner in after if OWNED.fullmatch(view.mentions.gap(role, owner)))
    yield from (owner for owner in before if _OWNER.fullmatch(view.mentions.gap(owner, role)))


def _note_bodies(view: ArticleView, discourse: Discourse, held: Held) -> None:
    """Records for each person the organisations that the person's offices name, or stand beside."""
    for mention in view.mentions.labelled("PERSON"):
        person = discourse.meaning(mention)
        for role in held.get(id(mention), []) if person else []:
            owners = (owner for owner in _owners(view, view.mentions.position(role)) if owner.label == "ORG")
            named = [*discourse.at(role.start, role.end), *filter(None, map(discourse.meaning, owners))]
            served = discourse.served.setdefault(id(person), [])
            served += [body for body in dict.fromkeys(named) if body.is_actor and body not in served]


def _link_offices(view: ArticleView, discourse: Discourse, roles: list[Mention], home: str | None) -> None:
    """Links offices without a name to the person who holds them, else, as subjects, to an actor of their own."""
    holders = _Holders(discourse)
    unheld: dict[tuple[frozenset[str], str | None], list[Mention]] = {}
    for role in roles:
        country = _office_country(view, discourse, role, home)
        text = view.mentions.name(role)
        own = (word for word in text.split() if not (country and country_of_name(word) == country))
        words = office_words(" ".join(own))
        holder = holders.of(words, country, role.start) or holders.in_body(
            office_words(text.split()[-1]), discourse.at(role.start, role.end)
        )
        if holder:
            discourse.link(role, holder)
        else:
            unheld.setdefault((words, country), []).append(role)
    for (_, country), same in unheld.items():
        if any(is_subject(view.head(role)) for role in same):
            text = fullest([view.mentions.name(role) for role in same])
            discourse.add(Entity(text, "person", country=home if country is None else country or None, role=text), same)


class _Holders:
    """The persons of an article, by the words of their offices and by the bodies that they serve."""

    def __init__(self, discourse: Discourse) -> None:
        self._discourse = discourse
        self._by_word: dict[str, list[Entity]] = {}
        self._in_body: dict[Entity, list[Entity]] = {}
        for entity in discourse.entities:
            if entity.kind == "person":
                for word in office_words(entity.role or ""):
                    self._by_word.setdefault(word, []).append(entity)
                for body in discourse.served.get(id(entity), ()):
                    self._in_body.setdefault(body, []).append(entity)

    def of(self, words: frozenset[str], country: str | None, offset: int) -> Entity | None:
        """The person named before, else after, whose office has all of the words and whose country fits."""
        if not words:
            return None
        wanted = Wanted(("person",), office=words, countries=() if country is None else (country, None))
        after = self._by_word.get(min(words), [])[:_HOLDERS]
        return self._discourse.nearest(offset, wanted) or next(filter(wanted.fits, after), None)

    def in_body(self, head: frozenset[str], bodies: Iterable[Entity]) -> Entity | None:
        """The person with such an office in one of the bodies; for a leading office, their only person."""
        persons = [entity for body in dict.fromkeys(bodies) for entity in self._in_body.get(body, [])]
        alone = len(persons) == 1 and bool(head & office_words(" ".join(table("references.yaml")["leading_offices"])))
        return next((e for e in persons if alone or (head and head <= office_words(e.role or ""))), None)


def person_clusters(view: ArticleView, mentions: list[Mention]) -> list[list[Mention]]:
    """The mentions by person: full names first, then names of one word, each to the person of that name named last."""
    people: list[list[Mention]] = []  # each in reading order
    names: list[list[list[str]]] = []  # the names of each person, in words
    by_word: dict[str, list[int]] = {}
    words = [name_words(view.mentions.name(mention)) for mention in mentions]
    whole = [(mention, own) for mention, own in zip(mentions, words, strict=True) if len(own) > 1]
    for mention, own in [*whole, *((m, own) for m, own in zip(mentions, words, strict=True) if len(own) == 1)]:
        known = sorted({n for word in (own[0], own[-1]) for n in by_word.get(word, [])})
        if len(own) > 1:
            person = next((n for n in known if any(same_person(own, name) for name in names[n])), len(people))
        else:
            person = max(known, key=lambda n: _nearness(people[n], mention.start), default=len(people))
        if person == len(people):
            people.append([])
            names.append([])
        insort(people[person], mention, key=lambda known: known.start)
        if own not in names[person] and (len(own) > 1 or not names[person]):
            names[person].append(own)
            for word in set(own):
                if person not in by_word.setdefault(word, []):
                    by_word[word].append(person)
    return people


def _nearness(mentions: list[Mention], offset: int) -> tuple[bool, int]:
    """A key, largest for the nearest; persons named before `offset` come first."""
    at = bisect_left(mentions, offset, key=lambda mention: mention.start)
    return (True, mentions[at - 1].start) if at else (False, -mentions[0].start)


def same_person(one: list[str], other: list[str]) -> bool:
    """Whether two names may be one person's: one has all words of the other in order, or only spaces differ."""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return (len(short) > 1 and all(word in rest for word in short)) or "".join(one) == "".join(other)
