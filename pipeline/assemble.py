"""Doc -> Record, the one way out; here every value is held against the characters that it quotes."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline import record as out
from pipeline.doc import Commitment, Entity, Mention, Relation, article_of, sentence_spans
from pipeline.errors import ArticleError


def assemble(doc: Doc) -> out.Record:
    """The record of a Doc that all stages have written to.

    Raises ArticleError where a quoted value is not what stands at its offsets (a defect of a stage).
    """
    article = article_of(doc)
    if article is None:
        raise ValueError("the Doc carries no article")
    ids = _Ids(doc)
    sentences = sentence_spans(doc)
    record = out.Record(
        article=article,
        sentences=[out.Sentence(id=n, start=a, end=b) for n, (a, b) in enumerate(sentences)],
        mentions=[_mention(doc, mention, ids) for mention in doc._.mentions],
        actors=[_actor(doc, entity, ids) for entity in doc._.entities if entity.is_actor],
        projects=[_project(doc, entity, ids) for entity in doc._.entities if not entity.is_actor],
        relations=[_relation(relation, ids) for relation in doc._.relations],
        commitments=[_commitment(doc, n, c, ids, sentences) for n, c in enumerate(doc._.commitments)],
        sectors=doc._.sectors,
    )
    _check_quotes(record)
    return record


class _Ids:
    """m1.. for mentions, a1.. for actors, p1.. for projects, in reading order."""

    def __init__(self, doc: Doc) -> None:
        self._ids: dict[int, str] = {}
        actors = [entity for entity in doc._.entities if entity.is_actor]
        projects = [entity for entity in doc._.entities if not entity.is_actor]
        for letter, parts in (("m", doc._.mentions), ("a", actors), ("p", projects)):
            self._ids |= {id(part): f"{letter}{number}" for number, part in enumerate(parts, 1)}

    def __call__(self, part: Entity | Mention) -> str:
        return self._ids[id(part)]


def _mention(doc: Doc, mention: Mention, ids: _Ids) -> out.Mention:
    return out.Mention(
        id=ids(mention),
        label=mention.label,
        text=doc.text[mention.start : mention.end],
        start=mention.start,
        end=mention.end,
        sentence=mention.sentence,
        entity=ids(mention.entity) if mention.entity else None,
        confidence=_rounded(mention.confidence),
        method=mention.method,
        value=mention.value,
    )


def _names(doc: Doc, entity: Entity) -> list[str]:
    """The other names that the article gives an entity, pronouns left out, in reading order."""
    spans = [(m.start, m.end) for m in doc._.mentions if m.entity is entity]
    spans += [(r.start, r.end) for r in doc._.references if r.entity is entity and not r.pronoun]
    names = dict.fromkeys(doc.text[start:end] for start, end in sorted(spans))
    return [name for name in names if name != entity.name]


def _mention_ids(doc: Doc, entity: Entity, ids: _Ids) -> list[str]:
    return [ids(mention) for mention in doc._.mentions if mention.entity is entity]


def _actor(doc: Doc, entity: Entity, ids: _Ids) -> out.Actor:
    assert entity.kind is not None
    return out.Actor(
        id=ids(entity),
        name=entity.name,
        kind=entity.kind,
        country=entity.country,
        role=entity.role,
        aliases=_names(doc, entity),
        mentions=_mention_ids(doc, entity, ids),
        confidence=_rounded(entity.confidence),
    )


def _project(doc: Doc, entity: Entity, ids: _Ids) -> out.Project:
    return out.Project(
        id=ids(entity),
        name=entity.name,
        programme=entity.programme,
        aliases=_names(doc, entity),
        sectors=entity.sectors,
        countries=entity.countries,
        mentions=_mention_ids(doc, entity, ids),
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


def _commitment(
    doc: Doc, number: int, found: Commitment, ids: _Ids, sentences: list[tuple[int, int]]
) -> out.Commitment:
    start, end = found.trigger_start, found.trigger_end
    return out.Commitment(
        id=f"c{number + 1}",
        kind=found.kind,
        status=found.status,
        trigger=out.Quote(text=doc.text[start:end], start=start, end=end),
        by=[ids(entity) for entity in found.by],
        with_=[ids(entity) for entity in found.with_],
        to=[ids(entity) for entity in found.to],
        projects=[ids(entity) for entity in found.projects],
        amounts=found.amounts,
        dates=found.dates,
        sectors=found.sectors,
        attributed_to=ids(found.attributed_to) if found.attributed_to else None,
        negated=found.negated,
        evidence=[out.Evidence(sentence=n, start=sentences[n][0], end=sentences[n][1]) for n in found.sentences],
        confidence=_rounded(found.confidence),
        method=found.method,
    )


def _rounded(confidence: float) -> float:
    return round(confidence, 2)


def _check_quotes(record: out.Record) -> None:
    text = record.article.text
    for quote in out.quotes(record):
        if text[quote.start : quote.end] != quote.text:
            raise ArticleError(
                record.article.id, f"{quote.text!r} does not stand at {quote.start}:{quote.end}; please report it"
            )
