"""What in an answer cannot become gold, said so that the annotator finds the place and knows what to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline.annotate.corrections.view import View
from pipeline.annotate.formats.task import (
    ENTITIES,
    KINDS,
    LINKS,
    RELATIONS,
    SPANS,
    STATUSES,
    VALUES,
    Answer,
    Link,
    Span,
)
from pipeline.corpus.gold import GoldArticle

_NO_ENDS = ("MONEY", "DATE", "QUANTITY")  # labels that tell of no actor, project, event, place or agreement
_QUOTED = {"amounts": "MONEY", "dates": "DATE"}


def problems(gold: GoldArticle, view: View, answer: Answer) -> list[str]:
    """All that is wrong with the spans; where nothing is, with the links."""
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


def place(gold: GoldArticle, span: Span) -> str:
    """A span as a message names it."""
    return f"{span.label} {gold.text[span.start : span.end]!r} at {span.start}"


def _span(gold: GoldArticle, view: View, span: Span) -> Iterator[str]:
    if span.label not in SPANS:
        yield f"unknown label {span.label!r} at {span.start}; there are {', '.join(SPANS)}"
    elif not 0 <= span.start < span.end <= len(gold.text):
        yield f"{span.label} at {span.start} to {span.end} is not inside the text of {len(gold.text)} characters"
    elif span not in view.spans.values():
        yield from _changed(gold, view, span)
    for name, values in (("kind", KINDS), ("status", STATUSES)):
        if span.is_trigger and span.told.get(name) not in values:
            yield f"{place(gold, span)} has {name} {span.told.get(name)!r}; choose one of {', '.join(values)}"


def _changed(gold: GoldArticle, view: View, span: Span) -> Iterator[str]:
    """Borders of a span that was drawn by hand; gold may have its own reasons."""
    if (span.start, span.end) in {(known.start, known.end) for known in view.spans.values()}:
        return
    if any(gold.text[at - 1 : at + 1].isalnum() and 0 < at < len(gold.text) for at in (span.start, span.end)):
        yield f"{place(gold, span)} cuts a word; move its border to that of the word"
    if gold.text[span.start : span.end] != gold.text[span.start : span.end].strip():
        yield f"{place(gold, span)} has a space at its border; draw it without"
    if not any(start <= span.start and span.end <= end for start, end in gold.numbered):
        yield f"{place(gold, span)} is not inside one sentence; label each piece"


def _overlaps(gold: GoldArticle, view: View, answer: Answer) -> Iterator[str]:
    spans = sorted((s for s in answer.spans if not s.is_trigger), key=lambda s: (s.start, -s.end))
    for one, other in pairwise(spans):
        known = all(view.spans.get(span.id) == span for span in (one, other))
        if one.meets(other) and not known:
            yield f"{place(gold, one)} and {place(gold, other)} overlap; keep one, as a rule the longer"


def _link(gold: GoldArticle, link: Link, head: Span, child: Span) -> Iterator[str]:
    if child.is_trigger and not head.is_trigger and link.label in (*ENTITIES, *VALUES):
        head, child = child, head
    what = f"{link.label} from {place(gold, head)} to {place(gold, child)}"
    if link.label not in LINKS:
        yield f"unknown relation {what}; there are {', '.join(LINKS)}"
    elif child.is_trigger or head.is_trigger != (link.label in (*ENTITIES, *VALUES)):
        yield f"{what}: a commitment has {', '.join((*ENTITIES, *VALUES))} only, and nothing else has these"
    elif link.label in RELATIONS and {head.label, child.label} & set(_NO_ENDS):
        yield f"{what}: {', '.join(_NO_ENDS)} are no ends of relations; draw it to the actor, project or place"
    elif link.label in VALUES and child.label != _QUOTED[link.label]:
        yield f"{what}: should go to a {_QUOTED[link.label]}"
