"""Problems of an answer that cannot become a record, with the position and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline.record import Record
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
from pipeline.review.formats.view import View

_QUOTED = {"amounts": "MONEY", "dates": "DATE"}


def problems(record: Record, view: View, answer: Answer) -> list[str]:
    """All problems of the spans; if there are none, those of the links."""
    wrong = [found for span in answer.spans for found in _span(record, view, span)]
    wrong += _overlaps(record, view, answer)
    labels, known = {span.id: span.label for span in view.shown}, set(view.links)
    spans = {span.id: span for span in answer.spans}
    return wrong or [
        found
        for link in answer.links
        if link not in known or any(spans[end].label != labels[end] for end in (link.head, link.child))
        for found in _link(record, link, spans[link.head], spans[link.child])
    ]


def _described(record: Record, span: Span) -> str:
    return f"{span.label} {record.article.text[span.start : span.end]!r} at {span.start}"


def _span(record: Record, view: View, span: Span) -> Iterator[str]:
    if span.label not in SPANS:
        yield f"unknown label {span.label!r} at {span.start}; use one of {', '.join(SPANS)}"
    elif not 0 <= span.start < span.end <= len(record.article.text):
        length = len(record.article.text)
        yield f"{span.label} at {span.start} to {span.end} is not inside the text of {length} characters"
    elif span not in view.spans.values():
        yield from _borders(record, view, span)
    for name, values in (("kind", KINDS), ("status", STATUSES)):
        value = span.attributes.get(name)
        if span.is_trigger and value not in values:
            yield f"{_described(record, span)} has {name} {value!r}; choose one of {', '.join(values)}"


def _borders(record: Record, view: View, span: Span) -> Iterator[str]:
    """Problems with the borders of a span, unless the record has the same ones."""
    if span.offsets in {known.offsets for known in view.spans.values()}:
        return
    text = record.article.text
    if any(text[at - 1 : at + 1].isalnum() and 0 < at < len(text) for at in span.offsets):
        yield f"{_described(record, span)} cuts a word; move its border to that of the word"
    if text[span.start : span.end] != text[span.start : span.end].strip():
        yield f"{_described(record, span)} has a space at its border; mark it without the space"
    if not any(one.start <= span.start and span.end <= one.end for one in record.sentences):
        yield f"{_described(record, span)} is not inside one sentence; label each piece"


def _overlaps(record: Record, view: View, answer: Answer) -> Iterator[str]:
    spans = sorted((s for s in answer.spans if not s.is_trigger), key=lambda s: (s.start, -s.end))
    for one, other in pairwise(spans):
        known = all(view.spans.get(span.id) == span for span in (one, other))
        if one.overlaps(other) and not known:
            yield f"{_described(record, one)} and {_described(record, other)} overlap; keep one, usually the longer"


def _link(record: Record, link: Link, head: Span, child: Span) -> Iterator[str]:
    is_argument = link.label in (*ENTITIES, *VALUES)
    if child.is_trigger and not head.is_trigger and is_argument:
        head, child = child, head
    what = f"{link.label} from {_described(record, head)} to {_described(record, child)}"
    if link.label not in LINKS:
        yield f"unknown relation {what}; use one of {', '.join(LINKS)}"
    elif child.is_trigger or head.is_trigger != is_argument:
        yield f"{what}: {', '.join((*ENTITIES, *VALUES))} go from a commitment, other relations do not"
    elif link.label in RELATIONS and {head.label, child.label} & set(NO_ENDS):
        yield f"{what}: {', '.join(NO_ENDS)} cannot end a relation; link it to the actor, project or place"
    elif link.label in VALUES and child.label != _QUOTED[link.label]:
        yield f"{what}: should go to a {_QUOTED[link.label]}"
