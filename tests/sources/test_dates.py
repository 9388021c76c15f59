"""A date counts where every reading of it gives the same day."""

from datetime import date, datetime

import pytest

from pipeline.sources.articles import iso_date

CASES = [
    ("2025-03-07", "2025-03-07"),
    ("  2025-03-07 ", "2025-03-07"),
    ("2025-03-07T16:39:00Z", "2025-03-07"),
    ("2025-03-07T23:59:00-08:00", "2025-03-07"),  # the day as written, not as in UTC
    ("2024-03-07 16:39:00", "2024-03-07"),
    ("2025-03-07 16:39:00 UTC", "2025-03-07"),
    ("2025/3/7", "2025-03-07"),
    ("20250307", "2025-03-07"),
    (20250307, "2025-03-07"),
    ("5-APR-1987 00:27:34.64", "1987-04-05"),
    ("5 April 2025", "2025-04-05"),
    ("April 5, 2025 at 4:39 PM", "2025-04-05"),
    ("Thursday, 6 March 2025", "2025-03-06"),
    ("Fri, 07 Mar 2025 16:39:00 +0500", "2025-03-07"),
    ("Fri, 07 Mar 2025 16:39:00 PKT", "2025-03-07"),
    ("25/12/2025", "2025-12-25"),
    (date(2025, 3, 7), "2025-03-07"),
    (datetime(2025, 3, 7, 23, 59), "2025-03-07"),
]
NONE = [
    "", "April", "2024", "April 2025", "2025-04", "Monday", "today", "yesterday", "nan", "5/4/25", "04/05/2025",
    "07.03.2025", "2025-13-40", "0000-00-00", "31 February 2025", "10:00 2025", "1 2 3 2025", "Published 5 April 2025",
    "5 April 2025 " * 50, 1741305600000, True, 1.5,
]  # fmt: skip


@pytest.mark.parametrize(("written", "iso"), CASES)
def test_a_whole_date_is_read(written: object, iso: str) -> None:
    assert iso_date(written) == iso


@pytest.mark.parametrize("written", NONE)
def test_less_than_a_day_is_no_date(written: object) -> None:
    assert iso_date(written) is None
