"""Training rows of the sectors of an article: which codes gold has."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.record import Record
from pipeline.stages.models.sectors import Model
from pipeline.stages.sectors import evidence, find_project_sectors
from pipeline.train.weights import Row


def rows_of(doc: Doc, gold: Record, model: Model) -> list[Row]:
    """A row a code, of a Doc with mentions and entities; sets the sectors of its projects."""
    for project, found in find_project_sectors(doc, model):
        project.sectors = found
    stated = {sector.code for sector in gold.sectors}
    return [(code, names, code in stated) for code, names in evidence(doc, model)]
