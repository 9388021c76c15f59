"""A correction: the answer beside what was shown, with the queries that relations and commitments share."""

from __future__ import annotations

from pipeline.gold.gold import GoldArticle
from pipeline.review.corrections.entities import Entities
from pipeline.review.corrections.view import View
from pipeline.review.formats.task import ENTITIES, VALUES, Answer, Link, Span

QUOTED = ("EVENT", "PLACE", "AGREEMENT")  # ends of relations that gold gives by their words


class Change:
    """`spans` and `links` of the answer, spans by id; links go from a commitment to its arguments."""

    def __init__(self, gold: GoldArticle, view: View, answer: Answer) -> None:
        self.gold, self.view = gold, view
        self.spans = {span.id: span for span in answer.spans}
        self.links = list(dict.fromkeys(self._forward(link) for link in answer.links))
        self.entities = Entities(gold, view, answer)
        self.shown = {span.id for span in view.shown}
        self._set = set(self.links)

    def words(self, span: Span) -> str:
        return self.gold.text[span.start : span.end]

    def sentence(self, span: Span) -> int:
        """The number of the sentence that a span starts in."""
        return max((n for n, (start, _) in enumerate(self.gold.numbered) if start <= span.start), default=0)

    def is_moved(self, span: Span) -> bool:
        """Whether its offsets differ from gold, or it is new."""
        old = self.view.spans.get(span.id)
        return old is None or old.offsets != span.offsets

    def has(self, link: Link) -> bool:
        """Whether the link is in the answer."""
        return link in self._set

    def still_holds(self, link: Link | None, head: str, child: str) -> bool:
        """Whether what the link showed still holds; `head` and `child`: the keys or words at its ends in gold.

        If a link was deleted together with one of its spans, an actor that other spans still refer to keeps its role.
        """
        if link is None or link in self._set:
            return True
        here = link.head in self.spans, link.child in self.spans
        ends = zip(here, (head, child), strict=True)
        return not all(here) and all(there or self.entities.key_now(end) for there, end in ends)

    def end(self, old: str, span: str | None) -> str | None:
        """The present form of an end in gold, a key or words; None if nothing is left of it."""
        known = self.spans.get(span or "")
        if ":" not in old:
            return (self.entities.known_key(known.id) if known else None) or self.entities.key_now(old)
        unchanged = known is None or not (self.is_moved(known) or self.view.spans[known.id].label != known.label)
        return old if known is None or unchanged else self.new_end(known)

    def new_end(self, span: Span) -> str:
        """An end of a new relation: the key of the span's entity, else its words, else the key of a new entity."""
        if span.label in QUOTED and self.entities.known_key(span.id) is None:
            return f"{span.label}:{self.words(span)}"
        return self.entities.key_of(span.id)

    def _forward(self, link: Link) -> Link:
        if link.label in (*ENTITIES, *VALUES) and self.spans[link.child].is_trigger:
            return Link(link.child, link.label, link.head)
        return link
