"""Physical measures, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values.quantities import Measure, find_quantities, parse_quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,320 MW", 1320, "MW"),
        ("172mw", 172, "MW"),
        ("53-megawatts", 53, "MW"),
        ("1.4 gigawatts", 1.4, "GW"),
        ("500kV", 500, "kV"),
        ("1,733 km", 1733, "km"),
        ("103.5-km", 103.5, "km"),
        ("50,000 acres", 50_000, "ac"),
        ("120 hectares", 120, "ha"),
        ("7.5m tonnes", 7_500_000, "t"),
        ("48 square kilometers", 48, "km²"),
        ("260 MGD", 260, "MGD"),
        ("650 million gallons per day", 650_000_000, "gal/d"),
        ("177,400 cusecs", 177_400, "cusec"),
        ("0.25 million acre-feet", 250_000, "acre-ft"),
        ("1,550 feet", 1550, "ft"),
        ("30,000 barrels per day", 30_000, "bpd"),
        ("200 mmcfd", 200, "mmcfd"),
        ("217 mph", 217, "mph"),
        ("350 kilometers per hour", 350, "km/h"),
        ("seven kanals", 7, "kanal"),
        ("1300cc", 1300, "cc"),
    ],
)
def test_value_and_unit(text: str, value: float, unit: str) -> None:
    assert parse_quantity(text) == Measure(value, unit)
    assert find_quantities(text) == [(0, len(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A 300 MW plant on 40 acres, 12 km off the road.", ["300 MW", "40 acres", "12 km"]),
        ("thousands of acres were flooded", ["thousands of acres"]),
        ("Rs300 million for 30 schools, 5% more in 12 months", []),
        ("The court has 200m rupees and 15 members.", []),
        ("walked a mile", []),
    ],
)
def test_spans(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_quantities(text)] == found


def test_vague_has_no_value() -> None:
    assert parse_quantity("thousands of acres") == Measure(None, "ac")


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789.,- kmMWsqftha")))
def test_any_string_is_read_or_left(text: str) -> None:
    spans = find_quantities(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert (parse_quantity(text) is None) == (not spans)
