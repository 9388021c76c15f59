"""What there is to learn of actors and projects: which of those that the references stage finds gold has."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.evaluate.gold import GoldArticle
from pipeline.stages.references.topics import evidence, kind_of
from pipeline.train.gold import matched_entities
from pipeline.train.weights import Row


def rows_of(doc: Doc, gold: GoldArticle) -> list[Row]:
    """A row an entity of a Doc with mentions, entities and references."""
    right = {id(entity) for entity in matched_entities(doc, gold).values()}
    return [(kind_of(entity), names, id(entity) in right) for entity, names in evidence(doc)]
