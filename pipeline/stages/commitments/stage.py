"""The commitments stage: who has undertaken, agreed, offered or failed to do what, for whom, how much, by when.

Broad rules propose clauses, a classifier fitted on gold accepts them, and lists are split. `models/default/rules.csv`
holds what each rule gains on held-out articles, as `corridor train ablation` measured it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from spacy.tokens import Doc

from pipeline.record import Status
from pipeline.stages.commitments.candidates import ActCandidate, find_candidates, judged
from pipeline.stages.commitments.classifier import (
    FEATURES,
    WEIGHTS,
    Classifier,
    Verdict,
    give_row_confidences,
    read_classifier,
)
from pipeline.stages.commitments.clauses import find_clauses, trigger_span
from pipeline.stages.commitments.flow.find import INSTRUMENT_WEIGHTS, PARTY_WEIGHTS, give_flows, read_flow_weights
from pipeline.stages.commitments.items import Item, amount_of, date_of, items_of
from pipeline.stages.commitments.readings import is_advice, is_denied, is_undone, status_of
from pipeline.stages.commitments.roles import Doers, Roles, completed
from pipeline.stages.commitments.same_act import WEIGHTS as SAME_ACT_WEIGHTS
from pipeline.stages.commitments.same_act import distinct
from pipeline.stages.commitments.slots import Filled, Filler, SlotCandidate, SlotSpans, filled
from pipeline.stages.document.doc import Commitment, Entity, encoding_of, text_of
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

    `sectors`: the model that classifies clauses.
    """
    view = view_of(doc)
    candidates = find_candidates(doc, view)
    pairs = zip(candidates, judged(candidates, trained), strict=True)
    accepted = [(c, verdict) for c, verdict in pairs if verdict.score >= trained.threshold]
    written = Writer(doc, view, accepted, off)
    found = [one for c, verdict in written.accepted for one in written(c, verdict, slots)]
    written.give_sectors(sectors)
    return found


