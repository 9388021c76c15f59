"""Entities and mentions, indexed by their words in the parse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.words import Sentence, Word, root_of

NAMING = {"poss", "compound", "amod", "nmod", "appos"}
OWNING = {"of", "from"}


@dataclass(frozen=True)
class HeadedSpan:
    """A span of an entity or of a mention, with the word that heads it."""

    head: Word
    start: int
    end: int
    entity: Entity | None = None
    mention: Mention | None = None


class EntityIndex:
    """Entities by word, and the spans of a Doc in reading order."""

    def __init__(
        self,
        words: Sequence[Word],
        sentences: Sequence[Sentence],
        entities: Iterable[tuple[Sequence[Word], int, int, Entity]],
        mentions: Iterable[tuple[Sequence[Word], Mention]],
    ) -> None:
        self._words = words
        self._starts = {sentence.words[0].i for sentence in sentences}
        self._entities_at: dict[int, list[Entity]] = {}
        self._span_at: dict[int, Sequence[Word]] = {}
        self.spans: list[HeadedSpan] = []
        self._headed: dict[int, list[HeadedSpan]] = {}
        for own, start, end, entity in entities:
            self._add(own, start, end, entity)
        self._mentions_at: dict[int, list[HeadedSpan]] = {}
        for own, mention in mentions:
            span = HeadedSpan(root_of(own), mention.start, mention.end, mention=mention)
            self._mentions_at.setdefault(span.head.i, []).append(span)

    def _add(self, words: Sequence[Word], start: int, end: int, entity: Entity) -> None:
        span = HeadedSpan(root_of(words), start, end, entity=entity)
        self.spans.append(span)
        self._headed.setdefault(span.head.i, []).append(span)
        for word in words:
            self._entities_at.setdefault(word.i, []).append(entity)
            self._span_at[word.i] = words

    def at(self, word: Word) -> list[Entity]:
        """The entities that a word refers to: several for "both sides"."""
        return self._entities_at.get(word.i, [])

    def labelled(self, label: str, region: Iterable[int]) -> list[HeadedSpan]:
        """The mentions of a label that are headed in a region, in reading order."""
        found = (span for i in sorted(self._mentions_at.keys() & region) for span in self._mentions_at[i])
        return [span for span in found if span.mention and span.mention.label == label]

    def labels(self, region: Iterable[int]) -> set[str]:
        """The labels of the mentions in a region."""
        return {s.mention.label for i in self._mentions_at.keys() & region for s in self._mentions_at[i] if s.mention}

    def names(self, region: Iterable[int]) -> bool:
        """Whether a region holds an entity, an amount or a date."""
        return not (self._headed.keys().isdisjoint(region) and self._mentions_at.keys().isdisjoint(region))

    def headed_in(self, region: Iterable[int]) -> list[HeadedSpan]:
        """The spans of entities that are headed in a region, by where they start."""
        found = (span for i in self._headed.keys() & region for span in self._headed[i])
        return sorted(found, key=lambda span: (span.start, span.end))

    def entities_in(self, region: Iterable[int], *, actors: bool) -> list[Entity]:
        """The actors (else the projects) in a region, each once, in reading order."""
        found = (span.entity for i in sorted(self._headed.keys() & region) for span in self._headed[i])
        return distinct(entity for entity in found if entity and entity.is_actor is actors)

    def actors(self, head: Word) -> list[Entity]:
        """The actors that a noun phrase refers to: itself and its coordinates, else its owner ("China's firms")."""
        heads = [*self._listed(head), head, *self.coordinated(head)]
        found = [entity for word in heads for entity in self.at(word) if entity.is_actor]
        return distinct(found or self._owners(head))

    def coordinated(self, head: Word) -> list[Word]:
        """The further members of a coordination; the parse may hang them on any word of a name."""
        found: dict[int, Word] = {}
        queue = [head]
        while queue:
            span = self._span_at.get(queue[0].i, [queue[0]])
            members = [c for word in span for c in word.children if _is_member(c) and c not in span]
            queue = [*queue[1:], *(child for child in members if child.i not in found)]
            found |= {child.i: child for child in members}
        return [word for index, word in found.items() if index != head.i]

    def _listed(self, head: Word) -> list[Word]:
        """The actors that a headline lists before its subject: "Nepal, India sign deal"."""
        found: list[Word] = []
        at = self._span_at[head.i][0].i if head.i in self._span_at else head.i
        while at >= 2 and self._words[at - 1].text == "," and self.at(before := self._words[at - 2]):
            found.insert(0, before)
            at = self._span_at[before.i][0].i
        opens = bool(found) and (at in self._starts or self._words[at - 1].text == ":")
        return found if opens else []

    def _owners(self, head: Word) -> list[Entity]:
        """The owners of a thing: "China's firms", "a firm of Lahore"; none for a project."""
        if self.at(head):
            return []
        owners = [child for child in head.children if child.dep in NAMING and child.i < head.i]
        for prep in head.children:
            owners += [obj for obj in prep.children if obj.dep == "pobj" and prep.lower in OWNING]
        parts = [part for word in owners for part in [word, *self.coordinated(word)]]
        return [entity for part in parts for entity in self.at(part) if entity.is_actor]


def _is_member(word: Word) -> bool:
    return word.dep == "conj" or (word.dep == "appos" and word.pos == "PROPN")


def distinct(entities: Iterable[Entity]) -> list[Entity]:
    """Each entity once, in order."""
    return list({id(entity): entity for entity in entities}.values())
