"""The commitments stage: who has undertaken, agreed, offered or failed to do what, for whom, how much, by when.

Broad rules propose clauses, a classifier fitted on gold accepts them.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.stages.commitments.classifier import FEATURES, WEIGHTS, Classifier, read_classifier
from pipeline.stages.commitments.find import find_commitments
from pipeline.stages.commitments.flow.find import INSTRUMENT_WEIGHTS, PARTY_WEIGHTS, give_flows, read_flow_weights
from pipeline.stages.commitments.row_confidence import give_row_confidences
from pipeline.stages.commitments.rules import RULES
from pipeline.stages.commitments.same_act import WEIGHTS as SAME_ACT_WEIGHTS
from pipeline.stages.commitments.same_act import distinct
from pipeline.stages.document.doc import Commitment
from pipeline.stages.models.calibration import CONFIDENCES, ROWS, curves, row_model
from pipeline.stages.models.linear import weights
from pipeline.stages.models.sectors import FOLDER, MODEL, read_model
from pipeline.stages.stage import Stage, factory

DEBT = "600"  # Action Relating to Debt, the sector of a rollover for no project
SLOTS, SAME_ACT = "slots.json", f"default/{SAME_ACT_WEIGHTS}"


class Commitments(Stage):
    """Sets the commitments of a Doc; reads mentions, entities, references and the parse."""

    files = (FEATURES, WEIGHTS, SLOTS, SAME_ACT, INSTRUMENT_WEIGHTS, PARTY_WEIGHTS, CONFIDENCES, ROWS, *MODEL)
    rules = RULES

    def __call__(self, doc: Doc) -> Doc:
        folder = self.measured(doc)
        doc._.commitments = self.stated(doc, read_classifier(folder))
        if doc._.encoding is not None and "same act" not in self.off:
            doc._.commitments = distinct(doc, doc._.commitments, weights(self.folder / SAME_ACT))
        give_flows(doc, read_flow_weights(folder))
        for one in doc._.commitments:
            if one.flow and one.flow.instrument == "rollover" and not any(project.sectors for project in one.projects):
                one.sectors = [DEBT]
        give_row_confidences(doc._.commitments, row_model(folder))
        return doc

    def stated(self, doc: Doc, classifier: Classifier) -> list[Commitment]:
        """What the clauses of a Doc state by a classifier of candidates, with calibrated confidences, without flows."""
        folder, sectors = self.measured(doc), read_model(self.folder / FOLDER)
        found = find_commitments(doc, classifier, weights(folder / SLOTS), sectors, self.off)
        for commitment in found:
            commitment.confidence = curves(folder)["commitments"](commitment.confidence)
            commitment.boilerplate = doc._.boilerplate.issuperset(commitment.sentences)
        return found


make_commitments = factory(
    "corridor_commitments", Commitments, requires=["doc._.mentions", "doc._.entities"], assigns=["doc._.commitments"]
)
