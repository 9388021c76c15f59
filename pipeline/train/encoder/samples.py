"""Annotated articles as windows of word pieces, with the answers for pieces, spans and pairs.

Gold names an actor once for a whole commitment. Of its mentions, those in the sentence of the trigger have the role, or
else the nearest one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from pipeline.stages.models.heads import HOLDS, LABELS, REFERENCE, RELATIONS, ROLES
from pipeline.train.gold import ends_of, in_slot, write_entities, write_mentions
from pipeline.train.sectors import SectorRow
from pipeline.values.gazetteer.names import key

UNKNOWN = -100  # an answer that is not to be learned
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


Cut = Callable[[str, Spans, Any], Iterable[Window]]  # as `windows`


def samples(doc: Doc, gold: Record, encode: Any, cut: Cut = windows) -> list[Sample]:
    """The windows of an article, cut at the sentences of the Doc, onto which the gold is written."""
    keyed = write_entities(write_mentions(doc, gold), gold)
    return [_sample(window, doc, gold, keyed) for window in cut(gold.article.text, sentence_spans(doc), encode)]


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


def _sample(window: Window, doc: Doc, gold: Record, keyed: dict[str, Entity]) -> Sample:
    size, spans = len(window.ids), list(_spans(window, doc))
    sample = Sample(window, [0] * size, [0] * size, [UNKNOWN] * size, spans)
    for span in spans:
        label = LABELS[span.label]
        if label != REFERENCE:
            sample.tags[span.first] = TAGS.index(f"B-{label}")
            sample.tags[span.first + 1 : span.last + 1] = [TAGS.index(f"I-{label}")] * (span.last - span.first)
    _tag_groups(sample, gold)
    sentence_of = SentenceIndex(doc)
    for commitment in gold.commitments:
        found = commitment.trigger
        if (ends := _pieces_at(window, found.start, found.end)) is not None:
            _add(
                sample, ends, commitment, _roles(spans, sentence_of(found.start), commitment, keyed, gold.article.text)
            )
    sample.relations = list(_relations(spans, gold, keyed))
    sample.sectors += [
        (span.first, span.last, (SECTORS.index(sector.code),))
        for span in spans
        if span.entity is not None
        for sector in span.entity.sectors
    ]
    named = [span for span in spans if LABELS[span.label] in NAMES]
    sample.listed = [(span.first, span.last, () if span.entity is None else (0,)) for span in named]
    sample.stated = list(_stated(window, gold))
    sample.topics = [(0, size - 1, tuple(SECTORS.index(sector.code) for sector in gold.sectors))]
    return sample


def _stated(window: Window, gold: Record) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """The sentences of a window, without those that only continue a commitment of another one."""
    stated: dict[int, set[str]] = {}
    for commitment in gold.commitments:
        at = commitment.trigger.start
        first = next((e for e in commitment.evidence if e.start <= at < e.end), commitment.evidence[0]).sentence
        stated.setdefault(first, {"any"}).update((commitment.kind, commitment.status))
    unclear = {e.sentence for commitment in gold.commitments for e in commitment.evidence} - set(stated)
    for sentence in gold.sentences:
        ends = _pieces_at(window, sentence.start, sentence.end)
        if ends is not None and sentence.id not in unclear:
            yield *ends, tuple(sorted(map(STATED.index, stated.get(sentence.id, ()))))


def _tag_groups(sample: Sample, gold: Record) -> None:
    """Tags unnamed groups without the names in them: "companies" of "Chinese companies"."""
    names = {name for a in gold.actors if a.kind == "group" for name in [a.name, *a.aliases]}
    begin, goes_on = TAGS.index(f"B-{GROUP}"), TAGS.index(f"I-{GROUP}")
    for name in sorted(names, key=lambda name: (-len(name), name)):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", gold.article.text):
            ends = _pieces_at(sample.window, *match.span())
            free = [at for at in range(ends[0], ends[1] + 1) if not sample.tags[at]] if ends else []
            for at in free:
                sample.tags[at] = begin if at == free[0] else goes_on


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


def _spans(window: Window, doc: Doc) -> Iterator[Span]:
    sentence_of = SentenceIndex(doc)
    found = [(m.start, m.end, m.label, m.entity) for m in doc._.mentions]
    found += [(r.start, r.end, REFERENCE, r.entity) for r in doc._.references]
    for start, end, label, entity in sorted(found, key=lambda span: span[:2]):
        ends = _pieces_at(window, start, end)
        if ends is not None:
            yield Span(*ends, LABELS.index(label), start, end, sentence_of(start), entity)


def _pieces_at(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """The first and last piece that overlap these characters."""
    touched = [at for at, (a, b) in enumerate(window.offsets) if a < end and start < b]
    return (touched[0], touched[-1]) if touched else None


def _add(sample: Sample, ends: tuple[int, int], commitment: Commitment, roles: list[int]) -> None:
    first, last = ends
    count = last - first + 1
    sample.triggers[first : last + 1] = [TRIGGERS.index(commitment.kind)] * count
    sample.statuses[first : last + 1] = [STATUSES.index(commitment.status)] * count
    sample.arguments += [(first, last, at, role) for at, role in enumerate(roles)]
    sample.sectors += [(first, last, (SECTORS.index(code),)) for code in commitment.sectors]


def _roles(spans: list[Span], sentence: int, commitment: Commitment, keyed: dict[str, Entity], text: str) -> list[int]:
    """The role of each span in a commitment."""
    found = [0] * len(spans)
    for role in ROLES[1:]:
        for value in in_slot(commitment, role):
            if isinstance(value, Quote):
                meant = [at for at, span in enumerate(spans) if text[span.start : span.end] == value.text]
            else:
                meant = [at for at, span in enumerate(spans) if span.entity is keyed[value]]
            for at in _nearest(meant, spans, sentence):
                found[at] = ROLES.index(role)
    return found


def _nearest(meant: list[int], spans: list[Span], sentence: int) -> Iterable[int]:
    here = [at for at in meant if spans[at].sentence == sentence]
    before = [at for at in meant if spans[at].sentence < sentence]
    return here or before[-1:] or meant[:1]


def _pairs(spans: list[Span]) -> Iterator[tuple[int, int]]:
    """The spans that may be subject and object of a relation: in one sentence, or in two consecutive ones.

    The latter only where no sentence of the window has both. An office is only held, by a person of its sentence.
    """
    labels = [LABELS[span.label] for span in spans]
    able = [at for at, label in enumerate(labels) if label not in UNRELATED]
    near = [(a, b) for a in able for b in able if a != b and abs(spans[a].sentence - spans[b].sentence) <= 1]
    together = {_target(spans, *pair) for pair in near if spans[pair[0]].sentence == spans[pair[1]].sentence}
    for a, b in near:
        if spans[a].sentence == spans[b].sentence:
            if labels[a] != "ROLE" and (labels[b] != "ROLE" or labels[a] == "PERSON"):
                yield a, b
        elif "ROLE" not in (labels[a], labels[b]) and _target(spans, a, b) not in together:
            yield a, b


def _target(spans: list[Span], *pair: int) -> tuple[int, ...]:
    """The entities of two spans, or the spans where they have none."""
    return tuple(at if spans[at].entity is None else id(spans[at].entity) for at in pair)


def _relations(spans: list[Span], gold: Record, keyed: dict[str, Entity]) -> Iterator[tuple[int, int, int]]:
    types: dict[tuple[int, int], int] = {}
    for subject, name, target in ends_of(gold):
        for a in _ends(subject, spans, keyed, gold.article.text):
            for b in _ends(target, spans, keyed, gold.article.text):
                types[a, b] = RELATIONS.index(name)
    types |= {pair: RELATIONS.index(HOLDS) for pair in _held(spans, gold.article.text)}
    return ((a, b, types.get((a, b), 0)) for a, b in _pairs(spans))


def _held(spans: list[Span], text: str) -> Iterator[tuple[int, int]]:
    """Every person with the nearest words of the sentence that are in the role of the person in gold."""
    for person, span in enumerate(spans):
        role = span.entity.role if span.entity is not None and LABELS[span.label] == "PERSON" else None
        found = [
            at
            for at, other in enumerate(spans)
            if LABELS[other.label] == "ROLE" and other.sentence == span.sentence
            if role and f" {key(text[other.start : other.end])} " in f" {key(role)} "
        ]
        if found:
            yield person, min(found, key=lambda at: abs(spans[at].first - span.first))


def _ends(end: str, spans: list[Span], keyed: dict[str, Entity], text: str) -> list[int]:
    """The spans of an end of a gold relation: all of an entity, or those of the words of an event."""
    label, colon, words = end.partition(":")
    if not colon:
        return [at for at, span in enumerate(spans) if span.entity is keyed[end]]
    named = [(at, text[span.start : span.end]) for at, span in enumerate(spans) if LABELS[span.label] == label]
    return [at for at, found in named if found.lower() == words.lower()]
