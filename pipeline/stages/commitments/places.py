"""Where entities, amounts, dates and agreements stand in the parse, indexed once for a Doc."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from pipeline.doc import Entity, Mention, entity_spans, tokens_of
from pipeline.stages.commitments.words import Word, sentences_of, words_of

NAMING = {"poss", "compound", "amod", "nmod", "appos"}
OWNING = {"of", "from"}


@dataclass(frozen=True)
class Place:
    """A span with the token that heads it."""

    head: Word
    start: int
    end: int
    entity: Entity | None = None
    mention: Mention | None = None


class Places:
    """Entities by token, and the places of a Doc in reading order; its words and sentences."""

    def __init__(self, doc: Doc) -> None:
        self.words = words_of(doc)
        self.sentences = sentences_of(doc, self.words)
        self._starts = {sentence.words[0].i for sentence in self.sentences}
        self._entities_at: dict[int, list[Entity]] = {}
        self._span_at: dict[int, list[Word]] = {}
        self.entities: list[Place] = []
        self._headed: dict[int, list[Place]] = {}
        for start, end, entity in entity_spans(doc):
            self._add(tokens_of(doc, start, end), start, end, entity)
        self._mentions_at: dict[int, list[Place]] = {}
        for mention in doc._.mentions:
            head = self.words[tokens_of(doc, mention.start, mention.end).root.i]
            self._mentions_at.setdefault(head.i, []).append(Place(head, mention.start, mention.end, mention=mention))

    def _add(self, span: Span, start: int, end: int, entity: Entity) -> None:
        words = self.words[span.start : span.end]
        place = Place(self.words[span.root.i], start, end, entity=entity)
        self.entities.append(place)
        self._headed.setdefault(place.head.i, []).append(place)
        for token in words:
            self._entities_at.setdefault(token.i, []).append(entity)
            self._span_at[token.i] = words

    def at(self, token: Word) -> list[Entity]:
        """The entities that a token speaks of: several for "both sides"."""
        return self._entities_at.get(token.i, [])

    def labelled(self, label: str, region: Iterable[int]) -> list[Place]:
        """The mentions of a label that are headed in a region, in reading order."""
        found = (place for i in sorted(self._mentions_at.keys() & region) for place in self._mentions_at[i])
        return [place for place in found if place.mention and place.mention.label == label]

    def labels(self, region: Iterable[int]) -> set[str]:
        """The labels that stand in a region."""
        return {p.mention.label for i in self._mentions_at.keys() & region for p in self._mentions_at[i] if p.mention}

    def names(self, region: Iterable[int]) -> bool:
        """Whether a region names anything: an entity, an amount, a date."""
        return not (self._headed.keys().isdisjoint(region) and self._mentions_at.keys().isdisjoint(region))

    def headed_in(self, region: Iterable[int]) -> list[Place]:
        """The places of entities that are headed in a region, by where they start."""
        found = (place for i in self._headed.keys() & region for place in self._headed[i])
        return sorted(found, key=lambda place: (place.start, place.end))

    def entities_in(self, region: Iterable[int], *, actors: bool) -> list[Entity]:
        """The actors, or else the projects, that stand in a region; each once, in reading order."""
        found = (place.entity for i in sorted(self._headed.keys() & region) for place in self._headed[i])
        return distinct(entity for entity in found if entity and entity.is_actor is actors)

    def actors(self, head: Word) -> list[Entity]:
        """The actors that a noun phrase means: itself, its coordinates, else whose it is ("China's firms")."""
        heads = [*self._listed(head), head, *self.coordinated(head)]
        found = [entity for token in heads for entity in self.at(token) if entity.is_actor]
        return distinct(found or self._owners(head))

    def coordinated(self, head: Word) -> list[Word]:
        """The further members of a coordination; the parse may hang them on any word of a name."""
        found: dict[int, Word] = {}
        queue = [head]
        while queue:
            span = self._span_at.get(queue[0].i, [queue[0]])
            members = [c for token in span for c in token.children if _is_member(c) and c not in span]
            queue = [*queue[1:], *(child for child in members if child.i not in found)]
            found |= {child.i: child for child in members}
        return [token for index, token in found.items() if index != head.i]

    def _listed(self, head: Word) -> list[Word]:
        """The actors that a headline lists before its subject: "Nepal, India sign deal"."""
        found: list[Word] = []
        at = self._span_at[head.i][0].i if head.i in self._span_at else head.i
        while at >= 2 and self.words[at - 1].text == "," and self.at(before := self.words[at - 2]):
            found.insert(0, before)
            at = self._span_at[before.i][0].i
        opens = bool(found) and (at in self._starts or self.words[at - 1].text == ":")
        return found if opens else []

    def _owners(self, head: Word) -> list[Entity]:
        """Whose a thing is: "China's firms", "a firm of Lahore"; a project has no owner to act for it."""
        if self.at(head):
            return []
        owners = [child for child in head.children if child.dep in NAMING and child.i < head.i]
        for prep in head.children:
            owners += [obj for obj in prep.children if obj.dep == "pobj" and prep.lower in OWNING]
        parts = [part for token in owners for part in [token, *self.coordinated(token)]]
        return [entity for part in parts for entity in self.at(part) if entity.is_actor]


def _is_member(token: Word) -> bool:
    return token.dep == "conj" or (token.dep == "appos" and token.pos == "PROPN")


def distinct(entities: Iterable[Entity]) -> list[Entity]:
    return list({id(entity): entity for entity in entities}.values())
