"""The cast of an article: who and what takes part, and where the text means them.

Every finder of this stage reads the cast so far and adds to it; a mention means one entity at most, words that are no
mention may mean several ("both sides").
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import islice

from pipeline.article.doc import Entity, Mention, Reference

_NESTED = 4  # places that may hold one character
_LOOK_BACK = 60  # places looked at when an antecedent is sought: keeps the stage linear


class Cast:
    """Entities in order of finding, the meaning of mentions, and references; all of one article."""

    def __init__(self) -> None:
        self.entities: list[Entity] = []
        self.references: list[Reference] = []
        self.countries: dict[str, Entity] = {}  # ISO code -> the country actor
        self.served: dict[int, list[Entity]] = {}  # id of a person -> the bodies of the person's offices
        self._known: set[int] = set()
        self._meaning: dict[int, Entity] = {}
        self._places: list[tuple[int, int, Entity]] = []

    def add(self, entity: Entity, mentions: Iterable[Mention] = ()) -> Entity:
        """Takes in an entity and the mentions that mean it; returns the entity."""
        if id(entity) not in self._known:
            self._known.add(id(entity))
            self.entities.append(entity)
        for mention in mentions:
            self.link(mention, entity)
        return entity

    def link(self, mention: Mention, entity: Entity) -> None:
        """Says that a mention means an entity."""
        self._meaning[id(mention)] = entity
        self._put(mention.start, mention.end, entity)

    def refer(self, start: int, end: int, entity: Entity, *, pronoun: bool = False, confidence: float = 1.0) -> None:
        """Says that words outside of the mentions mean an entity."""
        self.references.append(Reference(start, end, entity, pronoun, confidence))
        self._put(start, end, entity)

    def note(self, start: int, end: int, entity: Entity) -> None:
        """Says that words inside of a mention speak of an entity too: an antecedent, no reference."""
        self._put(start, end, entity)

    def meaning(self, mention: Mention) -> Entity | None:
        """What a mention means, if anything."""
        return self._meaning.get(id(mention))

    def in_order(self) -> list[Entity]:
        """The entities by where they are first meant; those never meant by words of their own last."""
        first: dict[int, int] = {}
        for start, _, entity in self._places:
            first[id(entity)] = min(start, first.get(id(entity), start))
        last = max(first.values(), default=0) + 1
        return sorted(self.entities, key=lambda entity: first.get(id(entity), last))

    def before(self, offset: int) -> Iterator[tuple[int, int, Entity]]:
        """Places that mean an entity and start before `offset`, the nearest first, a bounded number of them."""
        at = bisect_left(self._places, offset, key=lambda place: place[0])
        for index in range(at - 1, max(-1, at - 1 - _LOOK_BACK), -1):
            yield self._places[index]

    def at(self, start: int, end: int) -> list[Entity]:
        """The entities meant by words inside `start:end`, in reading order."""
        found = []
        for index in range(bisect_left(self._places, start, key=lambda place: place[0]), len(self._places)):
            begin, stop, entity = self._places[index]
            if begin >= end:
                break
            if stop <= end:
                found.append(entity)
        return found

    def over(self, offset: int) -> list[Entity]:
        """The entities meant by words that hold a character."""
        return [entity for _, end, entity in islice(self.before(offset + 1), _NESTED) if end > offset]

    def _put(self, start: int, end: int, entity: Entity) -> None:
        insort(self._places, (start, end, entity), key=lambda place: place[:2])
