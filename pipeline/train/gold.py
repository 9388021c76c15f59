"""Gold for training: read, set on a Doc, and matched with what a Doc has.

Gold lists the words for an entity without offsets: they are searched in the text, longest first, outside of mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.gold.evaluate.facts import Matched, facts_of, match
from pipeline.gold.folder import read_gold
from pipeline.record import Actor, Commitment, Project, Record, RelationType
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import Entity, Mention, Reference, SentenceIndex

Read = list[tuple[Record, Doc]]


def read_golds(folders: Iterable[Path]) -> list[Record]:
    """The articles of several gold folders. Raises SetupError where two have the same id."""
    golds = [gold for folder in folders for gold in read_gold(folder)]
    names = [gold.article.id for gold in golds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SetupError(f"{twice[0]}: more than one gold article has this id")
    return golds


def read_docs(nlp: Language, golds: Sequence[Record], encoded: bool = False) -> Read:
    """Docs with all that the pipeline finds; the encoder's output, which is large, stays if they shall be `encoded`."""
    found = []
    for gold in golds:
        doc = nlp.make_doc(gold.article.text)
        doc._.article = gold.article
        for _, stage in nlp.pipeline:
            doc = stage(doc)
        if not encoded:
            doc._.encoding = None
        found.append((gold, doc))
    return found


def write_mentions(doc: Doc, gold: Record) -> Doc:
    """Sets `doc._.mentions` to the gold mentions (values unset)."""
    sentence_of = SentenceIndex(doc)
    doc._.mentions = [Mention(m.label, m.start, m.end, sentence_of(m.start), method="gold") for m in gold.mentions]
    return doc


def write_entities(doc: Doc, gold: Record) -> dict[str, Entity]:
    """Sets entities and references from the names in gold (after `write_mentions`); returns them by id."""
    keyed = {a.id: Entity(a.name, a.kind, country=a.country, role=a.role) for a in gold.actors}
    keyed |= {
        p.id: Entity(p.name, None, programme=p.programme, countries=p.countries, sectors=p.sectors)
        for p in gold.projects
    }
    entities: list[Actor | Project] = [*gold.actors, *gold.projects]
    surfaces = [(surface, keyed[entity.id]) for entity in entities for surface in [entity.name, *entity.aliases]]
    surfaces.sort(key=lambda pair: -len(pair[0]))
    doc._.entities = list(keyed.values())
    by_surface: dict[str, Entity] = {}
    for surface, entity in surfaces:
        by_surface.setdefault(surface.lower(), entity)
    for mention in doc._.mentions:
        mention.entity = by_surface.get(doc.text[mention.start : mention.end].lower())
    doc._.references = _references(doc, surfaces)
    return keyed


def _references(doc: Doc, surfaces: list[tuple[str, Entity]]) -> list[Reference]:
    taken = [(m.start, m.end) for m in doc._.mentions]
    found = []
    for surface, entity in surfaces:
        for at in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", doc.text):
            start, end = at.span()
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append(Reference(start, end, entity))
    return sorted(found, key=lambda reference: reference.start)


def matched(gold: Record, record: Record) -> Matched:
    """What of a record scoring matches with gold."""
    return match(facts_of(gold), facts_of(record))


def matched_entities(doc: Doc, gold: Record) -> dict[str, Entity]:
    """By id in gold the entity of a Doc that scoring matches with it; without the missed ones."""
    found = matched(gold, assemble(doc))
    actors = [entity for entity in doc._.entities if entity.is_actor]
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    return {found.gold.actors[g].id: actors[f] for g, f in found.actors} | {
        found.gold.projects[g].id: projects[f] for g, f in found.projects
    }


def in_slot(commitment: Commitment, role: str) -> list[Any]:
    """The values in a slot of a commitment: ids, amounts or dates."""
    value = getattr(commitment, "with_" if role == "with" else role)
    return value if isinstance(value, list) else [value] if value else []


def ends_of(gold: Record) -> list[tuple[str, RelationType, str]]:
    """Subject, type and object of each relation; an end that is a mention as its label and words, `EVENT:signing`."""
    named = {mention.id: f"{mention.label}:{mention.text}" for mention in gold.mentions}
    return [(named.get(r.subject, r.subject), r.type, named.get(r.object, r.object)) for r in gold.relations]
