"""Commitments: who has undertaken, agreed, offered or failed to do what, for whom, how much, by when.

Hard because the same words tell a promise, a fact, a hope or a figure; so broad rules propose, and weights measured on
annotated articles decide.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.doc import profile_of
from pipeline.normalise.confidence import curves
from pipeline.normalise.weights import weights
from pipeline.settings import Settings
from pipeline.stages.commitments.find import find_commitments
from pipeline.stages.commitments.formula import formula

SLOTS = "slots.json"


@Language.component("commitments", requires=["doc._.mentions", "doc._.entities"], assigns=["doc._.commitments"])
def commitments(doc: Doc) -> Doc:
    """Sets the commitments of a Doc; reads mentions, entities, references and the parse."""
    folder = Settings().measured(profile_of(doc))
    doc._.commitments = find_commitments(doc, formula(folder), weights(folder / SLOTS))
    for commitment in doc._.commitments:
        commitment.confidence = curves(folder)["commitments"](commitment.confidence)
    return doc
