"""Relations that follow from others: whoever signs represents the own body; whoever attends need not."""

from __future__ import annotations

from pipeline.stages.relations.anchors import Anchor
from pipeline.stages.relations.patterns import Finding, rule


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
            found.append((number, Finding(rule("signer_represents"), finding.subject, _here(body, finding.subject))))
    return found


def _here(body: Anchor, person: Anchor) -> Anchor:
    """The body, at the span of the person."""
    return Anchor(person.start, person.end, body.kind, body.target, person.head)
