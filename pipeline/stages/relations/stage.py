"""The relations stage: who holds which office, who signs, attends, funds or builds what, what lies where.

Rules over paths in the parse, rules over the order of words, and the encoder propose; weights fitted on gold select.
The patterns stand in `seeds/relations.yaml`; `models/default/rules.csv` holds what each rule gains on held-out
articles, as `corridor train ablation` measured it.
"""

from collections.abc import Collection, Hashable, Iterable
from itertools import compress
from math import sqrt

from spacy.tokens import Doc

from pipeline.stages.document.doc import Entity, Relation, text_of
from pipeline.stages.document.view import view_of
from pipeline.stages.encoding import pair_head_of
from pipeline.stages.models.linear import CONFIDENCES, Weights, curves, weights
from pipeline.stages.relations.candidates import Fact, Features, PairCandidate, gathered
from pipeline.stages.relations.patterns import (
    Anchor,
    Bodies,
    End,
    Finding,
    by_order,
    by_path,
    find_anchors,
    find_funding,
    find_offices,
    rule,
    sentences_of,
)
from pipeline.stages.stage import Stage, factory
from pipeline.values.gazetteer.names import key

RULES = {
    "order": "patterns over the order of words and names in a sentence",
    "paths": "patterns over paths in the parse",
    "offices": "whom a person with an office serves, where only the title says it",
    "funding": "the government that a budget sentence leaves out",
    "signers": "whoever signs for a body represents it",
    "own country": "nobody serves another country than their own",
    "encoder": "pairs that the encoder finds likely",
}
WEIGHTS = "relations.json.xz"


class Relations(Stage):
    """Sets `doc._.relations`: each relation once, at its first statement, in reading order."""

    files = (WEIGHTS, CONFIDENCES)
    rules = RULES

    def __call__(self, doc: Doc) -> Doc:
        folder = self.trained(doc)
        doc._.relations = find_relations(doc, weights(folder / WEIGHTS), self.off)
        for relation in doc._.relations:
            relation.confidence = curves(folder)["relations"](relation.confidence)
        return doc


make_relations = factory(
    "corridor_relations",
    Relations,
    requires=["doc._.mentions", "doc._.entities", "doc._.references", "token.dep", "token.lemma"],
    assigns=["doc._.relations"],
)


def find_relations(doc: Doc, trained: Weights, off: Collection[str] = ()) -> list[Relation]:
    """The relations that the sentences state, without the rules that are `off`."""
    candidates = find_candidates(doc, off)
    facts = facts_of(doc, candidates)
    described = Features(view_of(doc), candidates, facts)
    probabilities = [trained.probability(c.type, names) for c, names in zip(candidates, described, strict=True)]
    stands = [trained.stands(fact.type, likely) for fact, likely in zip(facts, probabilities, strict=True)]
    found: dict[Fact, Relation] = {}  # each at its first statement
    for fact, likely, candidate in compress(zip(facts, probabilities, candidates, strict=True), stands):
        found.setdefault(fact, _relation(likely, candidate))
    return list(found.values())


def facts_of(doc: Doc, candidates: Iterable[PairCandidate]) -> list[Fact]:
    """What each candidate states."""
    identity = Identity(doc, text_of(doc))
    return [Fact(c.type, identity(c.subject.target), identity(c.object.target)) for c in candidates]


def find_candidates(doc: Doc, off: Collection[str] = ()) -> list[PairCandidate]:
    """All that may be a relation, sentence by sentence, without the rules that are `off`."""
    view, text = view_of(doc), text_of(doc)
    sentences = sentences_of(view, list(find_anchors(view)))
    bodies = Bodies(doc, text)
    stated = [(number, finding) for number, inside in sentences for finding in _findings(text, inside, bodies, off)]
    stated += [] if "funding" in off else find_funding(text, sentences)
    stated += [] if "signers" in off else bodies_of_signers(stated)
    pair_head = None if "encoder" in off else pair_head_of(doc)
    return [c for c in gathered(stated, sentences, pair_head) if "own country" in off or not _is_foreign(c)]


def _is_foreign(candidate: PairCandidate) -> bool:
    """Whether somebody would serve another country than the own one: a minister who visits it, an officer of the UN."""
    served, own = candidate.object.target, candidate.subject.target
    return (
        candidate.type in ("affiliated_with", "represents")
        and isinstance(served, Entity)
        and isinstance(own, Entity)
        and served.kind == "country"
        and (own.country or own.kind == "person")
        and own.country != served.country
    )


def _findings(text: str, anchors: list[Anchor], bodies: Bodies, off: Collection[str]) -> list[Finding]:
    """What a sentence states; an office serves the nation only where the sentence names no other body."""
    several = len(anchors) > 1
    found = list(by_order(text, anchors)) if several and "order" not in off else []
    found += by_path(anchors) if several and "paths" not in off else ()
    employed = {id(finding.subject.target) for finding in found if finding.rule.type == "affiliated_with"}
    offices = find_offices(text, anchors, bodies) if "offices" not in off else ()
    return found + [finding for finding in offices if id(finding.subject.target) not in employed]


class Identity:
    """What makes two ends the same: entities are themselves; "the agreement" is the agreement named before."""

    def __init__(self, doc: Doc, text: str) -> None:
        self._names: dict[int, str] = {}
        last: dict[str, str] = {}
        for mention in doc._.mentions:
            name = key(text[mention.start : mention.end])
            if " " not in name and text[max(0, mention.start - 5) : mention.start].lower().endswith(("the ", "this ")):
                name = last.get(mention.label, name)
            last[mention.label] = self._names[id(mention)] = name

    def __call__(self, end: End) -> Hashable:
        return id(end) if isinstance(end, Entity) else (end.label, self._names[id(end)])


def _relation(sure: float, candidate: PairCandidate) -> Relation:
    """Confidence: how sure the candidate is, times the mean (geometric) of its ends'."""
    subject, object_ = candidate.subject, candidate.object
    start, end = min(subject.start, object_.start), max(subject.end, object_.end)
    confidence = sure * sqrt(subject.target.confidence * object_.target.confidence)
    method = f"rules:{min(candidate.rules, key=lambda name: -candidate.rules[name])}" if candidate.rules else "encoder"
    return Relation(
        subject.target, candidate.type, object_.target, candidate.sentence, start, end, confidence, method=method
    )


def bodies_of_signers(stated: list[tuple[int, Finding]]) -> list[tuple[int, Finding]]:
    """For each person that signs: represents the body that they are affiliated with."""
    bodies: dict[int, Anchor] = {}
    for _, finding in stated:
        if finding.rule.type == "affiliated_with":
            bodies.setdefault(id(finding.subject.target), finding.object)
    found = []
    for number, finding in stated:
        body = bodies.get(id(finding.subject.target))
        if finding.rule.type == "party_to" and finding.subject.kind == "person" and body is not None:
            person = finding.subject
            here = Anchor(person.start, person.end, body.kind, body.target, person.head)
            found.append((number, Finding(rule("signer_represents"), person, here)))
    return found
