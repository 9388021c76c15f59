"""The OECD DAC sectors of the article and of each project, written to `doc._.sectors` and `Entity.sectors`.

Hard because a project's name often says nothing ("ML-1", "Phase II"): then the sentences that speak of it are asked.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.doc import Entity, SentenceIndex, article_of, entity_spans, text_of
from pipeline.normalise.sectors import classify, classify_article, umbrella
from pipeline.record import Sector

SURE = 0.4  # a name that tells less is no better than the sentences around it


@Language.component("sectors", requires=["doc._.entities"], assigns=["doc._.sectors"])
def sectors(doc: Doc) -> Doc:
    """Sets the sectors of the article and of its projects."""
    doc._.sectors = find_article_sectors(doc)
    for project, found in find_project_sectors(doc):
        project.sectors = found
    return doc


def find_article_sectors(doc: Doc) -> list[Sector]:
    """At most five, the surest first."""
    article = article_of(doc)
    title = article.title if article and article.title else ""
    return classify_article(f"{title}\n{text_of(doc)}")


def find_project_sectors(doc: Doc) -> list[tuple[Entity, list[Sector]]]:
    """At most two for each project, from its name; else one, from the sentences that name it."""
    contexts = _contexts(doc)
    projects = [entity for entity in doc._.entities if not entity.is_actor]
    return [(project, _of_project(project, contexts.get(id(project), ""))) for project in projects]


def _of_project(project: Entity, context: str) -> list[Sector]:
    by_name = [sector for sector in classify(project.name) if sector.confidence >= SURE]
    return by_name or (umbrella() if project.programme else classify(context, limit=1))


def _contexts(doc: Doc) -> dict[int, str]:
    """The sentences that speak of each project, by the project's identity."""
    sentence_of = SentenceIndex(doc)
    numbers: dict[int, dict[int, None]] = {}
    for start, _, entity in entity_spans(doc):
        if not entity.is_actor:
            numbers.setdefault(id(entity), {})[sentence_of(start)] = None
    text, spans = text_of(doc), sentence_of.spans
    return {key: " ".join(text[slice(*spans[n])] for n in found) for key, found in numbers.items()}
