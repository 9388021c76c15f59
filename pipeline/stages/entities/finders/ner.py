"""The recognizer's spans, trimmed: articles, honorifics and possessives belong to no name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from spacy.tokens import Doc, Span

from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.word_lists import words


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """The recognizer's spans, without articles, honorifics and possessives."""
    for entity in doc.ents:
        span = _trimmed(entity)
        if span is not None:
            yield SpanCandidate(entity.label_, span.start_char, span.end_char, "model")  # type: ignore[arg-type]


def _trimmed(span: Span) -> Span | None:
    """The span from its first to its last word that can be part of a name; None if there is none."""
    start, end = span.start, span.end
    doc = span.doc
    while start < end and (doc[start].is_space or doc[start].lower_.rstrip(".") in _leading(span.label_)):
        start += 1
    while end > start and (doc[end - 1].tag_ == "POS" or doc[end - 1].is_punct or doc[end - 1].is_space):
        end -= 1
    lines = [token.i for token in doc[start:end] if "\n" in token.text]
    end = lines[0] if lines else end
    return doc[start:end] if start < end else None


@cache
def _leading(base_label: str) -> frozenset[str]:
    """Words that are cut off the start; for a person's name also offices."""
    offices = words("roles", "heads") | words("roles", "before") if base_label == "PERSON" else frozenset()
    return words("leading") | offices
