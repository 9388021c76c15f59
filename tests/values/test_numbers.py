"""Numbers in digits, words and scales, without the noise of floats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values.numbers import parse_number


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
        ("two and a half crore", 25_000_000),
        ("2 and a half billion", 2_500_000_000),
        ("a million and a half", 1_500_000),
        ("a quarter of a million", 250_000),
        ("three quarters of a billion", 750_000_000),
        ("half-a-billion", 500_000_000),
        ("twenty-five", 25),
        ("thirty-three and a half million", 33_500_000),
        ("one hundred and twenty million", 120_000_000),
        ("two million five hundred thousand", 2_500_000),
        ("1 crore 20 lakh", 12_000_000),
        ("5 kharab", 500_000_000_000),
        ("50mil", 50_000_000),
        ("3bil", 3_000_000_000),
        ("2½ million", 2_500_000),
        ("1,25 billion", 1_250_000_000),
        ("99,5 million", 99_500_000),
        ("1 500 000", 1_500_000),
        ("half", None),
        ("20 lakh 1", None),
        ("", None),
        ("many", None),
        ("12 apples", None),
    ],
)
def test_number(text: str, value: float | None) -> None:
    assert parse_number(text) == value


def test_a_number_beyond_all_numbers_is_none() -> None:
    assert parse_number("9" * 308) is not None
    assert parse_number("9" * 309) is None
    assert parse_number("9" * 301 + " billion") is None


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789., mbn")))
def test_any_string_is_read_or_left(text: str) -> None:
    found = parse_number(text)
    assert found is None or found >= 0
