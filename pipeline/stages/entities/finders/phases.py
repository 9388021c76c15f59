"""Phases: "CPEC Phase II", "the second phase of the China-Pakistan Economic Corridor", "next stage of ..."."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Token

from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.word_lists import tokens_in, words

_WHOLES = ("PROGRAMME", "PROJECT")


def find(doc: Doc, wholes: Iterable[SpanCandidate]) -> Iterator[SpanCandidate]:
    """The phases of an article, each with the name of its programme or project (`wholes`) if that is beside it."""
    named = [c for c in wholes if c.label in _WHOLES]
    before, after = {c.end: c for c in named}, {c.start: c for c in named}
    for token in tokens_in(doc, words("phases", "words")):
        if token.i + 1 < len(doc) and doc[token.i + 1].lower_ in words("phases", "numbers"):
            yield _numbered(token, before)
        elif token.i > 0 and doc[token.i - 1].lower_ in words("phases", "before"):
            yield from _ordered(token, after)


def _numbered(token: Token, before: dict[int, SpanCandidate]) -> SpanCandidate:
    """ "Phase II", with the name right before it."""
    whole = before.get(token.idx - 1)
    end = token.nbor().idx + len(token.nbor())
    start, label = (whole.start, whole.label) if whole else (token.idx, "PROGRAMME")
    return SpanCandidate(label, start, end, "heads")


def _ordered(token: Token, after: dict[int, SpanCandidate]) -> Iterator[SpanCandidate]:
    """ "second phase of the X", where X is one of the `wholes`."""
    doc, at = token.doc, token.i + 1
    if at >= len(doc) or doc[at].lower_ != "of":
        return
    at += 2 if at + 1 < len(doc) and doc[at + 1].lower_ == "the" else 1
    whole = after.get(doc[at].idx) if at < len(doc) else None
    if whole:
        yield SpanCandidate(whole.label, doc[token.i - 1].idx, whole.end, "heads")
