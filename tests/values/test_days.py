"""First and last day of a date."""

from datetime import date

import pytest

from pipeline.values.periods import days_of


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2025-06-30", date(2025, 6, 30), date(2025, 6, 30)),
        ("2025-07/2026-06", date(2025, 7, 1), date(2026, 6, 30)),
        ("2025/2027", date(2025, 1, 1), date(2027, 12, 31)),
        ("2025-09-22/2025-09-28", date(2025, 9, 22), date(2025, 9, 28)),
    ],
)
def test_a_date_has_a_first_and_a_last_day(iso: str, first: date, last: date) -> None:
    assert days_of(iso) == (first, last)


@pytest.mark.parametrize("iso", [None, "", "soon", "2025-13", "2025-02-30", "99999"])
def test_what_is_no_date_has_none(iso: str | None) -> None:
    assert days_of(iso) is None
