"""The discourse of an article: its entities, the spans that mean them, and the antecedents of other words.

Every finder of this stage reads the discourse and adds to it. A mention means one entity at most; other words may mean
several ("both sides"). What an antecedent must be is a `Wanted`, made of the lists in the seeds.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from pipeline.stages.document.doc import Entity, Mention, Reference
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.offices import office_words
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.projects import parsed

_NESTED = 4  # spans that may cover one character
_LOOK_BACK = 60  # spans searched for an antecedent; keeps the stage linear


class Antecedent(NamedTuple):
    """A span before some words, the entity that it means, and how many sentences back it is."""

    start: int
    end: int
    entity: Entity
    distance: int


@dataclass(frozen=True)
class Wanted:
    """What an antecedent must be.

    `kinds`: of entity; of projects "work", "umbrella", "phase". `word`: in its name, or the office of a person;
    `office`: words that the office must have, in full. `countries`: of which it must be of one. `reach`: how many
    sentences back it may be. `subject`: whether it must be one. `apart`: a verb of which it may be no argument.
    """

    kinds: tuple[str, ...]
    word: str = ""
    office: frozenset[str] = frozenset()
    countries: tuple[str | None, ...] = ()
    reach: int | None = None
    subject: bool = False
    apart: Word | None = None

    def fits(self, entity: Entity) -> bool:
        """Whether the entity itself fits."""
        if kind_of(entity) not in self.kinds or (self.countries and entity.country not in self.countries):
            return False
        names = entity.role or "" if entity.kind == "person" else entity.name
        has_word = not self.word or self.word in key(names).split()
        return has_word and (not self.office or self.office <= office_words(names))

    def fits_at(self, root: Word) -> bool:
        """Whether the head of its span fits."""
        return root.head is not self.apart and (not self.subject or root.dep in ("nsubj", "nsubjpass"))


def kind_of(entity: Entity) -> str:
    """An actor's kind; "phase", "umbrella" or "work" of a project."""
    if entity.kind:
        return entity.kind
    return "phase" if parsed(entity.name).phase else "umbrella" if entity.programme else "work"


class Discourse:
    """The entities of one article in order of finding, the entity of each mention, and the references."""

    def __init__(self, view: ArticleView) -> None:
        self._view = view
        self.entities: dict[Entity, None] = {}
        self.references: list[Reference] = []
        self.countries: dict[str, Entity] = {}  # ISO code -> the country actor
        self.served: dict[Entity, list[Entity]] = {}  # a person -> the bodies that the person's offices name
        self._entity_of: dict[int, Entity] = {}
        self._spans: list[tuple[int, int, Entity]] = []

    def add(self, entity: Entity, mentions: Iterable[Mention] = ()) -> Entity:
        """Adds an entity, if new, and links its mentions; returns the entity."""
        self.entities.setdefault(entity)
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
        first = {entity: start for start, _, entity in reversed(self._spans)}
        return sorted(self.entities, key=lambda entity: first.get(entity, len(self._view.text)))

    def antecedents(self, offset: int, reach: int | None = None) -> Iterator[Antecedent]:
        """The spans that start before `offset`: nearest first, at most `_LOOK_BACK` of them and `reach` sentences."""
        here, at = self._view.sentence_of(offset), self._at(offset)
        for start, end, entity in self._spans[max(0, at - _LOOK_BACK) : at][::-1]:
            distance = here - self._view.sentence_of(start)
            if reach is not None and distance > reach:
                break
            yield Antecedent(start, end, entity, distance)

    def nearest(self, offset: int, wanted: Wanted) -> Entity | None:
        """The entity of the nearest antecedent that is what is wanted."""
        free = wanted.apart is None and not wanted.subject
        for span in self.antecedents(offset, wanted.reach):
            if wanted.fits(span.entity) and (free or wanted.fits_at(self._view.root(span.start, span.end))):
                return span.entity
        return None

    def at(self, start: int, end: int) -> list[Entity]:
        """The entities of the spans inside `start:end`, in reading order."""
        return [entity for _, stop, entity in self._spans[self._at(start) : self._at(end)] if stop <= end]

    def over(self, offset: int) -> list[Entity]:
        """The entities of the spans that cover a character."""
        return [span.entity for span in islice(self.antecedents(offset + 1), _NESTED) if span.end > offset]

    def _at(self, offset: int) -> int:
        return bisect_left(self._spans, offset, key=lambda span: span[0])
