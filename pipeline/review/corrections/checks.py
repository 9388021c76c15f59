"""Problems of an answer that cannot become gold, with the position and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline.gold.gold import GoldArticle
from pipeline.review.corrections.view import View
from pipeline.review.formats.task import (
    ENTITIES,
    KINDS,
    LINKS,
    NO_ENDS,
    RELATIONS,
    SPANS,
    STATUSES,
    VALUES,
    Answer,
    Link,
    Span,
)

_QUOTED = {"amounts": "MONEY", "dates": "DATE"}


def problems(gold: GoldArticle, view: View, answer: Answer) -> list[str]:
    """All problems of the spans; if there are none, those of the links."""
    wrong = [found for span in answer.spans for found in _span(gold, view, span)]
    wrong += _overlaps(gold, view, answer)
    labels, known = {span.id: span.label for span in view.shown}, set(view.links)
    spans = {span.id: span for span in answer.spans}
    return wrong or [
        found
        for link in answer.links
        if link not in known or any(spans[end].label != labels[end] for end in (link.head, link.child))
        for found in _link(gold, link, spans[link.head], spans[link.child])
    ]


def _described(gold: GoldArticle, span: Span) -> str:
    return f"{span.label} {gold.text[span.start : span.end]!r} at {span.start}"


def _span(gold: GoldArticle, view: View, span: Span) -> Iterator[str]:
    if span.label not in SPANS:
        yield f"unknown label {span.label!r} at {span.start}; use one of {', '.join(SPANS)}"
    elif not 0 <= span.start < span.end <= len(gold.text):
        yield f"{span.label} at {span.start} to {span.end} is not inside the text of {len(gold.text)} characters"
    elif span not in view.spans.values():
        yield from _borders(gold, view, span)
    for name, values in (("kind", KINDS), ("status", STATUSES)):
        value = span.attributes.get(name)
        if span.is_trigger and value not in values:
            yield f"{_described(gold, span)} has {name} {value!r}; choose one of {', '.join(values)}"


def _borders(gold: GoldArticle, view: View, span: Span) -> Iterator[str]:
    """Problems with the borders of a span, unless gold has the same ones."""
    if span.offsets in {known.offsets for known in view.spans.values()}:
        return
    if any(gold.text[at - 1 : at + 1].isalnum() and 0 < at < len(gold.text) for at in span.offsets):
        yield f"{_described(gold, span)} cuts a word; move its border to that of the word"
    if gold.text[span.start : span.end] != gold.text[span.start : span.end].strip():
        yield f"{_described(gold, span)} has a space at its border; mark it without the space"
    if not any(start <= span.start and span.end <= end for start, end in gold.numbered):
        yield f"{_described(gold, span)} is not inside one sentence; label each piece"


def _overlaps(gold: GoldArticle, view: View, answer: Answer) -> Iterator[str]:
    spans = sorted((s for s in answer.spans if not s.is_trigger), key=lambda s: (s.start, -s.end))
    for one, other in pairwise(spans):
        known = all(view.spans.get(span.id) == span for span in (one, other))
        if one.overlaps(other) and not known:
            yield f"{_described(gold, one)} and {_described(gold, other)} overlap; keep one, usually the longer"


def _link(gold: GoldArticle, link: Link, head: Span, child: Span) -> Iterator[str]:
    is_argument = link.label in (*ENTITIES, *VALUES)
    if child.is_trigger and not head.is_trigger and is_argument:
        head, child = child, head
    what = f"{link.label} from {_described(gold, head)} to {_described(gold, child)}"
    if link.label not in LINKS:
        yield f"unknown relation {what}; use one of {', '.join(LINKS)}"
    elif child.is_trigger or head.is_trigger != is_argument:
        yield f"{what}: {', '.join((*ENTITIES, *VALUES))} go from a commitment, other relations do not"
    elif link.label in RELATIONS and {head.label, child.label} & set(NO_ENDS):
        yield f"{what}: {', '.join(NO_ENDS)} cannot end a relation; link it to the actor, project or place"
    elif link.label in VALUES and child.label != _QUOTED[link.label]:
        yield f"{what}: should go to a {_QUOTED[link.label]}"
