"""Gold, corrected by what an annotator made of its spans and links; the rest of it stays as it was.

Hard because what a tool cannot show must not be lost, and what was deleted there must not come back: each part of gold
is kept where the link or span that showed it is still there, or where nothing showed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.annotate.corrections.change import Change
from pipeline.annotate.corrections.checks import problems
from pipeline.annotate.corrections.commitments import commitments
from pipeline.annotate.corrections.view import View
from pipeline.annotate.formats.task import MENTIONS, RELATIONS, Answer, Link, Span
from pipeline.corpus.check import defects
from pipeline.corpus.gold import GoldArticle
from pipeline.errors import ArticleError


def corrected(gold: GoldArticle, view: View, answer: Answer) -> tuple[GoldArticle, list[str]]:
    """The gold that the answer makes of it, and notes on what a person should look at.

    Raises ArticleError, naming all that is wrong, where the answer makes no gold.
    """
    wrong = problems(gold, view, answer)
    if wrong:
        raise ArticleError(gold.id, "; ".join(wrong))
    change = Change(gold, view, answer)
    told = {"mentions": _mentions(change), "relations": _relations(change), "commitments": commitments(change)}
    told |= {"actors": change.cast.actors, "projects": change.cast.projects}
    told |= {"sectors": gold.raw["sectors"] if answer.sectors is None else answer.sectors}
    new = replace(gold, raw={**gold.raw, **told})
    wrong = defects(new)
    if wrong:
        raise ArticleError(gold.id, f"makes no sound gold: {'; '.join(wrong)}")
    return new, [*change.cast.notes, *_earlier(new, answer)]


def _earlier(gold: GoldArticle, answer: Answer) -> Iterator[str]:
    found = {(mention.start, mention.end) for mention in gold.mentions}
    for span in answer.spans:
        if span.label in MENTIONS and (span.start, span.end) not in found:
            words = gold.text[span.start : span.end]
            yield f"{words!r} at {span.start}: gold quotes words, and the sentence has them earlier, unmarked"


def _mentions(change: Change) -> list[list[Any]]:
    hidden = [change.view.spans[name] for name in change.view.hidden if name not in change.spans]
    spans = [span for span in (*change.spans.values(), *hidden) if span.label in MENTIONS]
    numbers = {f"m{n}": row[0] for n, row in enumerate(change.gold.raw["mentions"])}

    def number(span: Span) -> int:
        return change.sentence(span) if change.moved(span) else numbers.get(span.id, change.sentence(span))

    return [[number(s), s.label, change.words(s)] for s in sorted(spans, key=lambda s: (s.start, s.end))]


def _relations(change: Change) -> list[list[Any]]:
    """Those of gold that stand, then the new ones."""
    found = [row for row in _standing(change) if None not in row and row[0] != row[2]]
    shown = set(change.view.relations.values())
    for link in change.links:
        if link.label in RELATIONS and link not in shown:
            row = _new(change, link)
            if row[0] != row[2] and row[:3] not in [known[:3] for known in found]:
                found.append(row)
    return found


def _standing(change: Change) -> Iterator[list[Any]]:
    for n, (subject, label, target, number) in enumerate(change.gold.raw["relations"]):
        link = change.view.relations.get(n)
        if change.stands(link, subject, target):
            head, child = (link.head, link.child) if link else (None, None)
            yield [change.end(subject, head), label, change.end(target, child), number]


def _new(change: Change, link: Link) -> list[Any]:
    head, child = change.spans[link.head], change.spans[link.child]
    number = max(change.sentence(head), change.sentence(child))
    return [change.new_end(head), link.label, change.new_end(child), number]
