"""The boilerplate stage: marks the sentences that are no part of the story. The same weights serve both profiles."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.stages.document.boilerplate import features, likely
from pipeline.stages.document.view import view_of
from pipeline.stages.models.linear import ANY, Weights, weights
from pipeline.stages.stage import Stage, factory

FOLDER = "boilerplate"  # of the weights, in the directory of a pipeline
WEIGHTS = "weights.json"


class Boilerplate(Stage):
    """Sets the numbers of the sentences that are boilerplate; reads the parse."""

    files = (f"{FOLDER}/{WEIGHTS}",)

    def __call__(self, doc: Doc) -> Doc:
        doc._.boilerplate = find_boilerplate(doc, weights(self.folder / FOLDER / WEIGHTS))
        return doc


make_boilerplate = factory("corridor_boilerplate", Boilerplate, requires=["doc.sents"], assigns=["doc._.boilerplate"])


def find_boilerplate(doc: Doc, measured: Weights) -> frozenset[int]:
    """The numbers of the sentences that are boilerplate, by these weights."""
    sure = likely(features(view_of(doc)), measured)
    return frozenset(number for number, one in enumerate(sure) if measured.stands(ANY, one))
