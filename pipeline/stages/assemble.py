"""Doc -> Record, the one way out; checks every quoted value against the text."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from spacy.tokens import Doc

from pipeline import record as out
from pipeline.errors import ArticleError
from pipeline.stages.document.doc import (
    Commitment,
    Entity,
    Flow,
    Limit,
    Mention,
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
    text, sentences, plain = article.text, sentence_spans(doc), _Plain(doc._.mentions, doc._.entities)
    named: dict[int, dict[str, list[str]]] = {id(e): {"aliases": [], "mentions": []} for e in doc._.entities}
    for start, end, entity in entity_spans(doc, pronouns=False):
        aliases = named[id(entity)]["aliases"]
        if (name := text[start:end]) != entity.name and name not in aliases:
            aliases.append(name)
    for mention in doc._.mentions:
        if mention.entity is not None:
            named[id(mention.entity)]["mentions"].append(plain(mention))
    actors, projects = _parted(doc._.entities)
    record = out.Record(
        article=article,
        sentences=[
            out.Sentence(id=n, start=a, end=b, boilerplate=n in doc._.boilerplate) for n, (a, b) in enumerate(sentences)
        ],
        mentions=[
            out.Mention(id=plain(one), text=text[one.start : one.end], **plain.fields(one, out.Mention))
            for one in doc._.mentions
        ],
        actors=[out.Actor(id=plain(one), **named[id(one)], **plain.fields(one, out.Actor)) for one in actors],
        projects=[out.Project(id=plain(one), **named[id(one)], **plain.fields(one, out.Project)) for one in projects],
        relations=[
            out.Relation(evidence=out.Span(start=one.start, end=one.end), **plain.fields(one, out.Relation))
            for one in doc._.relations
        ],
        commitments=[_commitment(one, n, text, plain, sentences) for n, one in enumerate(doc._.commitments, 1)],
        sectors=doc._.sectors,
        limits=_limits(doc),
    )
    for quote in out.quotes(record):
        if text[quote.start : quote.end] != quote.text:
            where = f"{quote.text!r} does not stand at {quote.start}:{quote.end}"
            raise ArticleError(article.id, f"{where}; please report it")
    return record


def _parted(entities: Iterable[Entity]) -> tuple[list[Entity], list[Entity]]:
    """The actors, and the projects."""
    listed = list(entities)
    return [one for one in listed if one.is_actor], [one for one in listed if not one.is_actor]


class _Plain:
    """What stages wrote as the record holds it: an entity or a mention by its id, a confidence with two digits.

    The ids: m1.. for mentions, a1.. for actors, p1.. for projects, in reading order.
    """

    def __init__(self, mentions: Iterable[Mention], entities: Iterable[Entity]) -> None:
        self._ids: dict[int, str] = {}
        for letter, parts in zip("map", (mentions, *_parted(entities)), strict=True):
            self._ids |= {id(part): f"{letter}{number}" for number, part in enumerate(parts, 1)}

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Entity | Mention):
            return self._ids[id(value)]
        if isinstance(value, list | tuple):
            return [self(one) for one in value]
        if isinstance(value, Flow):
            return out.Flow(**self.fields(value, out.Flow))
        return round(value, 2) if isinstance(value, float) else value

    def fields(self, part: object, model: type[BaseModel]) -> dict[str, Any]:
        """The fields of a model that a part of a Doc has too."""
        return {name: self(getattr(part, name)) for name in model.model_fields if hasattr(part, name)}


def _commitment(one: Commitment, number: int, text: str, plain: _Plain, sentences: Spans) -> out.Commitment:
    start, end = one.trigger_start, one.trigger_end
    own: dict[str, Any] = plain.fields(one, out.Commitment)
    sure: dict[str, Any] = {name: plain(values) for name, values in one.slot_confidence.items()}
    for name in sure.keys() & {"status", "instrument"}:
        (sure[name],) = sure[name]
    own["slot_confidence"] = out.SlotConfidence(**sure) if sure else None
    return out.Commitment(
        id=f"c{number}",
        trigger=out.Quote(text=text[start:end], start=start, end=end),
        evidence=[out.Evidence(sentence=n, start=sentences[n][0], end=sentences[n][1]) for n in one.sentences],
        **own,
    )


def _limits(doc: Doc) -> list[out.Limit]:
    """Each limit once a sentence, with the most that was found."""
    sentence_of, most = SentenceIndex(doc), dict[tuple[out.LimitName, int | None], Limit]()
    for reached in sorted(doc._.limits, key=lambda limit: limit.found):
        most[reached.name, None if reached.start is None else sentence_of(reached.start)] = reached
    found = [out.Limit(name=name, sentence=n, found=one.found, kept=one.kept) for (name, n), one in most.items()]
    return sorted(found, key=lambda limit: (limit.sentence or 0, limit.name))
