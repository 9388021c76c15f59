"""Annotated articles as windows of word pieces, with the answers for pieces, spans and pairs.

Gold names an actor once for a whole commitment. Of its mentions, those in the sentence of the trigger have the role, or
else the nearest one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from pipeline.extract import build
from pipeline.record import Commitment, Quote, Record
from pipeline.stages.document.doc import Entity, SentenceIndex, sentence_spans
from pipeline.stages.models.encoder import (
    GROUP,
    SECTORS,
    STAGES,
    STATED,
    STATUSES,
    TAGS,
    TRIGGERS,
    Spans,
    Window,
    windows,
)
from pipeline.stages.models.heads import HOLDS, LABELS, REFERENCE, RELATIONS, ROLES, Integers
from pipeline.train.gold import ends_of, in_slot, write_entities, write_mentions
from pipeline.train.sectors import SectorRow
from pipeline.values.gazetteer.names import key

UNKNOWN = -100  # an answer that is not to be learned
TRIGGER = len(LABELS)  # the label of a trigger
Answered = tuple[int, int, tuple[int, ...] | None]  # first and last piece of a span, and its classes
UNRELATED = {"MONEY", "DATE", "QUANTITY"}
NAMES = {"PERSON", "ORG", "COUNTRY", "NORP", "PLACE", "PROJECT", "PROGRAMME"}  # of possible actors and projects


@dataclass
class Span:
    """A mention or a reference; `first`, `last`: pieces in the window; `start`, `end`: characters."""

    first: int
    last: int
    label: int
    start: int
    end: int
    sentence: int
    entity: Entity | None


@dataclass
class Sample:
    """A window with its answers: a class a piece (`tags`, `triggers`, `statuses`), and a class a pair.

    `arguments`: first and last piece of a trigger, number of a span, role; `relations`: two spans and a type;
    `sectors`: first and last piece of a span and the sectors of which it has one; `stages`: the same with stages;
    `stated`: first and last piece of a sentence and those of STATED that it has; `topics`: the same with the sectors
    of the article; `listed`: the same of a name, with 0 if it is of an actor or a project of the article. Where the
    answer is not known, it is UNKNOWN, of a span None.
    """

    window: Window
    tags: list[int]
    triggers: list[int]
    statuses: list[int]
    spans: list[Span]
    arguments: list[tuple[int, int, int, int]] = field(default_factory=list)
    relations: list[tuple[int, int, int]] = field(default_factory=list)
    sectors: list[Answered] = field(default_factory=list)
    stages: list[Answered] = field(default_factory=list)
    stated: list[Answered] = field(default_factory=list)
    topics: list[Answered] = field(default_factory=list)
    listed: list[Answered] = field(default_factory=list)

    def pairs(self, name: str) -> Integers:
        """(pairs, 7) of `arguments` or `relations`: first and last pieces of both spans, both labels, the class."""
        triggers = [(a, b, TRIGGER, self.spans[at], role) for a, b, at, role in self.arguments]
        spans = [(self.spans[a], self.spans[b], kind) for a, b, kind in self.relations]
        related = [(a.first, a.last, a.label, b, kind) for a, b, kind in spans]
        rows = triggers if name == "arguments" else related
        listed = [(a, b, other.first, other.last, label, other.label, answer) for a, b, label, other, answer in rows]
        return np.array(listed, np.int64).reshape(-1, 7)

    def texts(self, name: str, classes: int) -> tuple[Integers, npt.NDArray[np.bool_]]:
        """(texts, 2) first and last pieces of what has classes, and (texts, classes) those; the known ones."""
        known = [row for row in getattr(self, name) if row[2] is not None]
        answers = np.zeros((len(known), classes), bool)
        for row, (_, _, having) in enumerate(known):
            answers[row, list(having)] = True
        return np.array([row[:2] for row in known], np.int64).reshape(-1, 2), answers


Cut = Callable[[str, Spans, Any], Iterable[Window]]  # as `windows`


def samples(doc: Doc, gold: Record, encode: Any, cut: Cut = windows) -> list[Sample]:
    """The windows of an article, cut at the sentences of the Doc, onto which the gold is written."""
    keyed = write_entities(write_mentions(doc, gold), gold)
    return [_Writer(window, doc, gold, keyed).sample for window in cut(gold.article.text, sentence_spans(doc), encode)]


def samples_of(golds: Sequence[Record], encode: Any) -> list[list[list[Sample]]]:
    """For each of CUTS, the windows of each article."""
    docs = list(build(()).pipe(gold.article.text for gold in golds))
    return [[samples(doc, gold, encode, cut) for doc, gold in zip(docs, golds, strict=True)] for cut in CUTS]


def otherwise(text: str, sentences: Spans, encode: Any) -> Iterator[Window]:
    """The same sentences, cut elsewhere: the first window has half of those that it could hold."""
    first = next(iter(windows(text, sentences, encode)), None)
    held = sum(end <= first.offsets[-1][1] for _, end in sentences) if first is not None else 0
    yield from windows(text, sentences[: held // 2], encode)
    yield from windows(text, sentences[held // 2 :], encode)


CUTS: tuple[Cut, ...] = (windows, otherwise)


def project_samples(rows: Iterable[SectorRow], encode: Any) -> Iterator[Sample]:
    """The beginnings of coded descriptions of projects, which have sectors and, some of them, a stage."""
    for row in rows:
        window = next(windows(row.text, [(0, len(row.text))], encode), None)
        if window is not None:
            unknown, last = [UNKNOWN] * len(window.ids), len(window.ids) - 1
            sample = Sample(window, unknown, unknown, unknown, [])
            sample.sectors = [(0, last, tuple(map(SECTORS.index, alternatives))) for alternatives in row.sectors]
            sample.stages = [(0, last, (STAGES.index(row.stage),))] if row.stage else []
            yield sample


class _Writer:
    """Writes the answers of gold into the sample of a window; `keyed`: the entities of the Doc by their ids in gold."""

    def __init__(self, window: Window, doc: Doc, gold: Record, keyed: dict[str, Entity]) -> None:
        self.window, self.gold, self.keyed, self.text = window, gold, keyed, gold.article.text
        self.sentence_of, size = SentenceIndex(doc), len(window.ids)
        self.spans = list(self._spans(doc))
        self.sample = Sample(window, [0] * size, [0] * size, [UNKNOWN] * size, self.spans)
        self._tag()
        for commitment in gold.commitments:
            self._add(commitment)
        sample, spans = self.sample, self.spans
        sample.relations = list(self._relations())
        coded = [(span, sector.code) for span in spans if span.entity is not None for sector in span.entity.sectors]
        sample.sectors += [(span.first, span.last, (SECTORS.index(code),)) for span, code in coded]
        named = [span for span in spans if LABELS[span.label] in NAMES]
        sample.listed = [(span.first, span.last, () if span.entity is None else (0,)) for span in named]
        sample.stated = list(self._stated())
        sample.topics = [(0, size - 1, tuple(SECTORS.index(sector.code) for sector in gold.sectors))]

    def _spans(self, doc: Doc) -> Iterator[Span]:
        found = [(m.start, m.end, m.label, m.entity) for m in doc._.mentions]
        found += [(r.start, r.end, REFERENCE, r.entity) for r in doc._.references]
        for start, end, label, entity in sorted(found, key=lambda span: span[:2]):
            if ends := self._pieces_at(start, end):
                yield Span(*ends, LABELS.index(label), start, end, self.sentence_of(start), entity)

    def _pieces_at(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and last piece that overlap these characters."""
        touched = [at for at, (a, b) in enumerate(self.window.offsets) if a < end and start < b]
        return (touched[0], touched[-1]) if touched else None

    def _tag(self) -> None:
        """Tags mentions, and unnamed groups without the names in them: "companies" of "Chinese companies"."""
        tags = self.sample.tags
        for span in self.spans:
            if (label := LABELS[span.label]) != REFERENCE:
                tags[span.first] = TAGS.index(f"B-{label}")
                tags[span.first + 1 : span.last + 1] = [TAGS.index(f"I-{label}")] * (span.last - span.first)
        names = {name for a in self.gold.actors if a.kind == "group" for name in [a.name, *a.aliases]}
        begin, goes_on = TAGS.index(f"B-{GROUP}"), TAGS.index(f"I-{GROUP}")
        for name in sorted(names, key=lambda name: (-len(name), name)):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", self.text):
                ends = self._pieces_at(*match.span())
                free = [at for at in range(ends[0], ends[1] + 1) if not tags[at]] if ends else []
                for at in free:
                    tags[at] = begin if at == free[0] else goes_on

    def _add(self, commitment: Commitment) -> None:
        sample, start = self.sample, commitment.trigger.start
        if ends := self._pieces_at(start, commitment.trigger.end):
            first, last = ends
            count, roles = last - first + 1, self._roles(commitment, self.sentence_of(start))
            sample.triggers[first : last + 1] = [TRIGGERS.index(commitment.kind)] * count
            sample.statuses[first : last + 1] = [STATUSES.index(commitment.status)] * count
            sample.arguments += [(first, last, at, role) for at, role in enumerate(roles)]
            sample.sectors += [(first, last, (SECTORS.index(code),)) for code in commitment.sectors]

    def _roles(self, commitment: Commitment, sentence: int) -> list[int]:
        """The role of each span in a commitment whose trigger is in a sentence."""
        found = [0] * len(self.spans)
        for role in ROLES[1:]:
            for value in in_slot(commitment, role):
                if isinstance(value, Quote):
                    meant = [at for at, span in enumerate(self.spans) if self._words(span) == value.text]
                else:
                    meant = self._of_entity(value)
                here = [at for at in meant if self.spans[at].sentence == sentence]
                before = [at for at in meant if self.spans[at].sentence < sentence]
                for at in here or before[-1:] or meant[:1]:
                    found[at] = ROLES.index(role)
        return found

    def _words(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def _of_entity(self, name: str) -> list[int]:
        return [at for at, span in enumerate(self.spans) if span.entity is self.keyed[name]]

    def _stated(self) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """The sentences of the window, without those that only continue a commitment of another one."""
        stated: dict[int, set[str]] = {}
        for commitment in self.gold.commitments:
            at = commitment.trigger.start
            first = next((e for e in commitment.evidence if e.start <= at < e.end), commitment.evidence[0]).sentence
            stated.setdefault(first, {"any"}).update((commitment.kind, commitment.status))
        unclear = {e.sentence for commitment in self.gold.commitments for e in commitment.evidence} - set(stated)
        for sentence in self.gold.sentences:
            ends = self._pieces_at(sentence.start, sentence.end)
            if ends and sentence.id not in unclear:
                yield *ends, tuple(sorted(map(STATED.index, stated.get(sentence.id, ()))))

    def _relations(self) -> Iterator[tuple[int, int, int]]:
        types: dict[tuple[int, int], int] = {}
        for subject, name, target in ends_of(self.gold):
            types |= dict.fromkeys(product(self._ends(subject), self._ends(target)), RELATIONS.index(name))
        types |= dict.fromkeys(self._held(), RELATIONS.index(HOLDS))
        return ((a, b, types.get((a, b), 0)) for a, b in self._pairs())

    def _ends(self, end: str) -> list[int]:
        """The spans of an end of a gold relation: all of an entity, or those of the words of an event."""
        label, colon, words = end.partition(":")
        if not colon:
            return self._of_entity(end)
        named = [(at, self._words(span)) for at, span in enumerate(self.spans) if LABELS[span.label] == label]
        return [at for at, found in named if found.lower() == words.lower()]

    def _held(self) -> Iterator[tuple[int, int]]:
        """Every person with the nearest words of the sentence that are in the role of the person in gold."""
        offices = [(at, span) for at, span in enumerate(self.spans) if LABELS[span.label] == "ROLE"]
        for person, span in enumerate(self.spans):
            role = span.entity.role if span.entity is not None and LABELS[span.label] == "PERSON" else None
            here = [(at, other) for at, other in offices if role and other.sentence == span.sentence]
            found = [at for at, other in here if f" {key(self._words(other))} " in f" {key(role or '')} "]
            if found:
                yield person, min(found, key=lambda at: abs(self.spans[at].first - span.first))

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """The spans that may be subject and object of a relation: in one sentence, or in two consecutive ones.

        The latter only where no sentence of the window has both. An office is only held, by a person of its sentence.
        """
        spans, labels = self.spans, [LABELS[span.label] for span in self.spans]
        able = [at for at, label in enumerate(labels) if label not in UNRELATED]
        near = [(a, b) for a in able for b in able if a != b and abs(spans[a].sentence - spans[b].sentence) <= 1]
        together = {self._targets(*pair) for pair in near if spans[pair[0]].sentence == spans[pair[1]].sentence}
        for a, b in near:
            if spans[a].sentence == spans[b].sentence:
                if labels[a] != "ROLE" and (labels[b] != "ROLE" or labels[a] == "PERSON"):
                    yield a, b
            elif "ROLE" not in (labels[a], labels[b]) and self._targets(a, b) not in together:
                yield a, b

    def _targets(self, *pair: int) -> tuple[int, ...]:
        """The entities of two spans, or the spans where they have none."""
        return tuple(at if self.spans[at].entity is None else id(self.spans[at].entity) for at in pair)
