"""Gold for training: read, set on a Doc, and matched with what a Doc has.

Gold lists the words for an entity without offsets: they are searched in the text, longest first, outside of mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.gold.evaluate.facts import facts_of_gold, facts_of_record
from pipeline.gold.evaluate.matching import Matched, match
from pipeline.gold.gold import GoldArticle, read_corpus
from pipeline.record import Article, Record, Sector
from pipeline.sources import make_article
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import Entity, Mention, Reference, SentenceIndex

Read = list[tuple[GoldArticle, Doc]]


def read_golds(folders: Iterable[Path]) -> list[GoldArticle]:
    """The articles of several gold folders. Raises SetupError where two have the same id."""
    golds = [gold for folder in folders for gold in read_corpus(folder)]
    names = [gold.id for gold in golds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SetupError(f"{twice[0]}: more than one gold article has this id")
    return golds


def article_of(gold: GoldArticle) -> Article:
    """The article as extraction reads it."""
    day = gold.date if gold.date and len(gold.date) == len("2025-01-01") else None
    return make_article(gold.text, id=gold.id, title=gold.title, source=gold.source, date=day, where=gold.id)


def read_docs(nlp: Language, golds: Sequence[GoldArticle], encoded: bool = False) -> Read:
    """Docs with all that the pipeline finds; the encoder's output, which is large, stays if they shall be `encoded`."""
    found = []
    for gold in golds:
        doc = nlp.make_doc(gold.text)
        doc._.article = article_of(gold)
        for _, stage in nlp.pipeline:
            doc = stage(doc)
        if not encoded:
            doc._.encoding = None
        found.append((gold, doc))
    return found


def write_mentions(doc: Doc, gold: GoldArticle) -> Doc:
    """Sets `doc._.mentions` to the gold mentions (values unset)."""
    sentence_of = SentenceIndex(doc)
    doc._.mentions = [Mention(m.label, m.start, m.end, sentence_of(m.start), method="gold") for m in gold.mentions]  # type: ignore[arg-type]
    return doc


def write_entities(doc: Doc, gold: GoldArticle) -> dict[str, Entity]:
    """Sets entities and references from gold surfaces (after `write_mentions`); returns them by gold key."""
    keyed = {
        actor["key"]: Entity(actor["name"], actor["kind"], country=actor["country"], role=actor["role"])
        for actor in gold.raw["actors"]
    }
    for project in gold.raw["projects"]:
        sectors = [Sector(code=code, label="", confidence=1.0) for code in project["sectors"]]
        keyed[project["key"]] = Entity(
            project["name"], None, programme=project["programme"], countries=project["countries"], sectors=sectors
        )
    surfaces = [
        (surface, keyed[entity["key"]])
        for entity in gold.raw["actors"] + gold.raw["projects"]
        for surface in [entity["name"], *entity["surface"]]
    ]
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


def matched(gold: GoldArticle, record: Record) -> Matched:
    """What of a record scoring matches with gold."""
    return match(facts_of_gold(gold), facts_of_record(record))


def matched_entities(doc: Doc, gold: GoldArticle) -> dict[str, Entity]:
    """By gold key the entity of a Doc that scoring matches with it; without the missed ones."""
    found = matched(gold, assemble(doc))
    actors = [entity for entity in doc._.entities if entity.is_actor]
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    return {found.gold.actors[g].id: actors[f] for g, f in found.actors} | {
        found.gold.projects[g].id: projects[f] for g, f in found.projects
    }
