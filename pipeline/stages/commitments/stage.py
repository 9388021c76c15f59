"""The commitments stage: who has undertaken, agreed, offered or failed to do what, for whom, how much, by when.

Broad rules propose clauses, a classifier fitted on gold accepts them, and lists are split. `models/default/rules.csv`
holds what each rule gains on held-out articles, as `corridor train ablation` measured it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from spacy.tokens import Doc

from pipeline.record import Status
from pipeline.stages.commitments.arguments import Doers, Item, Roles, amount_of, completed, date_of, items_of, without
from pipeline.stages.commitments.classifier import (
    FEATURES,
    WEIGHTS,
    Classifier,
    Verdict,
    give_row_confidences,
    read_classifier,
)
from pipeline.stages.commitments.clause_features import ActCandidate, find_candidates, judged
from pipeline.stages.commitments.clauses import find_clauses, is_advice, is_denied, is_undone, status_of, trigger_span
from pipeline.stages.commitments.flow.find import INSTRUMENT_WEIGHTS, PARTY_WEIGHTS, give_flows, read_flow_weights
from pipeline.stages.commitments.same_act import WEIGHTS as SAME_ACT_WEIGHTS
from pipeline.stages.commitments.same_act import distinct
from pipeline.stages.commitments.slots import PARTIES, Filled, Filler, SlotCandidate, SlotSpans, filled
from pipeline.stages.document.doc import Commitment, encoding_of
from pipeline.stages.document.grammar import is_negated
from pipeline.stages.document.speakers import Speakers, reporting_above
from pipeline.stages.document.view import ArticleView, view_of
from pipeline.stages.models.linear import CONFIDENCES, ROWS, Weights, curves, row_model, weights
from pipeline.stages.models.sectors import FOLDER, MODEL, Model, read_model
from pipeline.stages.stage import Stage, factory

RULES = {
    "advice": "a body that can only ask proposes",
    "speakers": "whose words a commitment is",
    "implied parties": "the doer, counterpart and receiver that a clause leaves out",
    "same act": "what a classifier takes for the same act is one commitment",
}
SECTORS = 2  # of one commitment
UNSURE = 0.5  # the probability of what a rule has put in the place of what is likely
DEBT = "600"  # Action Relating to Debt, the sector of a rollover for no project
SLOTS, SAME_ACT = "slots.json", f"default/{SAME_ACT_WEIGHTS}"


def find_commitments(
    doc: Doc, trained: Classifier, slots: Weights, sectors: Model, off: Collection[str] = ()
) -> list[Commitment]:
    """The commitments of a Doc in reading order, without the rules that are `off`.

    `sectors`: the model that classifies the clauses of those whose projects have no sector, all at once.
    """
    view = view_of(doc)
    candidates = find_candidates(view)
    pairs = zip(candidates, judged(candidates, trained), strict=True)
    writer = Writer(view, [(c, verdict) for c, verdict in pairs if verdict.score >= trained.threshold], off)
    found = [(one, c.clause.tokens) for c, verdict in writer.accepted for one in writer(c, verdict, slots)]
    for one, _ in found:  # a programme has too many sectors
        codes = [sector.code for project in one.projects if not project.programme for sector in project.sectors]
        one.sectors = list(dict.fromkeys(codes))[:SECTORS]
    unclear = [(one, tokens) for one, tokens in found if not one.sectors]
    texts = (" ".join(view.words[i].text for i in sorted(tokens)) for _, tokens in unclear)
    for (one, _), classified in zip(unclear, sectors.classify(texts, SECTORS), strict=True):
        one.sectors = [sector.code for sector in classified]
    return [one for one, _ in found]


class Writer:
    """Makes commitments of accepted candidates, with evidence from the whole article."""

    def __init__(
        self, view: ArticleView, accepted: Sequence[tuple[ActCandidate, Verdict]], off: Collection[str] = ()
    ) -> None:
        self._view, self._off = view, off
        named = [span.entity for span in view.entities.spans]
        self._doers = Doers(((c.sentence, c.roles["by"]) for c, _ in accepted), named)
        self._speakers = Speakers(view.sentences, view.entities.actors)
        reassigned = _reassigned([candidate for candidate, _ in accepted])
        self.accepted = [(c, verdict) for c, (_, verdict) in zip(reassigned, accepted, strict=True)]
        self._spans = SlotSpans(view, [(trigger_span(c.chain), c.sentence) for c, _ in self.accepted])

    def __call__(self, candidate: ActCandidate, verdict: Verdict, slots: Weights) -> Iterator[Commitment]:
        """One commitment, or one for each item of a list; none where the article has no possible doer."""
        items = items_of(candidate.clause, verdict.kind, self._view)
        for item in items:
            own_slots = filled(self.candidates(candidate, verdict, item), slots, verdict.accept)
            if own_slots.fillers["by"]:
                yield self._commitment(candidate, verdict, item, own_slots, listed=len(items) > 1)

    def candidates(self, candidate: ActCandidate, verdict: Verdict, item: Item) -> list[SlotCandidate]:
        """What may fill the slots of a commitment."""
        ruled = self._ruled(candidate, verdict, item)
        return self._spans.candidates(trigger_span(candidate.chain), candidate.sentence, verdict, ruled)

    def _ruled(self, candidate: ActCandidate, verdict: Verdict, item: Item) -> dict[str, list[tuple[str, Filler]]]:
        """The fillers that the rules propose, by slot, each with the name of the rule."""
        region, stated, number = candidate.clause.tokens, candidate.roles, candidate.sentence
        entities, speaker = self._view.entities, None
        rules: dict[str, Roles] = {"stated": stated}
        if "implied parties" not in self._off:
            actors = entities.entities_in(region, actors=True)
            rules["completed"] = completed(stated, verdict.kind, verdict.status, actors, self._doers, number)
        if "speakers" not in self._off:
            speaker = self._speakers.of(reporting_above(candidate.chain.top), number)
        found: dict[str, list[tuple[str, Filler]]] = {
            slot: [(rule, entity) for rule, roles in rules.items() for entity in roles[slot]] for slot in PARTIES
        }
        found["attributed_to"] = [("speaker", speaker)] if speaker is not None else []
        found["projects"] = [("named", project) for project in item.projects]
        found["dates"] = [("region", date) for date in entities.labelled("DATE", region)]
        found["amounts"] = [("item", amount) for amount in item.amounts]
        return found

    def _commitment(
        self, candidate: ActCandidate, verdict: Verdict, item: Item, slots: Filled, *, listed: bool
    ) -> Commitment:
        chain, text = candidate.chain, self._view.text
        fillers: dict[str, list[Any]] = slots.fillers
        status = _status(candidate, verdict, self._off)
        found = Commitment(verdict.kind, status, *trigger_span(chain), [candidate.sentence])
        found.by = fillers["by"]
        found.with_ = without(fillers["with"], found.by)
        found.to = without(fillers["to"], [*found.by, *found.with_])
        found.projects = list(item.projects) if listed and item.projects else fillers["projects"]
        kept = {"by": found.by, "with": found.with_, "to": found.to, "projects": found.projects}
        found.sure = {"status": [verdict.status_sure if status == verdict.status else UNSURE]} | {
            role: [slots.sure.get((role, id(filler)), UNSURE) for filler in own]
            for role, own in (fillers | kept).items()
        }
        found.whole = slots.whole
        found.attributed_to = next(iter(fillers["attributed_to"]), None)
        found.negated = is_denied(chain)
        found.confidence = verdict.confidence
        found.method = f"rules:{'noun' if chain.nominal else 'opened' if chain.openers else 'verb'}"
        found.amounts = [a for mention in item.amounts if (a := amount_of(text, mention)) is not None]
        found.dates = [date_of(text, mention) for mention in fillers["dates"]]
        return found


def _status(candidate: ActCandidate, verdict: Verdict, off: Collection[str]) -> Status:
    """The status of the verdict, unless a body can only ask or the action is negated."""
    chain = candidate.chain
    if "advice" not in off and is_advice(chain, candidate.roles["by"]):
        return "proposed"
    undone = verdict.status == "cancelled" and is_undone(chain)
    denied = verdict.kind != "policy" and verdict.status in ("pledged", "underway", "completed")
    return status_of(chain, verdict.kind) if is_negated(chain.heads) and (undone or denied) else verdict.status


def _reassigned(accepted: Sequence[ActCandidate]) -> Iterator[ActCandidate]:
    """The candidates with new clauses: the tokens of rejected chains go to the accepted ones."""
    for _, group in groupby(accepted, key=lambda candidate: candidate.sentence):
        candidates = list(group)
        for candidate, clause in zip(candidates, find_clauses([c.chain for c in candidates]), strict=True):
            yield replace(candidate, clause=clause)


class Commitments(Stage):
    """Sets the commitments of a Doc; reads mentions, entities, references and the parse."""

    files = (FEATURES, WEIGHTS, SLOTS, SAME_ACT, INSTRUMENT_WEIGHTS, PARTY_WEIGHTS, CONFIDENCES, ROWS, *MODEL)
    rules = RULES

    def __call__(self, doc: Doc) -> Doc:
        folder = self.trained(doc)
        doc._.commitments = self.stated(doc, read_classifier(folder))
        if encoding_of(doc) is not None and "same act" not in self.off:
            doc._.commitments = distinct(doc, doc._.commitments, weights(self.folder / SAME_ACT))
        give_flows(doc, read_flow_weights(folder))
        for one in doc._.commitments:
            if one.flow and one.flow.instrument == "rollover" and not any(project.sectors for project in one.projects):
                one.sectors = [DEBT]
        give_row_confidences(doc._.commitments, row_model(folder))
        return doc

    def stated(self, doc: Doc, classifier: Classifier) -> list[Commitment]:
        """What the clauses of a Doc state by a classifier of candidates, with calibrated confidences, without flows."""
        folder, sectors = self.trained(doc), read_model(self.folder / FOLDER)
        found = find_commitments(doc, classifier, weights(folder / SLOTS), sectors, self.off)
        for commitment in found:
            commitment.confidence = curves(folder)["commitments"](commitment.confidence)
            commitment.boilerplate = doc._.boilerplate.issuperset(commitment.sentences)
        return found


make_commitments = factory(
    "corridor_commitments", Commitments, requires=["doc._.mentions", "doc._.entities"], assigns=["doc._.commitments"]
)
