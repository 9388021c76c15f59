"""ROLE with the body before it: "Federal Board of Revenue (FBR) Chairman", "University of Peshawar Vice Chancellor"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Token

from pipeline.stages.document.doc import text_of
from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.finders.roles import office_end
from pipeline.stages.entities.word_lists import tokens_in, words

_SHORT_NAME = re.compile(r"\s*\([^()\n]{2,12}\)$")  # of the body, in brackets
_NEAR = 40  # characters searched before an office or a body


def find(doc: Doc, proposed: Iterable[SpanCandidate]) -> Iterator[SpanCandidate]:
    """Every office right after a body: a `proposed` ROLE together with the longest ORG that ends there."""
    text, bodies, offices = text_of(doc), dict[int, int](), list[SpanCandidate]()
    for candidate in proposed:
        if candidate.label == "ORG":
            bodies[candidate.end] = min(candidate.start, bodies.get(candidate.end, candidate.start))
        elif candidate.label == "ROLE":
            offices.append(candidate)
    for token in tokens_in(doc, words("roles", "heads") - words("roles", "in_names")):
        if not token.is_sent_start:
            first, last = _first(token).idx, token.idx + len(token)
            body = bodies.get(_end_of_body(text, first), bodies.get(last, first))
            if body < first and not _has_office(text[body:first]):
                whole = doc[token.i : office_end(token)].end_char
                for end in sorted({whole, *(c.end for c in offices if c.start < last <= c.end)}):
                    yield SpanCandidate("ROLE", _with_before(text, body), end, "offices")


def _first(head: Token) -> Token:
    """The first word of the office itself: "Vice" of "Vice Chancellor", "co" of "co-founder"."""
    at = head.i
    while at > 0 and not head.doc[at].is_sent_start and _qualifies(head.doc[at - 1]):
        at -= 1
    return head.doc[at]


def _qualifies(word: Token) -> bool:
    return word.lower_ in words("roles", "before") - {"and"} or (word.text == "-" and not word.whitespace_)


def _end_of_body(text: str, office: int) -> int:
    """Where the name before an office ends, without a short form in brackets."""
    begin = max(0, office - _NEAR)
    before = text[begin:office].rstrip()
    short = _SHORT_NAME.search(before)
    return begin + (short.start() if short else len(before))


def _with_before(text: str, start: int) -> int:
    """The start moved before a word of time: "former" of "former PTI leader"."""
    before = text[max(0, start - _NEAR) : start].removesuffix(" ").rpartition(" ")[2]
    return start - len(before) - 1 if before.lower() in words("roles", "when") else start


def _has_office(name: str) -> bool:
    """Whether the name of a body includes an office, and so is more than a body."""
    return not words("roles", "heads").isdisjoint(name.lower().split())