class Writer:
    """Makes commitments of accepted candidates, with evidence from the whole article."""

    def __init__(
        self, doc: Doc, view: ArticleView, accepted: list[tuple[ActCandidate, Verdict]], off: Collection[str] = ()
    ) -> None:
        self._off = off
        named = [span.entity for span in view.entities.spans if span.entity]
        self._doers = Doers(((c.sentence, c.roles.by) for c, _ in accepted), named)
        self._speakers = Speakers(view.sentences, view.entities.actors)
        self._doc, self._text, self._view = doc, text_of(doc), view
        reassigned = _reassigned([candidate for candidate, _ in accepted])
        self.accepted = [(c, verdict) for c, (_, verdict) in zip(reassigned, accepted, strict=True)]
        self._unclassified: list[tuple[Commitment, str]] = []  # projects without sectors; text of the clause
        self._spans = SlotSpans(doc, [(trigger_span(c.clause.chain), c.sentence) for c, _ in self.accepted])

    def __call__(self, candidate: ActCandidate, verdict: Verdict, slots: Weights) -> Iterator[Commitment]:
        """One commitment, or one for each item of a list; none where the article has no possible doer."""
        items = items_of(self._doc, candidate.clause, verdict.kind, self._view)
        for item in items:
            own_slots = filled(self.candidates(candidate, verdict, item), slots, verdict.accept)
            if own_slots.fillers["by"]:
                yield self._commitment(candidate, verdict, item, own_slots, listed=len(items) > 1)

    def candidates(self, candidate: ActCandidate, verdict: Verdict, item: Item) -> list[SlotCandidate]:
        """What may fill the slots of a commitment."""
        ruled = self._ruled(candidate, verdict, item)
        return self._spans.candidates(trigger_span(candidate.clause.chain), candidate.sentence, verdict, ruled)

    def _ruled(self, candidate: ActCandidate, verdict: Verdict, item: Item) -> dict[str, list[tuple[str, Filler]]]:
        """The fillers that the rules propose, by slot, each with the name of the rule."""
        chain, region, stated = candidate.clause.chain, candidate.clause.tokens, candidate.roles
        actors = self._view.entities.entities_in(region, actors=True)
        roles, number = Roles(), candidate.sentence
        if "implied parties" not in self._off:
            roles = completed(stated, verdict.kind, verdict.status, actors, self._doers, number)
        speaker = None if "speakers" in self._off else self._speakers.of(reporting_above(chain.top), number)
        dates = self._view.entities.labelled("DATE", region)
        found: dict[str, list[tuple[str, Filler]]] = {
            role: [
                *(("stated", entity) for entity in getattr(stated, name)),
                *(("completed", entity) for entity in getattr(roles, name)),
            ]
            for role, name in (("by", "by"), ("with", "with_"), ("to", "to"))
        }
        found["attributed_to"] = [("speaker", speaker)] if speaker is not None else []
        found["projects"] = [("named", project) for project in item.projects]
        found["dates"] = [("region", p.mention) for p in dates if p.mention]
        found["amounts"] = [("item", p.mention) for p in item.amounts if p.mention]
        return found

    def _commitment(
        self,
        candidate: ActCandidate,
        verdict: Verdict,
        item: Item,
        slots: Filled,
        *,
        listed: bool,
    ) -> Commitment:
        chain = candidate.clause.chain
        fillers: dict[str, list[Any]] = slots.fillers
        status = _status(candidate, verdict, self._off)
        found = Commitment(verdict.kind, status, *trigger_span(chain), [candidate.sentence])
        found.by, found.with_, found.to = _disjoint(fillers["by"], fillers["with"], fillers["to"])
        found.projects = list(item.projects) if listed and item.projects else fillers["projects"]
        kept = {"by": found.by, "with": found.with_, "to": found.to, "projects": found.projects}
        found.sure = {"status": [verdict.status_sure if status == verdict.status else UNSURE]} | {
            role: [slots.sure.get((role, id(filler)), UNSURE) for filler in own]
            for role, own in (fillers | kept).items()
        }
        found.whole = dict(slots.whole)
        found.attributed_to = next(iter(fillers["attributed_to"]), None)
        found.negated = is_denied(chain)
        found.confidence, found.method = verdict.confidence, _method(candidate)
        amounts = [p.mention for p in item.amounts if p.mention]
        found.amounts = [a for mention in amounts if (a := amount_of(self._text, mention)) is not None]
        found.dates = [date_of(self._text, mention) for mention in fillers["dates"]]
        found.sectors = _sectors(found.projects)
        if not found.sectors:
            self._unclassified.append((found, _text(candidate, self._view)))
        return found

    def give_sectors(self, model: Model) -> None:
        """Sets the sectors of commitments whose projects have none, from the text of their clauses; all at once."""
        classified = model.classify((text for _, text in self._unclassified), SECTORS)
        for (commitment, _), sectors in zip(self._unclassified, classified, strict=True):
            commitment.sectors = [sector.code for sector in sectors]


def _status(candidate: ActCandidate, verdict: Verdict, off: Collection[str]) -> Status:
    """The status of the verdict, unless a body can only ask or the action is negated."""
    chain = candidate.clause.chain
    if "advice" not in off and is_advice(chain, candidate.roles.by):
        return "proposed"
    undone = verdict.status == "cancelled" and is_undone(chain)
    denied = verdict.kind != "policy" and verdict.status in ("pledged", "underway", "completed")
    return status_of(chain, verdict.kind) if is_negated(chain.heads) and (undone or denied) else verdict.status


def _disjoint(*slots: list[Entity]) -> Iterator[list[Entity]]:
    """The fillers of slots without those that a slot before them has."""
    taken: set[int] = set()
    for slot in slots:
        yield [entity for entity in slot if id(entity) not in taken]
        taken |= {id(entity) for entity in slot}


def _reassigned(accepted: list[ActCandidate]) -> Iterator[ActCandidate]:
    """The candidates with new clauses: the tokens of rejected chains go to the accepted ones."""
    for _, group in groupby(accepted, key=lambda candidate: candidate.sentence):
        candidates = list(group)
        clauses = find_clauses([c.clause.chain for c in candidates])
        for candidate, clause in zip(candidates, clauses, strict=True):
            yield replace(candidate, clause=clause)


def _sectors(projects: list[Entity]) -> list[str]:
    """The sectors of projects; a programme has too many."""
    codes = [sector.code for project in projects if not project.programme for sector in project.sectors]
    return list(dict.fromkeys(codes))[:SECTORS]


def _text(candidate: ActCandidate, view: ArticleView) -> str:
    return " ".join(view.words[i].text for i in sorted(candidate.clause.tokens))


def _method(candidate: ActCandidate) -> str:
    chain = candidate.clause.chain
    if chain.nominal:
        return "rules:noun"
    return "rules:opened" if chain.openers else "rules:verb"


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
