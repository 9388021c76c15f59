"""The body that an office-holder serves where only the title says so: "Prime Minister X", "WAPDA chairman Y".

The body is named inside the title, before it, or not at all: a national office serves the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spacy.tokens import Doc

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.relations.anchors import Anchor, End, entity_kind
from pipeline.stages.relations.patterns import SEEDS, Finding, code, covered, rule
from pipeline.values.gazetteer.names import key


class Bodies:
    """The organisations and countries of an article, by their names."""

    def __init__(self, doc: Doc, text: str) -> None:
        names: dict[str, Entity] = {}
        for entity, name in _named(doc, text):
            names.setdefault(name, entity)
            names.setdefault(government_of(name), entity)
        self._by_name = {name: entity for name, entity in names.items() if len(name) > 1}
        self._longest = max((len(name.split()) for name in self._by_name), default=0)
        self._countries = {entity.country: entity for entity in doc._.entities if entity.kind == "country"}
        self.provinces = list(
            {id(e): e for n, e in names.items() if government_of(n) or n == "provincial government"}.values()
        )
        self.federal = names.get("federal government") or names.get("government")

    def in_title(self, title: str) -> Entity | None:
        """The body with the longest name in a title."""
        words = title.split()
        for length in range(min(len(words), self._longest), 0, -1):
            for start in range(len(words) - length + 1):
                if (entity := self._by_name.get(" ".join(words[start : start + length]))) is not None:
                    return entity
        return None

    def nation(self, actor: End) -> Entity | None:
        """The country of an actor, where the article has it as an actor."""
        return self._countries.get(actor.country) if isinstance(actor, Entity) and actor.country else None


def find_offices(text: str, anchors: list[Anchor], bodies: Bodies) -> Iterator[Finding]:
    """The body or country that each office in the sentence belongs to."""
    for anchor in anchors:
        nation = bodies.nation(anchor.target)
        if anchor.kind == "org" and nation is not None and _matches("embassies", key(text[anchor.start : anchor.end])):
            yield _finding("embassy", anchor, anchor, nation)
    if any(anchor.kind == "person" for anchor in anchors):
        for person, role in _held(text, anchors):
            yield from _served(key(text[role.start : role.end]), person, role, bodies)


def _held(text: str, anchors: list[Anchor]) -> Iterator[tuple[Anchor, Anchor]]:
    """Each person of the sentence with an office; a title alone may refer to its holder ("the WAPDA chairman")."""
    line, anchors_at = code(text, anchors)
    for match in _pattern().finditer(line):
        inside = covered(anchors_at, match.span())
        people = [anchor for anchor in inside if anchor.kind == "person"]
        roles = [anchor for anchor in inside if anchor.kind == "role"]
        if people and roles:
            yield people[0], roles[0]


def _served(title: str, person: Anchor, role: Anchor, bodies: Bodies) -> Iterator[Finding]:
    named, nation = bodies.in_title(title), bodies.nation(person.target)
    if named is not None:
        yield _finding("office_of_body_in_title", person, role, named)
    elif "chief minister" in title and len(bodies.provinces) == 1:
        yield _finding("chief_minister", person, role, bodies.provinces[0])
    elif _matches("national_offices", title) and not _matches("local_offices", title):
        if nation is not None:
            yield _finding("national_office", person, role, nation)
        elif bodies.federal is not None:
            yield _finding("federal_office", person, role, bodies.federal)
    if nation is not None and _matches("envoys", title):
        yield _finding("envoy", person, role, nation)


def _finding(name: str, person: Anchor, role: Anchor, served: Entity) -> Finding:
    return Finding(rule(name), person, Anchor(role.start, role.end, entity_kind(served), served, role.head))


def _named(doc: Doc, text: str) -> Iterator[tuple[Entity, str]]:
    """Each organisation with each of its names."""
    for entity in doc._.entities:
        if entity.is_actor and entity_kind(entity) == "org":
            yield entity, key(entity.name)
            yield entity, "".join(word[0] for word in entity.name.split() if word[0].isupper()).lower()  # initials
    for mention in doc._.mentions:
        if mention.entity is not None and mention.entity.is_actor and entity_kind(mention.entity) == "org":
            yield mention.entity, key(text[mention.start : mention.end])


def government_of(name: str) -> str:
    """The province in "sindh government", "government of sindh"; else nothing."""
    match = re.fullmatch(r"(?:provincial )?(?:government|govt) of (.+)|(.+) (?:government|govt)", name)
    place = (match[1] or match[2]) if match else ""
    return "" if place in ("federal", "provincial", "local", "central") else place


def _matches(name: str, title: str) -> bool:
    return bool(_titles(name).search(title))


@cache
def _titles(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(table(SEEDS)[name])})\b")


@cache
def _pattern() -> re.Pattern[str]:
    title = table(SEEDS)["shapes"]["title"]
    return re.compile(rf"R{title}P|P,? (?:the |an? |who is |as )?R|[RP]")
