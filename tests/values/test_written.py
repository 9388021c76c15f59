"""Amounts in words."""

import pytest

from pipeline.record import Amount
from pipeline.values.numbers import LONG, SHORT, in_words, with_bounds


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (4e9, "4 billion", "4 bn"),
        (3.45e12, "3.45 trillion", "3.45 tn"),
        (1.00005e6, "1.0001 million", "1.0001 m"),
        (55000, "55,000", "55,000"),
        (-2e6, "-2 million", "-2 m"),
        (0, "0", "0"),
    ],
)
def test_number(value: float, long: str, short: str) -> None:
    assert (in_words(value, LONG), in_words(value, SHORT)) == (long, short)


@pytest.mark.parametrize(
    ("low", "high", "approximate", "words"),
    [
        (None, None, False, "4 billion"),
        (None, None, True, "about 4 billion"),
        (4e9, 5e9, False, "4 billion to 5 billion"),
        (4e9, 4e9, False, "4 billion"),
        (None, 4e9, False, "up to 4 billion"),
        (4e9, None, True, "at least 4 billion"),
    ],
)
def test_bounds(low: float | None, high: float | None, approximate: bool, words: str) -> None:
    amount = Amount(text="$4bn", start=0, end=4, value=4e9, low=low, high=high, approximate=approximate, currency="USD")
    assert with_bounds(4e9, amount) == words
