"""The relations stage: who holds which office, who signs, attends, funds or builds what, what lies where.

Hard because a relation is stated in many ways, some by grammar and some by mere order of words: rules over paths in
the parse and rules over the sentence with its named things coded are tried, and the surest that fits is kept.
"""

from __future__ import annotations

from math import sqrt

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.doc import Entity, Relation, text_of
from pipeline.normalise.names import key
from pipeline.stages.relations.anchors import Anchor, End, find_anchors, sentences_of
from pipeline.stages.relations.funding import find_funding
from pipeline.stages.relations.inferred import bodies_of_signers
from pipeline.stages.relations.names import find_in_names
from pipeline.stages.relations.offices import Bodies, find_offices
from pipeline.stages.relations.rules import Finding, by_order, by_path, generic_nouns

Statement = tuple[int, Finding]  # number of the sentence, and what it states


@Language.component(
    "relations",
    requires=["doc._.mentions", "doc._.entities", "doc._.references", "token.dep", "token.lemma"],
    assigns=["doc._.relations"],
)
def relations(doc: Doc) -> Doc:
    """Sets `doc._.relations`: each relation once, at its first statement, in reading order."""
    doc._.relations = find_relations(doc)
    return doc


def find_relations(doc: Doc) -> list[Relation]:
    """The relations that the sentences state."""
    text = text_of(doc)
    anchors = list(find_anchors(doc, text, generic_nouns()))
    sentences = sentences_of(doc, anchors)
    bodies = Bodies(doc, text)
    stated = [(number, finding) for number, inside in sentences for finding in _findings(text, inside, bodies)]
    stated += find_in_names(text, sentences)
    stated += find_funding(text, sentences)
    stated += bodies_of_signers(stated)
    stated.sort(key=lambda statement: (statement[0], -statement[1].rule.confidence))
    return _first_statements(doc, text, stated)


def _findings(text: str, anchors: list[Anchor], bodies: Bodies) -> list[Finding]:
    """What a sentence states; an office serves the nation only where the sentence names no other body."""
    found = [*by_order(text, anchors), *by_path(anchors)] if len(anchors) > 1 else []
    employed = {id(finding.subject.target) for finding in found if finding.rule.type == "affiliated_with"}
    offices = find_offices(text, anchors, bodies)
    return found + [finding for finding in offices if id(finding.subject.target) not in employed]


def _first_statements(doc: Doc, text: str, stated: list[Statement]) -> list[Relation]:
    found: dict[tuple[object, ...], Relation] = {}
    identity = _Identity(doc, text)
    for number, finding in stated:
        ends = identity(finding.subject.target), finding.rule.type, identity(finding.object.target)
        found.setdefault(ends, _relation(number, finding))
    return list(found.values())


class _Identity:
    """What makes two ends the same: entities are themselves; "the agreement" is the agreement named before."""

    def __init__(self, doc: Doc, text: str) -> None:
        self._names: dict[int, str] = {}
        last: dict[str, str] = {}
        for mention in doc._.mentions:
            name = key(text[mention.start : mention.end])
            if " " not in name and text[max(0, mention.start - 5) : mention.start].lower().endswith(("the ", "this ")):
                name = last.get(mention.label, name)
            last[mention.label] = self._names[id(mention)] = name

    def __call__(self, end: End) -> object:
        return id(end) if isinstance(end, Entity) else (end.label, self._names[id(end)])


def _relation(sentence: int, finding: Finding) -> Relation:
    """Confidence: the rule's, times the mean (geometric) of the ends'; measured, this is calibrated within .03."""
    subject, object_, rule = finding.subject, finding.object, finding.rule
    start, end = min(subject.start, object_.start), max(subject.end, object_.end)
    confidence = rule.confidence * sqrt(subject.target.confidence * object_.target.confidence)
    return Relation(
        subject.target, rule.type, object_.target, sentence, start, end, confidence, method=f"rules:{rule.name}"
    )
