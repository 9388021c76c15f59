"""Adds the persons with their offices and countries, and offices that act without a name ("the prime minister").

Families share surnames and spellings vary ("Mohammad", "Muhammad"); a name of one word goes to the one person that has
it, else to the one named last. An office states a country in several ways; "Ambassador to Pakistan" states one that its
holder does not serve.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.grammar import is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.discourse import Discourse
from pipeline.stages.references.offices import OWNED, office_text, office_words, offices
from pipeline.stages.references.organisations import fullest, is_credit
from pipeline.stages.references.origins import country_led_for, owner_meant
from pipeline.values.gazetteer.institutions import country_of_name, institution, leader_country, name_words, prefixes
from pipeline.values.numbers import any_case

_ABROAD = re.compile(r"\b(?:to|for|in)\b.*", re.S)
_SERVED = re.compile(r"\b(?:for|in) (?:the )?([A-Z].*)", re.S)
_OF = re.compile(r" of (?:the )?")
_OWNER = re.compile(r"(?:['\u2019\u00b4]s?|\))? (?:\w+ )?")
_ADMINISTRATION = re.compile(r"(?:['\u2019]s?)? (?:administration|government)\b", re.I)

_HOLDERS = 20  # persons of one office that are compared; keeps the stage linear
_SAME_SPELLING = 0.85  # of difflib's ratio, between full names of as many words that begin alike


def find_persons(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds an actor for every person named, then links the offices that mean one of them."""
    held = offices(view)
    mentions = [m for m in view.mentions.labelled("PERSON") if not names_a_government(view, m)]
    for group in person_clusters(view, mentions):
        if not all(is_credit(view, mention) for mention in group):
            discourse.add(_entity(view, discourse, group, held, home), group)
    _note_bodies(view, discourse, held)
    taken = {id(role) for roles in held.values() for role in roles}
    _link_offices(
        view, discourse, [role for role in view.mentions.labelled("ROLE") if id(role) not in taken], held, home
    )


def names_a_government(view: ArticleView, mention: Mention) -> bool:
    """Whether a person's name is part of that of an administration: "Trump administration"."""
    return bool(_ADMINISTRATION.match(view.text, mention.end))


def _entity(
    view: ArticleView, discourse: Discourse, mentions: list[Mention], held: dict[int, list[Mention]], home: str | None
) -> Entity:
    roles = [role for mention in mentions for role in held.get(id(mention), [])]
    name = fullest([view.mentions.name(mention) for mention in mentions])
    role = _office([office_text(view, role) for role in roles]) if roles else None
    countries = (_office_country(view, discourse, role, home) for role in roles)
    country = next((c for c in countries if c is not None), None)
    if country is None:
        country = country_led_for(view, mentions[0])
    return Entity(
        name, "person", country=leader_country(name) or (home if country is None else country or None), role=role
    )


def _office(texts: list[str]) -> str:
    """The first office that the article states, in its fullest form; a person may have others later."""
    heads = set(table("references.yaml")["offices"]["heads"])
    first = next((text for text in texts if heads & set(text.lower().split())), texts[0])
    return fullest([first, *(text for text in texts if office_words(first) & office_words(text))])


def _office_country(view: ArticleView, discourse: Discourse, role: Mention, home: str | None) -> str | None:
    """The country that an office serves; "" where it serves none (a multilateral); None where it does not say."""
    text = view.mentions.name(role)
    posted = _is_posted(text)
    own = _ABROAD.sub("", text) if posted or office_pattern("offices_abroad", "sent").search(text) else text
    row, inside = institution(prefixes(own)), discourse.at(role.start, role.end - len(text) + len(own))
    if row:
        body = next((entity for entity in inside if entity.kind == row["kind"]), None)
        return row["country"] if body is None else body.country or ""
    bodies = (entity.country for entity in inside if entity.is_actor and entity.country)
    country = (
        country_of_name(own, home)
        or next(bodies, None)
        or _only_in(text)
        or _country_beside(view, discourse, role, posted)
    )
    return "" if country is None and posted else country


def _only_in(office: str) -> str | None:
    """The one country that has such an office: "Deputy Secretary of State", "Chief Cabinet Secretary"."""
    countries = table("references.yaml")["offices_of_one"]
    return next((country for country in countries if office_pattern("offices_of_one", country).search(office)), None)


def _is_posted(office: str) -> bool:
    """Whether a firm or a multilateral has sent the holder to a country: "mission chief", "economist for Kenya"."""
    served = _SERVED.search(office)
    abroad = served is not None and country_of_name(served[1]) is not None
    if abroad and not office_pattern("offices_abroad", "of_states").search(office):
        return True
    return office_pattern("offices_abroad", "posted").search(office) is not None


@cache
def office_pattern(offices: str, where: str) -> re.Pattern[str]:
    """An office of one of several lists in the seeds, in any case."""
    return re.compile(rf"\b{any_case(table('references.yaml')[offices][where])}\b")


def _country_beside(view: ArticleView, discourse: Discourse, role: Mention, posted: bool) -> str | None:
    """The country of the owner of an office: "Italy's Prime Minister", "President of Kenya", "head of the IMF".

    No country owns an office of those who are `posted` to one.
    """
    index = view.mentions.position(role)
    for other in _owners(view, index):
        if other.label in ("COUNTRY", "NORP", "PLACE"):
            return None if posted else country_of_name(view.mentions.name(other))
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
    yield from filter(None, [owner_meant(view, role)])


