"""Training rows of actors and projects: whether gold has those that the references stage finds."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.record import Record
from pipeline.stages.models.linear import ANY
from pipeline.stages.references.salience import evidence, kind_of
from pipeline.train.gold import matched_entities
from pipeline.train.weights import Row

PROJECTS = frozenset({"project", "programme"})  # labels that have a threshold of their own


def rows_of(doc: Doc, gold: Record) -> list[Row]:
    """A row an entity of a Doc with mentions, entities and references, and a row an entity missed."""
    right = {id(entity) for entity in matched_entities(doc, gold).values()}
    rows: list[Row] = [(kind_of(entity), names, id(entity) in right) for entity, names in evidence(doc)]
    found = sum(label in PROJECTS and hit for label, _, hit in rows)
    actors, projects = len(gold.actors) - (len(right) - found), len(gold.projects) - found
    return [*rows, *[(ANY, None, True)] * actors, *[("project", None, True)] * projects]
