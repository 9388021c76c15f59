"""Spans as tokens: also those that begin or end in white space, which no token holds."""

import pytest

from pipeline.review.formats.task import Span
from pipeline.review.formats.tokens import first_and_last, tokens

TEXT = "Japan lends  Peru $700m"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (0, 5, "Japan"),
        (5, 11, "lends"),
        (0, 6, "Japan"),
        (13, 17, "Peru"),
        (12, 18, "Peru"),
        (5, 6, "lends"),
        (18, 23, "$700m"),
    ],
)
def test_the_tokens_of_a_span(start: int, end: int, words: str) -> None:
    span = Span("s", start, end, "ORG")
    found = tokens(TEXT, [span])
    first, last = first_and_last(found, span)
    assert TEXT[found[first].start : found[last].end].strip() == words
