"""The recognizer's spans, trimmed: articles, honorifics and possessives belong to no name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from spacy.tokens import Doc, Span, Token

from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.word_lists import words


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """The recognizer's spans, without articles, honorifics and possessives; persons with their whole name."""
    for entity in doc.ents:
        span = _trimmed(entity)
        if span is not None:
            span = _whole_name(span) if entity.label_ == "PERSON" else span
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


def _whole_name(span: Span) -> Span:
    """A person's name with the capitalised words that the recognizer cut off."""
    doc, start, end = span.doc, span.start, span.end
    while start > 0 and not doc[start].is_sent_start and _is_name_word(doc[start - 1]):
        start -= 1
    while end < len(doc) and not doc[end].is_sent_start and _is_name_word(doc[end]):
        end += 1
    return doc[start:end]


def _is_name_word(token: Token) -> bool:
    barred = token.lower_ in words("never") or token.lower_.rstrip(".") in _leading("PERSON")
    return token.tag_ == "NNP" and token.is_title and token.ent_type_ in ("PERSON", "") and not barred


@cache
def _leading(base_label: str) -> frozenset[str]:
    """Words that are cut off the start; for a person's name also offices."""
    offices = words("roles", "heads") | words("roles", "before") if base_label == "PERSON" else frozenset()
    return words("leading") | offices
