"""When a commitment is due, by the dates that its reports give, and whether it is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from pipeline.knowledge.counting import settings
from pipeline.knowledge.row_models import Report
from pipeline.record import Day
from pipeline.values.calendar.days import days

_DUE = frozenset({"pledged", "agreed"})  # statuses of what is still to be done
_HEARD = frozenset({"underway", "completed", "cancelled"})  # statuses that end the waiting


class Due(NamedTuple):
    """The date `iso` that a report gives for what is to come, and its last day."""

    day: date
    iso: str
    report: Report


def place(report: Report) -> tuple[str, int]:
    """The place of a report in a commitment's life: by day, then by status."""
    return report.date or "", settings()["statuses"].index(report.status)


def dues(report: Report) -> Iterator[Due]:
    """The dates that lay ahead when it was reported."""
    for iso in report.dates:
        span = days(iso)
        if span and report.date and span[1].isoformat() > report.date:
            yield Due(span[1], iso, report)


def last_due(reports: Iterable[Report]) -> Due | None:
    """The latest due date of the latest report that gives one."""
    found = (due for report in reports for due in dues(report))
    return max(found, key=lambda due: (due.report.date, due.day, due.iso, due.report.link), default=None)


def overdue(reports: Sequence[Report], today: Day | None) -> Due | None:
    """The latest due date of a promise, where it lies before `today` and no later report says that work goes on."""
    found = [due for report in reports for due in dues(report)]
    if not found or max(reports, key=place).status not in _DUE:
        return None
    due = max(found, key=lambda due: (due.day, due.report.date, due.iso, due.report.link))
    day = due.day.isoformat()
    heard = any(report.status in _HEARD and (report.date or "") >= day for report in reports)
    return due if today and day < today and not heard else None
