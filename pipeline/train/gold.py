"""Sets gold mentions and entities on a Doc, so that a later stage can learn or be scored by itself.

Gold lists the words for an entity without offsets: they are searched in the text, longest first, outside of mentions.
"""

from __future__ import annotations

import re

from spacy.tokens import Doc

from pipeline.gold.evaluate.facts import facts_of_gold, facts_of_record
from pipeline.gold.evaluate.matching import match
from pipeline.gold.gold import GoldArticle
from pipeline.record import Sector
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import Entity, Mention, Reference, SentenceIndex


def write_mentions(doc: Doc, gold: GoldArticle) -> Doc:
    """Sets `doc._.mentions` to the gold mentions (values unset)."""
    sentence_of = SentenceIndex(doc)
    doc._.mentions = [Mention(m.label, m.start, m.end, sentence_of(m.start), method="gold") for m in gold.mentions]  # type: ignore[arg-type]
    return doc


def write_entities(doc: Doc, gold: GoldArticle) -> dict[str, Entity]:
    """Sets entities and references from gold surfaces (after `write_mentions`); returns them by gold key."""
    keyed = {actor["key"]: _actor(actor) for actor in gold.raw["actors"]}
    keyed |= {project["key"]: _project(project) for project in gold.raw["projects"]}
    surfaces = [
        (surface, keyed[entity["key"]])
        for entity in gold.raw["actors"] + gold.raw["projects"]
        for surface in [entity["name"], *entity["surface"]]
    ]
    surfaces.sort(key=lambda pair: -len(pair[0]))
    doc._.entities = list(keyed.values())
    _link_mentions(doc, surfaces)
    doc._.references = _references(doc, surfaces)
    return keyed


def matched_entities(doc: Doc, gold: GoldArticle) -> dict[str, Entity]:
    """By gold key the entity of a Doc that scoring matches with it; without the missed ones."""
    matched = match(facts_of_gold(gold), facts_of_record(assemble(doc)))
    actors = [entity for entity in doc._.entities if entity.is_actor]
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    found = {matched.gold.actors[g].id: actors[f] for g, f in matched.actors}
    return found | {matched.gold.projects[g].id: projects[f] for g, f in matched.projects}


def _actor(actor: dict) -> Entity:  # type: ignore[type-arg]
    return Entity(actor["name"], actor["kind"], country=actor["country"], role=actor["role"])


def _project(project: dict) -> Entity:  # type: ignore[type-arg]
    sectors = [Sector(code=code, label="", confidence=1.0) for code in project["sectors"]]
    return Entity(
        project["name"], None, programme=project["programme"], countries=project["countries"], sectors=sectors
    )


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
