"""Amounts, dates and measures at a place in a text, with what stands around them."""

import datetime

import pytest

from pipeline.values.quoted import amount_at, date_at, quantity_at, shared_amount_at

DAY = datetime.date(2025, 4, 16)  # a Wednesday


def at(text: str, words: str) -> tuple[str, int, int]:
    return text, text.index(words), text.index(words) + len(words)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Laos lends $5m or more.", "$5m", (5e6, 5e6, None, False, "USD")),
        ("a loan of up to $5m", "$5m", (5e6, None, 5e6, False, "USD")),
        ("It cost $5m.", "$5m", (5e6, None, None, False, "USD")),
        ("It cost a lot.", "a lot", None),
    ],
)
def test_an_amount(text: str, words: str, expected: tuple[object, ...] | None) -> None:
    found = amount_at(*at(text, words))
    values = found and (found.value, found.low, found.high, found.approximate, found.currency)
    assert values == expected
    assert found is None or text[found.start : found.end] == found.text == words


@pytest.mark.parametrize(
    ("words", "future", "iso"),
    [("Friday", False, "2025-04-11"), ("Friday", True, "2025-04-18"), ("2030", False, "2030"), ("soon", False, None)],
)
def test_a_date(words: str, future: bool, iso: str | None) -> None:
    found = date_at(*at(f"It opens {words}.", words), DAY, future=future)
    assert (found.text, found.iso) == (words, iso)


def test_a_quantity() -> None:
    found = quantity_at(*at("A dam of 300 MW.", "300 MW"))
    assert found and (found.value, found.unit) == (300, "MW")
    assert quantity_at(*at("A dam of 300 MW.", "dam")) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [("100 million", (1e8, None, "KES")), ("90 mln", (9e7, 9e7, "KES")), ("2031", None), ("the rest", None)],
)
def test_a_number_shares_the_currency_of_the_amount_before(
    words: str, expected: tuple[float, float | None, str] | None
) -> None:
    text = "The port costs KES 4bn, of which the bank lends 100 million, others up to 90 mln by 2031, a fund the rest."
    before = amount_at(*at(text, "KES 4bn"))
    assert before is not None
    found = shared_amount_at(*at(text, words), before)
    assert (found and (found.value, found.high, found.currency)) == expected
