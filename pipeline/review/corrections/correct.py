"""Gold, corrected by an annotator's spans and links.

Each part of gold is kept if the link or span that showed it is still there, or if nothing showed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.errors import ArticleError
from pipeline.gold.check import defects
from pipeline.gold.gold import GoldArticle
from pipeline.review.corrections.change import Change
from pipeline.review.corrections.checks import problems
from pipeline.review.corrections.commitments import commitments
from pipeline.review.corrections.view import View
from pipeline.review.formats.task import MENTIONS, RELATIONS, Answer, Link, Span


def corrected(gold: GoldArticle, view: View, answer: Answer) -> tuple[GoldArticle, list[str]]:
    """The corrected gold, and notes on what a person should check.

    Raises ArticleError with all problems if the answer cannot become gold.
    """
    wrong = problems(gold, view, answer)
    if wrong:
        raise ArticleError(gold.id, "; ".join(wrong))
    change = Change(gold, view, answer)
    parts = {
        "mentions": _mentions(change),
        "relations": _relations(change),
        "commitments": commitments(change),
        "actors": change.entities.actors,
        "projects": change.entities.projects,
        "sectors": gold.raw["sectors"] if answer.sectors is None else answer.sectors,
    }
    new = replace(gold, raw={**gold.raw, **parts})
    wrong = defects(new)
    if wrong:
        raise ArticleError(gold.id, f"does not give valid gold: {'; '.join(wrong)}")
    return new, [*change.entities.notes, *_ambiguous(new, answer)]


def _ambiguous(gold: GoldArticle, answer: Answer) -> Iterator[str]:
    """Notes on mentions that gold, which quotes words, cannot tell from equal words earlier in the sentence."""
    found = {(mention.start, mention.end) for mention in gold.mentions}
    for span in answer.spans:
        if span.label in MENTIONS and span.offsets not in found:
            words = gold.text[span.start : span.end]
            yield f"{words!r} at {span.start}: gold quotes words, and the sentence has them earlier, unmarked"


def _mentions(change: Change) -> list[list[Any]]:
    hidden = [change.view.spans[name] for name in change.view.hidden if name not in change.spans]
    spans = [span for span in (*change.spans.values(), *hidden) if span.label in MENTIONS]
    numbers = {f"m{n}": row[0] for n, row in enumerate(change.gold.raw["mentions"])}

    def number(span: Span) -> int:
        return change.sentence(span) if change.is_moved(span) else numbers.get(span.id, change.sentence(span))

    return [[number(s), s.label, change.words(s)] for s in sorted(spans, key=lambda s: s.offsets)]


def _relations(change: Change) -> list[list[Any]]:
    """Relations of gold that still hold, then the new ones."""
    found = [row for row in _kept(change) if None not in row and row[0] != row[2]]
    shown = set(change.view.relations.values())
    for link in change.links:
        if link.label in RELATIONS and link not in shown:
            row = _new(change, link)
            if row[0] != row[2] and row[:3] not in [known[:3] for known in found]:
                found.append(row)
    return found


def _kept(change: Change) -> Iterator[list[Any]]:
    for n, (subject, label, target, number) in enumerate(change.gold.raw["relations"]):
        link = change.view.relations.get(n)
        if change.still_holds(link, subject, target):
            head, child = (link.head, link.child) if link else (None, None)
            yield [change.end(subject, head), label, change.end(target, child), number]


def _new(change: Change, link: Link) -> list[Any]:
    head, child = change.spans[link.head], change.spans[link.child]
    number = max(change.sentence(head), change.sentence(child))
    return [change.new_end(head), link.label, change.new_end(child), number]
