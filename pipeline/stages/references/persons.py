"""Adds the persons with their offices and countries, and offices that act without a name ("the prime minister").

Families share surnames and spellings vary ("Mohammad", "Muhammad"); a name of one word goes to the one person that has
it, else to the one named last. An office states a country in several ways; "Ambassador to Pakistan" states one that its
holder does not serve.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.grammar import is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.discourse import Discourse, Wanted
from pipeline.stages.references.offices import OWNED, office_pattern, office_text, office_words, offices
from pipeline.stages.references.organisations import fullest, is_credit
from pipeline.stages.references.origins import country_led_for, owner_meant
from pipeline.values.gazetteer.institutions import country_of_name, institution, leader_country, name_words, prefixes

_ABROAD = re.compile(r"\b(?:to|for|in)\b.*", re.S)
_SERVED = re.compile(r"\b(?:for|in) (?:the )?([A-Z].*)", re.S)
_OF = re.compile(r" of (?:the )?")
_OWNER = re.compile(r"(?:['\u2019\u00b4]s?|\))? (?:\w+ )?")
ADMINISTRATION = re.compile(r"(?:['\u2019]s?)? (?:administration|government)\b", re.I)  # of a leader
_HOLDERS = 20  # persons of one office that are compared; keeps the stage linear
_SAME_SPELLING = 0.85  # of difflib's ratio, between full names of as many words that begin alike

Held = dict[int, list[Mention]]  # id of a mention of a person -> the person's offices


def find_persons(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds an actor for every person named, then links the offices that mean one of them."""
    held = offices(view)
    mentions = [m for m in view.mentions.labelled("PERSON") if not ADMINISTRATION.match(view.text, m.end)]
    for group in person_clusters(view, mentions):
        if not all(is_credit(view, mention) for mention in group):
            discourse.add(_entity(view, discourse, group, held, home), group)
    _note_bodies(view, discourse, held)
    taken = {id(role) for roles in held.values() for role in roles}
    _link_offices(view, discourse, [r for r in view.mentions.labelled("ROLE") if id(r) not in taken], home)


def _entity(view: ArticleView, discourse: Discourse, mentions: list[Mention], held: Held, home: str | None) -> Entity:
    roles = [role for mention in mentions for role in held.get(id(mention), [])]
    name = fullest([view.mentions.name(mention) for mention in mentions])
    role = _office([office_text(view, role) for role in roles]) if roles else None
    countries = (_office_country(view, discourse, role, home) for role in roles)
    country = next((c for c in countries if c is not None), None)
    country = country_led_for(view, mentions[0]) or home if country is None else country
    return Entity(name, "person", country=leader_country(name) or country or None, role=role)


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
    countries = table("references.yaml")["offices_of_one"]  # "Deputy Secretary of State", "Chief Cabinet Secretary"
    alone = (country for country in countries if office_pattern("offices_of_one", country).search(text))
    named = country_of_name(own, home) or next(bodies, None)
    country = named or next(alone, None) or _country_beside(view, discourse, role, posted)
    return "" if country is None and posted else country


def _is_posted(office: str) -> bool:
    """Whether a firm or a multilateral has sent the holder to a country: "mission chief", "economist for Kenya"."""
    served = _SERVED.search(office)
    abroad = served is not None and country_of_name(served[1]) is not None
    if abroad and not office_pattern("offices_abroad", "of_states").search(office):
        return True
    return office_pattern("offices_abroad", "posted").search(office) is not None


def _country_beside(view: ArticleView, discourse: Discourse, role: Mention, posted: bool) -> str | None:
    """The country of the owner of an office: "Italy's Prime Minister", "President of Kenya", "head of the IMF".

    No country owns an office of those who are `posted` to one.
    """
    for other in _owners(view, role):
        if other.label in ("COUNTRY", "NORP", "PLACE"):
            return None if posted else country_of_name(view.mentions.name(other))
        owner = discourse.meaning(other)
        if other.label == "ORG" and owner:
            return owner.country or ("" if owner.kind == "multilateral" else None)
    return None


def _owners(view: ArticleView, role: Mention) -> Iterator[Mention]:
    """The mentions beside an office that own it: "chairman of the bank", "its chairman", "chairman A of it"."""
    index = view.mentions.position(role)
    before, behind = view.mentions[max(0, index - 1) : index], view.mentions[index + 1 : index + 3]
    if [mention.label for mention in behind] in (["PERSON", "COUNTRY"], ["PERSON", "ORG"]):
        yield from behind[1:] if _OF.fullmatch(view.mentions.gap(*behind)) else ()
    yield from (owner for owner in behind[:1] if OWNED.fullmatch(view.mentions.gap(role, owner)))
    yield from (owner for owner in before if _OWNER.fullmatch(view.mentions.gap(owner, role)))
    yield from filter(None, [owner_meant(view, role)])


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


def _note_bodies(view: ArticleView, discourse: Discourse, held: Held) -> None:
    """Records for each person the organisations that the person's offices name, or stand beside."""
    for mention in view.mentions.labelled("PERSON"):
        if (person := discourse.meaning(mention)) is None:
            continue
        for role in held.get(id(mention), []):
            beside = (discourse.meaning(owner) for owner in _owners(view, role) if owner.label == "ORG")
            named = [*discourse.at(role.start, role.end), *filter(None, beside)]
            served = discourse.served.setdefault(person, [])
            served += [body for body in dict.fromkeys(named) if body.is_actor and body not in served]


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
                for body in discourse.served.get(entity, ()):
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
    named = [(mention, name_words(view.mentions.name(mention))) for mention in mentions]
    for mention, own in sorted(named, key=lambda pair: len(pair[1]) < 2):
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
    """Whether two names may be one person's: one has all words of the other in order, or the spellings are close."""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    if len(short) > 1 and all(word in rest for word in short):
        return True
    a, b = "".join(one), "".join(other)
    alike = len(one) == len(other) and all(x[0] == y[0] for x, y in zip(one, other, strict=True))
    return a == b or (alike and SequenceMatcher(None, a, b).ratio() >= _SAME_SPELLING)
