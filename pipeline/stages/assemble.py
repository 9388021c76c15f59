"""Doc -> Record, the one way out; checks every quoted value against the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spacy.tokens import Doc

from pipeline import record as out
from pipeline.errors import ArticleError
from pipeline.stages.document.doc import (
    Commitment,
    Entity,
    Flow,
    Limit,
    Mention,
    Relation,
    SentenceIndex,
    article_of,
    entity_spans,
    sentence_spans,
)

Spans = list[tuple[int, int]]


def assemble(doc: Doc) -> out.Record:
    """The record of a Doc that all stages have written to.

    Raises ArticleError where a quoted value differs from the text at its offsets (a defect of a stage).
    """
    article = article_of(doc)
    if article is None:
        raise ValueError("the Doc carries no article")
    if doc._.record is not None:  # made of these lists by a second reader, and checked
        read: out.Record = doc._.record
        return read
    ids, sentences = _Ids(doc), sentence_spans(doc)
    occurrences = _occurrences(doc, article.text)
    record = out.Record(
        article=article,
        sentences=[
            out.Sentence(id=n, start=a, end=b, boilerplate=n in doc._.boilerplate) for n, (a, b) in enumerate(sentences)
        ],
        mentions=[_mention(mention, article.text, ids) for mention in doc._.mentions],
        actors=[_actor(entity, ids, occurrences) for entity in doc._.entities if entity.is_actor],
        projects=[_project(entity, ids, occurrences) for entity in doc._.entities if not entity.is_actor],
        relations=[_relation(relation, ids) for relation in doc._.relations],
        commitments=[
            _commitment(found, n, article.text, ids, sentences) for n, found in enumerate(doc._.commitments, 1)
        ],
        sectors=doc._.sectors,
        limits=_limits(doc),
    )
    _check_quotes(record)
    return record


class _Ids:
    """The ids of the parts of a Doc: m1.. for mentions, a1.. for actors, p1.. for projects, in reading order."""

    def __init__(self, doc: Doc) -> None:
        self._ids: dict[int, str] = {}
        actors = [entity for entity in doc._.entities if entity.is_actor]
        projects = [entity for entity in doc._.entities if not entity.is_actor]
        for letter, parts in (("m", doc._.mentions), ("a", actors), ("p", projects)):
            self._ids |= {id(part): f"{letter}{number}" for number, part in enumerate(parts, 1)}

    def __call__(self, part: Entity | Mention) -> str:
        return self._ids[id(part)]


@dataclass
class _Occurrences:
    """The occurrences of an entity in reading order: its names and descriptions without pronouns, and its mentions."""

    texts: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def aliases(self, name: str) -> list[str]:
        return [text for text in dict.fromkeys(self.texts) if text != name]


def _occurrences(doc: Doc, text: str) -> dict[int, _Occurrences]:
    occurrences: dict[int, _Occurrences] = {id(entity): _Occurrences() for entity in doc._.entities}
    for start, end, entity in entity_spans(doc, pronouns=False):
        occurrences[id(entity)].texts.append(text[start:end])
    for mention in doc._.mentions:
        if mention.entity is not None:
            occurrences[id(mention.entity)].mentions.append(mention)
    return occurrences


def _mention(mention: Mention, text: str, ids: _Ids) -> out.Mention:
    return out.Mention(
        id=ids(mention),
        label=mention.label,
        text=text[mention.start : mention.end],
        start=mention.start,
        end=mention.end,
        sentence=mention.sentence,
        entity=ids(mention.entity) if mention.entity else None,
        confidence=_rounded(mention.confidence),
        method=mention.method,
        value=mention.value,
    )


def _actor(entity: Entity, ids: _Ids, occurrences: dict[int, _Occurrences]) -> out.Actor:
    assert entity.kind is not None
    found = occurrences[id(entity)]
    return out.Actor(
        id=ids(entity),
        name=entity.name,
        kind=entity.kind,
        country=entity.country,
        role=entity.role,
        aliases=found.aliases(entity.name),
        mentions=[ids(mention) for mention in found.mentions],
        confidence=_rounded(entity.confidence),
    )


def _project(entity: Entity, ids: _Ids, occurrences: dict[int, _Occurrences]) -> out.Project:
    found = occurrences[id(entity)]
    return out.Project(
        id=ids(entity),
        name=entity.name,
        programme=entity.programme,
        aliases=found.aliases(entity.name),
        sectors=entity.sectors,
        countries=entity.countries,
        mentions=[ids(mention) for mention in found.mentions],
        confidence=_rounded(entity.confidence),
    )


def _relation(relation: Relation, ids: _Ids) -> out.Relation:
    return out.Relation(
        subject=ids(relation.subject),
        type=relation.type,
        object=ids(relation.object),
        sentence=relation.sentence,
        evidence=out.Span(start=relation.start, end=relation.end),
        confidence=_rounded(relation.confidence),
        method=relation.method,
    )


def _commitment(found: Commitment, number: int, text: str, ids: _Ids, sentences: Spans) -> out.Commitment:
    start, end = found.trigger_start, found.trigger_end
    return out.Commitment(
        id=f"c{number}",
        kind=found.kind,
        status=found.status,
        trigger=out.Quote(text=text[start:end], start=start, end=end),
        by=[ids(entity) for entity in found.by],
        with_=[ids(entity) for entity in found.with_],
        to=[ids(entity) for entity in found.to],
        projects=[ids(entity) for entity in found.projects],
        amounts=found.amounts,
        dates=found.dates,
        sectors=found.sectors,
        flow=_flow(found.flow, ids) if found.flow else None,
        attributed_to=ids(found.attributed_to) if found.attributed_to else None,
        negated=found.negated,
        boilerplate=found.boilerplate,
        evidence=[out.Evidence(sentence=n, start=sentences[n][0], end=sentences[n][1]) for n in found.sentences],
        confidence=_rounded(found.confidence),
        row_confidence=None if found.row_confidence is None else _rounded(found.row_confidence),
        slot_confidence=_slot_confidence(found.slot_confidence) if found.slot_confidence else None,
        method=found.method,
    )


def _slot_confidence(found: Mapping[str, list[float]]) -> out.SlotConfidence:
    sure: dict[str, Any] = {name: [_rounded(one) for one in values] for name, values in found.items()}
    for name in ("status", "instrument"):
        if name in sure:
            (sure[name],) = sure[name]
    return out.SlotConfidence(**sure)


def _flow(flow: Flow, ids: _Ids) -> out.Flow:
    provider, recipient = ([ids(entity) for entity in side] for side in (flow.provider, flow.recipient))
    return out.Flow(instrument=flow.instrument, provider=provider, recipient=recipient, terms=flow.terms)


def _limits(doc: Doc) -> list[out.Limit]:
    """Each limit once a sentence, with the most that was found."""
    sentence_of, most = SentenceIndex(doc), dict[tuple[out.LimitName, int | None], Limit]()
    for reached in sorted(doc._.limits, key=lambda limit: limit.found):
        most[reached.name, None if reached.start is None else sentence_of(reached.start)] = reached
    found = [out.Limit(name=name, sentence=n, found=one.found, kept=one.kept) for (name, n), one in most.items()]
    return sorted(found, key=lambda limit: (limit.sentence or 0, limit.name))


def _rounded(confidence: float) -> float:
    return round(confidence, 2)


def _check_quotes(record: out.Record) -> None:
    text = record.article.text
    for quote in out.quotes(record):
        if text[quote.start : quote.end] != quote.text:
            raise ArticleError(
                record.article.id, f"{quote.text!r} does not stand at {quote.start}:{quote.end}; please report it"
            )
