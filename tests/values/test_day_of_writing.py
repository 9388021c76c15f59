"""The day on which a text says that it was written."""

from datetime import date

import pytest

from pipeline.values.dates import day_of_dateline, day_of_line

DAY = date(2025, 3, 5)  # a Wednesday


@pytest.mark.parametrize(
    "text",
    [
        "SUVA, 5 March 2025 \u2014 The bank lends.",
        "SUVA, March 5, 2025: The bank lends.",
        "NAIROBI, Kenya, March 5, 2025 /Lake Newswire/ -- The bank lends.",
        "NAIROBI, Kenya, Mar. 5, 2025 (LAKE WIRE)--The bank lends.",
        "MANILA, PHILIPPINES (5 March 2025) \u2014 The bank lends.",
        "Addis Ababa, Wednesday, 5 March 2025 \u2013 The bank lends.",
        "Lake Bank lends to Malawi\n\nPORT OF SPAIN, 5 March 2025 - The bank lends.",
        "Kabul/Geneva, 5 March, 2025 - The bank lends.",
    ],
)
def test_the_day_of_a_dateline(text: str) -> None:
    assert day_of_dateline(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "SUVA, March 5 (Lake Wire) - The bank lends.",  # which year?
        "SUVA, 31 February 2025 \u2014 The bank lends.",
        "SUVA, Friday, 5 March 2025 \u2014 The bank lends.",
        "The bank, founded on March 5, 2025 - and others - lend.",
        "A crane in Suva, Fiji, March 5, 2025. The bank lends.",
        "The bank lends. " * 40 + "\nSUVA, 5 March 2025 \u2014 A second story.",
        "",
    ],
)
def test_no_day_of_a_dateline(text: str) -> None:
    assert day_of_dateline(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Lake Bank lends\nA. Rai\nSuva\nWed, March 5, 2025\nThe bank lends.", DAY),
        ("Lake Bank lends\nWEDNESDAY, MARCH 05, 2025\nThe bank lends.", DAY),
        ("Lake Bank lends\n  Wednesday 5 March 2025 \nThe bank lends.", DAY),
        ("Lake Bank lends\r\nWed, March 5, 2025\r\nThe bank lends.", DAY),
        ("Thu, March 5, 2025\nWed, March 5, 2025\nThe bank lends.", DAY),
        ("Thu, March 5, 2025\nThe bank lends.", None),  # not a Thursday
        ("March 5, 2025\nThe bank lends.", None),  # of another story, as often as not
        ("Wed, March 5\nThe bank lends.", None),
        ("The bank opens on Wed, March 5, 2025\nThe bank lends.", None),
        ("The bank lends. " * 80 + "\nWed, March 5, 2025\nA second story.", None),
    ],
)
def test_the_day_of_a_line(text: str, day: date | None) -> None:
    assert day_of_line(text) == day
