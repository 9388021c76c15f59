"""When a commitment is due, and whether it is overdue."""

from datetime import date

import pytest
from publish.report.knowledge import report

from pipeline.knowledge.changes import last_due, overdue
from pipeline.knowledge.counting import stage
from pipeline.knowledge.folder import Report
from pipeline.record import Status


def said(day: str, status: Status, *dates: str) -> Report:
    return report("a/c1", status, 1).model_copy(update={"date": day, "dates": list(dates)})


PLEDGE = said("2024-05-02", "pledged", "2024-12")


@pytest.mark.parametrize(
    ("later", "today", "late"),
    [
        ([], "2024-12-31", False),
        ([], "2025-01-01", True),
        ([], None, False),
        ([said("2024-06-01", "agreed")], "2025-01-01", True),
        ([said("2024-06-01", "agreed", "2025-06")], "2025-01-01", False),
        ([said("2024-06-01", "underway")], "2025-01-01", False),
        ([said("2025-01-01", "completed")], "2025-02-01", False),
    ],
)
def test_overdue_is_what_was_due_and_not_heard_of(later: list[Report], today: str | None, late: bool) -> None:
    assert (overdue([PLEDGE, *later], today) is not None) == late


def test_a_date_that_was_over_when_it_was_reported_is_no_due_date() -> None:
    assert last_due([said("2024-05-02", "pledged", "2024-04", "2023")]) is None


def test_the_latest_report_says_when_it_is_due() -> None:
    due = last_due([said("2024-07-01", "agreed", "2024-10-05"), PLEDGE])
    assert due is not None and (due.iso, due.day) == ("2024-10-05", date(2024, 10, 5))


def test_reports_stand_by_day_then_by_status() -> None:
    same = [said("2024-05-02", status) for status in ("agreed", "pledged", "completed")]
    assert [row.status for row in sorted(same, key=stage)] == ["pledged", "agreed", "completed"]
