"""Numbers in digits, words and scales, without the noise of floats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.numbers import parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,287", 1287),
        ("1,20,000", 120_000),
        ("33.45 billion", 33_450_000_000),
        ("0.1tr", 100_000_000_000),
        ("six", 6),
        ("half a million", 500_000),
        ("2.5 lakh crore", 2_500_000_000_000),
        ("five hundred thousand", 500_000),
        (".462", 0.462),
        ("", None),
        ("many", None),
        ("12 apples", None),
    ],
)
def test_number(text: str, value: float | None) -> None:
    assert parse_number(text) == value


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789., mbn")))
def test_any_string_is_read_or_left(text: str) -> None:
    found = parse_number(text)
    assert found is None or found >= 0
