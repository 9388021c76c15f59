"""Commitments: who has undertaken, agreed, offered or failed to do what, for whom, how much, by when.

Hard because the same words tell a promise, a fact, a hope or a figure; so broad rules propose, and weights measured on
annotated articles decide.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.stages.commitments.find import find_commitments


@Language.component("commitments", requires=["doc._.mentions", "doc._.entities"], assigns=["doc._.commitments"])
def commitments(doc: Doc) -> Doc:
    """Sets the commitments of a Doc; reads mentions, entities, references and the parse."""
    doc._.commitments = find_commitments(doc)
    return doc
