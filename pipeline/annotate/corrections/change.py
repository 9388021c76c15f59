"""What was changed: the answer beside what was shown, with the questions that relations and commitments ask of both."""

from __future__ import annotations

from pipeline.annotate.corrections.cast import Cast
from pipeline.annotate.corrections.view import View
from pipeline.annotate.formats.task import ENTITIES, VALUES, Answer, Link, Span
from pipeline.corpus.gold import GoldArticle

NAMED = ("EVENT", "PLACE", "AGREEMENT")  # ends of relations that gold gives by their words


class Change:
    """`spans`: those of the answer, by id; `links`: those of the answer, from a commitment to its arguments."""

    def __init__(self, gold: GoldArticle, view: View, answer: Answer) -> None:
        self.gold, self.view = gold, view
        self.spans = {span.id: span for span in answer.spans}
        self.links = list(dict.fromkeys(self._forward(link) for link in answer.links))
        self.cast = Cast(gold, view, answer)
        self.shown = {span.id for span in view.shown}
        self._drawn = set(self.links)

    def words(self, span: Span) -> str:
        return self.gold.text[span.start : span.end]

    def sentence(self, span: Span) -> int:
        """The number of the sentence that a span starts in."""
        return max((n for n, (start, _) in enumerate(self.gold.numbered) if start <= span.start), default=0)

    def moved(self, span: Span) -> bool:
        """Whether it stands elsewhere than in gold; a new one does."""
        old = self.view.spans.get(span.id)
        return old is None or (old.start, old.end) != (span.start, span.end)

    def drawn(self, link: Link) -> bool:
        return link in self._drawn

    def stands(self, link: Link | None, head: str, child: str) -> bool:
        """Whether what the link showed is still so; `head` and `child`: the keys or words at its ends in gold.

        A link that went with one of its spans says nothing against an actor of whom other spans still tell.
        """
        if link is None or link in self._drawn:
            return True
        here = link.head in self.spans, link.child in self.spans
        ends = zip(here, (head, child), strict=True)
        return not all(here) and all(there or self.cast.now(end) for there, end in ends)

    def end(self, old: str, span: str | None) -> str | None:
        """An end of what stands: who its span tells of now, or its words now; None where nobody is left."""
        known = self.spans.get(span or "")
        if ":" not in old:
            return (self.cast.known(known.id) if known else None) or self.cast.now(old)
        unchanged = known is None or not (self.moved(known) or self.view.spans[known.id].label != known.label)
        return old if known is None or unchanged else self.new_end(known)

    def new_end(self, span: Span) -> str:
        """An end of a new relation: who the span tells of, else its words, else somebody new."""
        if span.label in NAMED and self.cast.known(span.id) is None:
            return f"{span.label}:{self.words(span)}"
        return self.cast.entity(span.id)

    def _forward(self, link: Link) -> Link:
        if link.label in (*ENTITIES, *VALUES) and self.spans[link.child].is_trigger:
            return Link(link.child, link.label, link.head)
        return link
