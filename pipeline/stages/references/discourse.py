"""The discourse of an article: its entities, and the spans of the text that mean them.

Every finder of this stage reads the discourse and adds to it. A mention means one entity at most; other words may mean
several ("both sides").
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import islice

from pipeline.stages.document.doc import Entity, Mention, Reference

_NESTED = 4  # spans that may cover one character
_LOOK_BACK = 60  # spans searched for an antecedent; keeps the stage linear


class Discourse:
    """The entities of one article in order of finding, the entity of each mention, and the references."""

    def __init__(self) -> None:
        self.entities: list[Entity] = []
        self.references: list[Reference] = []
        self.countries: dict[str, Entity] = {}  # ISO code -> the country actor
        self.served: dict[int, list[Entity]] = {}  # id of a person -> the bodies that the person's offices name
        self._ids: set[int] = set()
        self._entity_of: dict[int, Entity] = {}
        self._spans: list[tuple[int, int, Entity]] = []

    def add(self, entity: Entity, mentions: Iterable[Mention] = ()) -> Entity:
        """Adds an entity, if new, and links its mentions; returns the entity."""
        if id(entity) not in self._ids:
            self._ids.add(id(entity))
            self.entities.append(entity)
        for mention in mentions:
            self.link(mention, entity)
        return entity

    def link(self, mention: Mention, entity: Entity) -> None:
        """Records that a mention means an entity."""
        self._entity_of[id(mention)] = entity
        self.note(mention.start, mention.end, entity)

    def refer(self, start: int, end: int, entity: Entity, *, pronoun: bool = False, confidence: float = 1.0) -> None:
        """Adds a reference: words outside of the mentions that mean an entity."""
        self.references.append(Reference(start, end, entity, pronoun, confidence))
        self.note(start, end, entity)

    def note(self, start: int, end: int, entity: Entity) -> None:
        """Records a span as an antecedent for an entity; without a reference, for words inside a mention."""
        insort(self._spans, (start, end, entity), key=lambda span: span[:2])

    def meaning(self, mention: Mention) -> Entity | None:
        """The entity that a mention means, or None."""
        return self._entity_of.get(id(mention))

    def in_order(self) -> list[Entity]:
        """The entities by their first span; those without a span last."""
        first: dict[int, int] = {}
        for start, _, entity in self._spans:
            first[id(entity)] = min(start, first.get(id(entity), start))
        last = max(first.values(), default=0) + 1
        return sorted(self.entities, key=lambda entity: first.get(id(entity), last))

    def before(self, offset: int) -> Iterator[tuple[int, int, Entity]]:
        """The spans (start, end, entity) that start before `offset`: nearest first, at most `_LOOK_BACK` of them."""
        at = bisect_left(self._spans, offset, key=lambda span: span[0])
        for index in range(at - 1, max(-1, at - 1 - _LOOK_BACK), -1):
            yield self._spans[index]

    def at(self, start: int, end: int) -> list[Entity]:
        """The entities of the spans inside `start:end`, in reading order."""
        found = []
        for index in range(bisect_left(self._spans, start, key=lambda span: span[0]), len(self._spans)):
            begin, stop, entity = self._spans[index]
            if begin >= end:
                break
            if stop <= end:
                found.append(entity)
        return found

    def over(self, offset: int) -> list[Entity]:
        """The entities of the spans that cover a character."""
        return [entity for _, end, entity in islice(self.before(offset + 1), _NESTED) if end > offset]