def _link_offices(
    view: ArticleView, discourse: Discourse, roles: list[Mention], held: dict[int, list[Mention]], home: str | None
) -> None:
    """Links offices without a name to the person who holds them, else, as subjects, to an actor of their own."""
    holders = _Holders(discourse)
    unheld: dict[tuple[frozenset[str], str | None], list[Mention]] = {}
    for role in roles:
        country = _office_country(view, discourse, role, home)
        text = view.mentions.name(role)
        words = office_words(_without_country(text, country))
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


def _note_bodies(view: ArticleView, discourse: Discourse, held: dict[int, list[Mention]]) -> None:
    """Records for each person the organisations that the person's offices name, or stand beside."""
    for mention in view.mentions.labelled("PERSON"):
        person = discourse.meaning(mention)
        for role in held.get(id(mention), []) if person else []:
            beside = [
                discourse.meaning(other)
                for other in _owners(view, view.mentions.position(role))
                if other.label == "ORG"
            ]
            served = discourse.served.setdefault(id(person), [])
            named = [*discourse.at(role.start, role.end), *filter(None, beside)]
            served += [body for body in dict.fromkeys(named) if body.is_actor and body not in served]


def _without_country(office: str, country: str | None) -> str:
    return " ".join(word for word in office.split() if not (country and country_of_name(word) == country))


class _Holders:
    """The persons of an article, by the words of their offices and by the bodies that they serve."""

    def __init__(self, discourse: Discourse) -> None:
        self._cast = discourse
        self._by_word: dict[str, list[Entity]] = {}
        self._in_body: dict[int, list[Entity]] = {}
        for entity in discourse.entities:
            if entity.kind == "person":
                for word in office_words(entity.role or ""):
                    self._by_word.setdefault(word, []).append(entity)
                for body in discourse.served.get(id(entity), ()):
                    self._in_body.setdefault(id(body), []).append(entity)

    def of(self, words: frozenset[str], country: str | None, offset: int) -> Entity | None:
        """The person named before, else after, whose office has all of the words and whose country fits."""
        before = [entity for _, _, entity in self._cast.before(offset) if entity.kind == "person"]
        for entity in [*before, *self._by_word.get(min(words, default=""), [])[:_HOLDERS]]:
            fits = words <= office_words(entity.role or "")
            if words and fits and (country is None or entity.country in (country, None)):
                return entity
        return None

    def in_body(self, head: frozenset[str], bodies: Iterable[Entity]) -> Entity | None:
        """The person with such an office in one of the bodies; for a leading office, their only person."""
        persons = [entity for body in dict.fromkeys(map(id, bodies)) for entity in self._in_body.get(body, [])]
        alone = len(persons) == 1 and bool(head & office_words(" ".join(table("references.yaml")["leading_offices"])))
        return next((e for e in persons if alone or (head and head <= office_words(e.role or ""))), None)


class People:
    """The persons of an article; names are added one by one."""

    def __init__(self) -> None:
        self.mentions: list[list[Mention]] = []
        self._names: list[list[list[str]]] = []  # the full names of each person, in words
        self._starts: list[list[int]] = []
        self._by_word: dict[str, list[int]] = {}

    def add_full(self, words: list[str], mention: Mention) -> None:
        """Adds a name of two words or more: to a known person, else to a new one."""
        candidates = sorted({n for word in (words[0], words[-1]) for n in self._by_word.get(word, [])})
        person = next((n for n in candidates if any(same_person(words, name) for name in self._names[n])), None)
        if person is None:
            person = self._new()
        self._put(person, words, mention)

    def add_lone(self, word: str, mention: Mention) -> None:
        """Adds a name of one word: to the person of that name, of several the one named last, else to a new one."""
        candidates = self._by_word.get(word, [])
        if candidates:
            self._add(max(candidates, key=lambda n: self._nearness(n, mention.start)), mention)
        else:
            self._put(self._new(), [word], mention)

    def _new(self) -> int:
        self.mentions.append([])
        self._names.append([])
        self._starts.append([])
        return len(self.mentions) - 1

    def _add(self, person: int, mention: Mention) -> None:
        self.mentions[person].append(mention)
        insort(self._starts[person], mention.start)

    def _put(self, person: int, words: list[str], mention: Mention) -> None:
        self._add(person, mention)
        if words not in self._names[person]:
            self._names[person].append(words)
            for word in set(words):
                people = self._by_word.setdefault(word, [])
                if person not in people:
                    people.append(person)

    def _nearness(self, person: int, offset: int) -> tuple[bool, int]:
        """A key, largest for the nearest; persons named before `offset` come first. Full names are added first."""
        starts = self._starts[person]
        at = bisect_left(starts, offset)
        return (True, starts[at - 1]) if at else (False, -starts[0])


def person_clusters(view: ArticleView, mentions: list[Mention]) -> list[list[Mention]]:
    """The PERSON mentions by person; full names are added first, then names of one word."""
    people = People()
    words = {id(mention): name_words(view.mentions.name(mention)) for mention in mentions}
    for mention in mentions:
        if len(words[id(mention)]) > 1:
            people.add_full(words[id(mention)], mention)
    for mention in mentions:
        if len(words[id(mention)]) == 1:
            people.add_lone(words[id(mention)][0], mention)
    return [sorted(found, key=lambda mention: mention.start) for found in people.mentions]


def same_person(one: list[str], other: list[str]) -> bool:
    """Whether two names may be one person's: one has all words of the other in order, or the spellings are close."""
    short, long = sorted((one, other), key=len)
    if len(short) > 1 and _in_order(short, long):
        return True
    joined = "".join(one), "".join(other)
    if joined[0] == joined[1]:
        return True
    alike = len(one) == len(other) and all(a[0] == b[0] for a, b in zip(one, other, strict=True))
    return alike and SequenceMatcher(None, *joined).ratio() >= _SAME_SPELLING


def _in_order(short: list[str], long: list[str]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)
