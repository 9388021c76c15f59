"""Words that someone typed, found in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.workbook.words import nearest, places

TEXT = "The bank\u2019s head \u201cwill  lend\u201d \u2013 and will\nlend \u2013 $5m. Banking (C++) stays."


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("will lend", ["will  lend", "will\nlend"]),
        ("The bank's head", ["The bank\u2019s head"]),
        ("THE BANK", ["The bank"]),
        ("bank", ["bank"]),
        ('"will lend"', ["\u201cwill  lend\u201d"]),
        ("lend - $5m", ["lend \u2013 $5m"]),
        ("C++", ["C++"]),
        ("ban", []),
        ("", []),
        ("  ", []),
    ],
)
def test_words_are_found_whatever_their_signs(words: str, found: list[str]) -> None:
    assert [TEXT[start:end] for start, end in places(TEXT, words)] == found


@pytest.mark.parametrize(
    ("words", "near"),
    [("wil lend", "will lend"), ("Bankng", "Banking"), ("quite another thing", None), ("", None)],
)
def test_the_nearest_words_are_whole(words: str, near: str | None) -> None:
    found = nearest(TEXT, words)
    assert found == near or (found is not None and near is not None and near in found)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_and_words(text: str, words: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end in places(text, words))
    near = nearest(text, words)
    assert near is None or near.split()
