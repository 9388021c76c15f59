"""Which span of gold is which, in answers of tools that give spans no ids.

Hard because a moved span looks like one deleted and one added: what stands where it stood is the same, and so is what
overlaps one that is missing and has its label.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.annotate.corrections.view import View
from pipeline.annotate.formats.task import Answer, Link, Span


def recognised(view: View, answer: Answer) -> Answer:
    """The same answer under the ids of the spans that were shown."""
    names = _unmoved(view, answer.spans)
    names |= _moved(view, answer.spans, names)
    spans = [_told(view, replace(span, id=names.get(span.id, span.id))) for span in answer.spans]
    links = [Link(names.get(x.head, x.head), x.label, names.get(x.child, x.child)) for x in answer.links]
    return Answer(spans, links, answer.sectors)


def _unmoved(view: View, spans: list[Span]) -> dict[str, str]:
    places = {(span.start, span.end, span.is_trigger): span.id for span in view.shown}
    found = {span.id: places.get((span.start, span.end, span.is_trigger)) for span in spans}
    return {name: known for name, known in found.items() if known}


def _moved(view: View, spans: list[Span], names: dict[str, str]) -> dict[str, str]:
    missing = [span for span in view.shown if span.id not in names.values()]
    found: dict[str, str] = {}
    for span in spans:
        alike = [old for old in missing if old.label == span.label and old.meets(span)]
        if span.id not in names and alike:
            best = max(alike, key=lambda old: min(old.end, span.end) - max(old.start, span.start))
            missing.remove(best)
            found[span.id] = best.id
    return found


def _told(view: View, span: Span) -> Span:
    """The kind of an actor, which such tools do not hold."""
    old = view.spans.get(span.id)
    return replace(span, told=old.told) if old and not span.is_trigger else span
