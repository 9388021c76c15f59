"""Where entities, amounts, dates and agreements stand in the parse, indexed once for a Doc."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline.doc import Entity, Mention, entity_spans, tokens_of

NAMING = {"poss", "compound", "amod", "nmod", "appos"}


@dataclass(frozen=True)
class Place:
    """A span with the token that heads it."""

    head: Token
    start: int
    end: int
    entity: Entity | None = None
    mention: Mention | None = None


class Places:
    """Entity by token, and the places of each sentence in reading order."""

    def __init__(self, doc: Doc) -> None:
        self.entity_at: dict[int, Entity] = {}
        self.entities: list[Place] = []
        for start, end, entity in entity_spans(doc):
            span = tokens_of(doc, start, end)
            self.entities.append(Place(span.root, start, end, entity=entity))
            self.entity_at |= {token.i: entity for token in span}
        self.mentions = [Place(tokens_of(doc, m.start, m.end).root, m.start, m.end, mention=m) for m in doc._.mentions]

    def entity(self, token: Token) -> Entity | None:
        return self.entity_at.get(token.i)

    def labelled(self, label: str, region: set[int]) -> list[Place]:
        return [p for p in self.mentions if p.mention and p.mention.label == label and p.head.i in region]

    def entities_in(self, region: set[int], *, actors: bool) -> list[Entity]:
        """The actors, or else the projects, that stand in a region; each once."""
        found = (p.entity for p in self.entities if p.head.i in region and p.entity)
        return distinct(entity for entity in found if entity.is_actor is actors)

    def actors(self, head: Token) -> list[Entity]:
        """The actors that a noun phrase means: itself, its coordinates, else whose it is ("China's firms")."""
        heads = [head, *coordinated(head)]
        found = [entity for token in heads if (entity := self.entity(token)) is not None and entity.is_actor]
        return distinct(found or self._owners(head))

    def _owners(self, head: Token) -> list[Entity]:
        if (entity := self.entity(head)) is not None and not entity.is_actor:
            return []
        owners = [child for child in head.children if child.dep_ in NAMING and child.i < head.i]
        owners += [
            obj
            for prep in head.children
            if prep.lower_ in {"of", "from"}
            for obj in prep.children
            if obj.dep_ == "pobj"
        ]
        found = [
            entity
            for token in owners
            for part in [token, *coordinated(token)]
            if (entity := self.entity(part)) is not None
        ]
        return [entity for entity in found if entity.is_actor]


def coordinated(head: Token) -> list[Token]:
    """The further members of a coordination."""
    found = []
    for child in head.children:
        if child.dep_ == "conj" or (child.dep_ == "appos" and child.pos_ == "PROPN"):
            found += [child, *coordinated(child)]
    return found


def distinct(entities: Iterable[Entity]) -> list[Entity]:
    return list({id(entity): entity for entity in entities}.values())
