"""Sets gold mentions and entities on a Doc, so that a later stage can learn or be scored by itself.

Gold lists the words for an entity without offsets: they are searched in the text, longest first, outside of mentions.
"""

from __future__ import annotations

import re
from typing import Any

from spacy.tokens import Doc

from pipeline.gold.evaluate.facts import facts_of
from pipeline.gold.evaluate.matching import match
from pipeline.record import Actor, Commitment, Project, Record, RelationType
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import Entity, Mention, Reference, SentenceIndex


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
    _link_mentions(doc, surfaces)
    doc._.references = _references(doc, surfaces)
    return keyed


def matched_entities(doc: Doc, gold: Record) -> dict[str, Entity]:
    """By id in gold the entity of a Doc that scoring matches with it; without the missed ones."""
    matched = match(facts_of(gold), facts_of(assemble(doc)))
    actors = [entity for entity in doc._.entities if entity.is_actor]
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    found = {matched.gold.actors[g].id: actors[f] for g, f in matched.actors}
    return found | {matched.gold.projects[g].id: projects[f] for g, f in matched.projects}


def in_slot(commitment: Commitment, role: str) -> list[Any]:
    """The values in a slot of a commitment: ids, amounts or dates."""
    value = getattr(commitment, "with_" if role == "with" else role)
    return value if isinstance(value, list) else [value] if value else []


def ends_of(gold: Record) -> list[tuple[str, RelationType, str]]:
    """Subject, type and object of each relation; an end that is a mention as its label and words, `EVENT:signing`."""
    named = {mention.id: f"{mention.label}:{mention.text}" for mention in gold.mentions}
    return [(named.get(r.subject, r.subject), r.type, named.get(r.object, r.object)) for r in gold.relations]


def _link_mentions(doc: Doc, surfaces: list[tuple[str, Entity]]) -> None:
    by_surface: dict[str, Entity] = {}
    for surface, entity in surfaces:
        by_surface.setdefault(surface.lower(), entity)
    for mention in doc._.mentions:
        mention.entity = by_surface.get(doc.text[mention.start : mention.end].lower())


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
