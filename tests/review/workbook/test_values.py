"""Amounts and dates as cells show them are read back with the same value; cells of any program become text."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.record import Amount, Date
from pipeline.review.workbook.sheets import text_of
from pipeline.review.workbook.values import amount_text, date_text, is_iso, joined, money_of, parts, plain

CURRENCIES = st.sampled_from(["USD", "EUR", "PKR", "CNY", "KES", "XDR", "JPY"])


def amount(text: str = "a sum", **fields: Any) -> Amount:
    return Amount(**{"text": text, "start": 0, "end": len(text), "value": 5e6, "currency": "USD", **fields})


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (amount(value=2e9), "USD 2 billion"),
        (amount(value=1_250_000), "USD 1.25 million"),
        (amount(value=1_234_567.89), "USD 1,234,567.89"),
        (amount(value=38_000), "USD 38,000"),
        (amount(value=0.5), "USD 0.5"),
        (amount(high=5e6), "up to USD 5 million"),
        (amount(low=5e6), "at least USD 5 million"),
        (amount(low=5e6, high=6e6), "USD 5 million to 6 million"),
        (amount(approximate=True), "about USD 5 million"),
        (amount("millions;  of  dollars", value=None), "millions, of dollars"),
        (amount("40 dinars", currency=None), "40 dinars"),
    ],
)
def test_an_amount_as_a_cell_shows_it(found: Amount, shown: str) -> None:
    assert amount_text(found) == shown


@given(st.integers(0, 10**15) | st.floats(0.01, 1e12).map(lambda value: round(value, 2)), CURRENCIES, st.booleans())
def test_any_amount_is_read_back(value: float, currency: str, approximate: bool) -> None:
    shown = amount_text(amount(value=float(value), currency=currency, approximate=approximate))
    money = money_of(shown)
    assert shown == "a sum" or (money and (money.value, money.currency) == (value, currency))


@given(st.integers(1, 9_999), st.sampled_from([1, 1_000, 10**6, 10**9]), CURRENCIES)
def test_common_amounts_need_no_words_of_the_text(number: int, scale: int, currency: str) -> None:
    assert amount_text(amount(value=float(number * scale), currency=currency)).startswith(currency)


@pytest.mark.parametrize(
    ("text", "iso"),
    [("2028", True), ("2025-06", True), ("2025-06-30", True), ("2025-07/2026-06", True),
     ("2025-13", False), ("2025-02-30", False), ("June", False), ("", False), ("2026/2025", False)],
)  # fmt: skip
def test_dates_as_records_write_them(text: str, iso: bool) -> None:
    assert is_iso(text) is iso


def test_a_date_without_a_day_shows_its_words() -> None:
    assert date_text(Date(text="soon;", start=0, end=5)) == "soon,"
    assert date_text(Date(text="in May", start=0, end=6, iso="2025-05")) == "2025-05"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (None, "General", ""),
        (2030, "General", "2030"),
        (2030.0, "0.00", "2030"),
        (1.5, "General", "1.5"),
        (True, "General", "yes"),
        (False, "General", "no"),
        (" two\u00a0words\n", "@", " two\u00a0words\n"),
        (datetime.datetime(2025, 6, 30), "dd/mm/yyyy", "2025-06-30"),
        (datetime.datetime(2025, 6, 30, 9, 30), "yyyy-mm-dd hh:mm", "2025-06-30"),
        (datetime.date(2025, 6, 1), "mmm-yy", "2025-06"),
        (datetime.datetime(2025, 6, 1), '[$-409]mmmm yyyy;"day"', "2025-06"),
        (datetime.datetime(2025, 6, 1), "General", "2025-06-01"),
    ],
)
def test_a_cell_as_text(value: Any, form: str, text: str) -> None:
    assert text_of(value, form) == text


@given(st.lists(st.text(max_size=20), max_size=4))
def test_several_values_of_a_cell_come_apart_as_they_were_joined(values: list[str]) -> None:
    shown = [plain(value.replace(";", ",")) for value in values]
    assert parts(joined(values)) == [value for value in shown if value]
    assert plain(joined(values)) == joined(values)
