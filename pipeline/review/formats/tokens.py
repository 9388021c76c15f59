"""The tokens of a text: those of spaCy's English, also split where a span starts or ends.

Gold marks characters ("USD4" of "USD4bn"), but the tools can mark whole tokens only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import spacy
from spacy.language import Language

from pipeline.review.formats.task import Span


@dataclass(frozen=True)
class Token:
    """`space`: whether a space follows, which is part of no token."""

    start: int
    end: int
    space: bool


@lru_cache(maxsize=1)
def english() -> Language:
    """spaCy's rules for English, without a model."""
    return spacy.blank("en")


def tokens(text: str, spans: Iterable[Span]) -> list[Token]:
    """The tokens; every character is in one token or is the space after one."""
    borders = {at for span in spans for at in (span.start, span.end)}
    return [
        piece for word in english().tokenizer(text) for piece in _cut(word.idx, len(word), word.whitespace_, borders)
    ]


def _cut(start: int, length: int, space: str, borders: set[int]) -> Iterator[Token]:
    cuts = [start, *(at for at in range(start + 1, start + length) if at in borders), start + length]
    for one, other in pairwise(cuts):
        yield Token(one, other, bool(space) and other == start + length)


def first_and_last(found: list[Token], span: Span) -> tuple[int, int]:
    """The numbers of the first and the last token of a span; of a span of white space alone, of the token after it."""
    first = next((n for n, token in enumerate(found) if token.end > span.start), len(found) - 1)
    last = next((n for n in range(len(found) - 1, -1, -1) if found[n].start < span.end), 0)
    return first, max(first, last)
