"""Numbers in digits, words and scales, without the noise of floats; measures, terms of loans, amounts in words."""

import pytest
from tables import Row, table_of

from pipeline.record import Amount
from pipeline.values.numbers import (
    LONG,
    SHORT,
    Measure,
    in_words,
    interest_rate,
    parse_number,
    parse_quantity,
    with_bounds,
    years,
)


def value_of(cell: str) -> float | None:
    return float(cell) if cell else None


@pytest.mark.parametrize("case", [*table_of(__file__, "numbers.csv"), {"text": "", "value": ""}], ids=str)
def test_number(case: Row) -> None:
    assert parse_number(case["text"]) == value_of(case["value"])


def test_a_number_beyond_all_numbers_is_none() -> None:
    assert parse_number("9" * 308) is not None
    assert parse_number("9" * 309) is None
    assert parse_number("9" * 301 + " billion") is None


@pytest.mark.parametrize("case", table_of(__file__, "quantities.csv"), ids=lambda case: case["text"])
def test_a_measure_has_a_value_and_a_unit(case: Row) -> None:
    assert parse_quantity(case["text"]) == Measure(value_of(case["value"]), case["unit"])


@pytest.mark.parametrize("case", table_of(__file__, "terms.csv"), ids=str)
def test_of_a_loan_only_what_the_words_state_becomes_a_number(case: Row) -> None:
    read = interest_rate if case["term"] == "interest" else years
    assert read(case["text"]) == value_of(case["number"])


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
def test_a_number_in_words(value: float, long: str, short: str) -> None:
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
