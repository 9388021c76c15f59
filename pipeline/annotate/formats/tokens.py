"""The words of a text, as spaCy's English has them, cut also where a span begins or ends.

Hard because gold marks characters ("USD4" of "USD4bn"), and the tools can mark whole words only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import spacy
from spacy.language import Language

from pipeline.annotate.formats.task import Span


@dataclass(frozen=True)
class Token:
    """`space`: whether a space follows it, which is part of no token."""

    start: int
    end: int
    space: bool


@lru_cache(maxsize=1)
def english() -> Language:
    """What `blank:en` is: the rules of English, no model."""
    return spacy.blank("en")


def tokens(text: str, spans: Iterable[Span]) -> list[Token]:
    """Every character of the text is in one token or is the space after one."""
    borders = {at for span in spans for at in (span.start, span.end)}
    return [
        piece for word in english().tokenizer(text) for piece in _cut(word.idx, len(word), word.whitespace_, borders)
    ]


def _cut(start: int, length: int, space: str, borders: set[int]) -> Iterator[Token]:
    cuts = [start, *(at for at in range(start + 1, start + length) if at in borders), start + length]
    for one, other in pairwise(cuts):
        yield Token(one, other, bool(space) and other == start + length)


def first_and_last(found: list[Token], span: Span) -> tuple[int, int]:
    """The numbers of the first and the last token of a span."""
    starts, ends = {token.start: n for n, token in enumerate(found)}, {token.end: n for n, token in enumerate(found)}
    return starts[span.start], ends[span.end]
