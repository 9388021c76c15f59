"""The spaCy component `reader`: a language model reads each article after the commitments stage.

nlp = pipeline.load()
nlp.add_pipe("corridor_reader", name="reader", config={"url": "http://localhost:8080/v1", "model": "NAME"})
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.llm.cache import Cache
from pipeline.llm.endpoint import Endpoint
from pipeline.llm.ledger import Budget, Ledger, budget_of
from pipeline.llm.read import Reader
from pipeline.record import Actor, Project, Record
from pipeline.settings import Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import Commitment, Entity, Flow, Mention, Relation, article_of, profile_of


class ReaderComponent:
    """Reads Docs that all stages have written to; `pipe` sends several at once. `ledger`: what was done and spent."""

    def __init__(self, nlp: Language, endpoint: Endpoint, cache: Path | None, budget: str | None) -> None:
        self._nlp, self._endpoint = nlp, endpoint
        self._budget = budget_of(budget) if budget else Budget()
        self._cache = Cache(cache)
        self._reader: Reader | None = None

    @property
    def ledger(self) -> Ledger:
        """Counts since the component was made."""
        return self._reader.ledger if self._reader else Ledger()

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 1) -> Iterator[Doc]:
        """The Docs, read."""
        docs = iter(stream)
        for first in docs:
            items = ((doc, _record(doc), True) for doc in chain([first], docs))
            for doc, record in self._opened(first).read(items):
                yield _written(doc, record) if record else doc

    def _opened(self, doc: Doc) -> Reader:
        """The reader, made for the profile of the first Doc."""
        if self._reader is None:
            folder = getattr(self._nlp, "directory", None) or Settings().models
            settings = replace(Settings(), models=folder, profile=profile_of(doc))
            self._reader = Reader(self._endpoint, settings, self._cache, self._budget)
        return self._reader


def make_reader(
    nlp: Language,
    name: str,
    url: str,
    model: str,
    cache: str | None = None,
    budget: str | None = None,
    concurrency: int = 4,
    timeout: float = 120.0,
    max_tokens: int = 8_000,
) -> ReaderComponent:
    """The factory `corridor_reader`. Its configuration is that of the command: see `docs/llm.md`."""
    endpoint = Endpoint(url, model, timeout=timeout, concurrency=concurrency, max_tokens=max_tokens)
    return ReaderComponent(nlp, endpoint, Path(cache) if cache else None, budget)


Language.factory(
    "corridor_reader",
    requires=["doc._.mentions", "doc._.entities", "doc._.commitments"],
    assigns=["doc._.commitments"],
    func=make_reader,
)


def _record(doc: Doc) -> Record | None:
    """The record of a Doc; None without an article, and where a stage has a defect, which shows later."""
    if article_of(doc) is None:
        return None
    try:
        return assemble(doc)
    except Exception:
        return None


def _written(doc: Doc, record: Record) -> Doc:
    """The Doc with what a record says. `doc._.record` is the record that `assemble` returns from then on."""
    parts: list[Actor | Project] = [*record.actors, *record.projects]
    entities = {part.id: _entity(part) for part in parts}
    names = {key: entity for entity in entities.values() for key in [(entity.name, entity.is_actor)]}
    mentions = {
        m.id: Mention(
            m.label,
            m.start,
            m.end,
            m.sentence,
            m.confidence,
            m.method,
            m.value,
            entities[m.entity] if m.entity else None,
        )
        for m in record.mentions
    }
    ends: dict[str, Any] = {**entities, **mentions}
    known = {(mention.start, mention.end): mention.entity for mention in mentions.values()}
    heads = {
        id(mention.entity): known[mention.start, mention.end]
        for mention in doc._.mentions
        if mention.entity is not None
    }
    references = []
    for reference in doc._.references:
        entity = heads.get(id(reference.entity)) or names.get((reference.entity.name, reference.entity.is_actor))
        if entity is not None:
            references.append(replace(reference, entity=entity))
    doc._.mentions, doc._.entities, doc._.references = list(mentions.values()), list(entities.values()), references
    doc._.relations = [
        Relation(
            ends[r.subject],
            r.type,
            ends[r.object],
            r.sentence,
            r.evidence.start,
            r.evidence.end,
            r.confidence,
            r.method,
        )
        for r in record.relations
    ]
    doc._.commitments = [_commitment(found, entities) for found in record.commitments]
    doc._.record = record
    return doc


def _entity(part: Actor | Project) -> Entity:
    if isinstance(part, Actor):
        return Entity(part.name, part.kind, part.country, part.role, confidence=part.confidence)
    fields = {"programme": part.programme, "countries": part.countries, "sectors": part.sectors}
    return Entity(part.name, None, confidence=part.confidence, **fields)  # type: ignore[arg-type]


def _commitment(found: Any, entities: dict[str, Entity]) -> Commitment:
    def of(ids: Iterable[str]) -> list[Entity]:
        return [entities[name] for name in ids]

    flow = found.flow
    slots = found.slot_confidence.model_dump(by_alias=True) if found.slot_confidence else {}
    return Commitment(
        found.kind,
        found.status,
        found.trigger.start,
        found.trigger.end,
        [evidence.sentence for evidence in found.evidence],
        by=of(found.by),
        with_=of(found.with_),
        to=of(found.to),
        projects=of(found.projects),
        amounts=found.amounts,
        dates=found.dates,
        sectors=found.sectors,
        flow=Flow(flow.instrument, tuple(of(flow.provider)), tuple(of(flow.recipient)), flow.terms) if flow else None,
        attributed_to=entities[found.attributed_to] if found.attributed_to else None,
        negated=found.negated,
        boilerplate=bool(found.boilerplate),
        confidence=found.confidence,
        row_confidence=found.row_confidence,
        slot_confidence={name: value if isinstance(value, list) else [value] for name, value in slots.items() if value},
        method=found.method,
    )
