"""Matches the spans of an answer with those of gold, for tools that give spans no ids.

A span at the same offsets is the same. So is one that overlaps a missing span and has its label: it was moved.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.review.corrections.view import View
from pipeline.review.formats.task import Answer, Link, Span


def matched(view: View, answer: Answer) -> Answer:
    """The answer with the ids of the spans that were shown."""
    ids = _unmoved(view, answer.spans)
    ids |= _moved(view, answer.spans, ids)
    spans = [_with_actor_kind(view, replace(span, id=ids.get(span.id, span.id))) for span in answer.spans]
    links = [Link(ids.get(x.head, x.head), x.label, ids.get(x.child, x.child)) for x in answer.links]
    return Answer(spans, links, answer.sectors)


def _unmoved(view: View, spans: list[Span]) -> dict[str, str]:
    shown = {(span.offsets, span.is_trigger): span.id for span in view.shown}
    found = {span.id: shown.get((span.offsets, span.is_trigger)) for span in spans}
    return {new: old for new, old in found.items() if old}


def _moved(view: View, spans: list[Span], ids: dict[str, str]) -> dict[str, str]:
    missing = [span for span in view.shown if span.id not in ids.values()]
    found: dict[str, str] = {}
    for span in spans:
        alike = [old for old in missing if old.label == span.label and old.overlaps(span)]
        if span.id not in ids and alike:
            best = max(alike, key=lambda old: min(old.end, span.end) - max(old.start, span.start))
            missing.remove(best)
            found[span.id] = best.id
    return found


def _with_actor_kind(view: View, span: Span) -> Span:
    """The span with the kind of its actor, which these tools do not hold."""
    old = view.spans.get(span.id)
    return replace(span, attributes=old.attributes) if old and not span.is_trigger else span
