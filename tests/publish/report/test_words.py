"""Values in words, and text made safe."""

import pytest

from pipeline.publish.report.words import amount, clean, date, number
from pipeline.record import Amount, Date


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (4e9, "4 bn"),
        (3.45e12, "3.45 tn"),
        (95_000_000, "95 m"),
        (-2.5e6, "-2.5 m"),
        (450_000, "450,000"),
        (39.9, "39.9"),
        (0, "0"),
        (1_036_960_000_000, "1.037 tn"),
    ],
)
def test_number(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"value": 4e9, "currency": "USD"}, "4 bn USD “$4bn”"),
        ({"value": 4e9, "currency": "USD", "approximate": True}, "about 4 bn USD “$4bn”"),
        ({"value": 4e9, "high": 4e9, "currency": "USD"}, "up to 4 bn USD “$4bn”"),
        ({"value": 4e9, "low": 4e9, "currency": "USD"}, "at least 4 bn USD “$4bn”"),
        ({"value": 3.5e9, "low": 3e9, "high": 4e9, "currency": "USD"}, "3 bn to 4 bn USD “$4bn”"),
        ({"value": 4e9, "low": 4e9, "high": 4e9, "currency": "USD"}, "4 bn USD “$4bn”"),
        ({"value": 4e9}, "4 bn (currency unknown) “$4bn”"),
        ({"value": None}, "“$4bn”"),
    ],
)
def test_amount(values: dict, words: str) -> None:  # type: ignore[type-arg]
    assert amount(Amount(text="$4bn", start=0, end=4, **values)) == words


@pytest.mark.parametrize(
    ("iso", "words"),
    [("2025-09-26", "2025-09-26 “Friday”"), ("2025-07/2026-06", "2025-07 to 2026-06 “Friday”"), (None, "“Friday”")],
)
def test_date(iso: str | None, words: str) -> None:
    assert date(Date(text="Friday", start=0, end=6, iso=iso)) == words


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\nb\t c ", "a b c"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x9b2Jx\x07\x00", "2Jx"),
        ("loan \u202efo\u2069 1", "loan fo 1"),
        ("Rs\u00a055 crore", "Rs 55 crore"),
        ("\ud800x", "x"),
        ("[bold]x[/bold] :smile:", "[bold]x[/bold] :smile:"),
        ("Łódź “ö”", "Łódź “ö”"),
        ("می\u200cسازد", "می\u200cسازد"),  # builds, in Persian
    ],
)
def test_clean(text: str, safe: str) -> None:
    assert clean(text) == safe
