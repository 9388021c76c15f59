"""The steps of an act as data of the page: who reported which status when, what is due, and since when it is silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.knowledge.changes import Due, last_due, overdue, place
from pipeline.knowledge.row_models import Report
from pipeline.publish.report.progress.acts import Act, Party
from pipeline.record import Day

Json = dict[str, Any]
SILENT = 6  # months without a report from which an act that is not done is marked
_OPEN = frozenset({"proposed", "pledged", "agreed", "underway"})  # statuses of what is not done


def progress(acts: Iterable[Act], rows: Mapping[str, int], today: Day | None) -> Json:
    """All acts and the names of their projects; `rows`: places of commitments in the index by their keys.

    A report has a `row`, its place in the index; where that is null its words, outlet and day stand beside it.
    `silent`: full months from the latest report to `today`, from `SILENT` on. `due`: `overdue` as in
    `corridor diff`.
    """
    found = list(acts)
    names = {project: name for act in found for project, name in act.projects.items()}
    return {"today": today, "projects": names, "acts": [_act(act, rows, today) for act in found]}


def _act(act: Act, rows: Mapping[str, int], today: Day | None) -> Json:
    latest = max(act.reports, key=place)
    waits = latest.status in _OPEN and not act.negated
    return {
        "id": act.id,
        "kind": act.kind,
        "instrument": act.instrument,
        "negated": act.negated,
        "ends": [[party.name for party in side] for side in (act.by, act.to)],
        "homes": [_homes(side) for side in (act.by, act.to)],
        "projects": list(act.projects),
        "amount": act.amount,
        "status": latest.status,
        "steps": _steps(act.reports, rows),
        "due": _due(act.reports, rows, today) if waits else None,
        "silent": _silent(act.reports, today) if waits else None,
        "disagreements": act.disagreements,
    }


def _homes(parties: Iterable[Party]) -> list[str]:
    return sorted({party.home for party in parties})


def _steps(reports: Sequence[Report], rows: Mapping[str, int]) -> list[Json]:
    """A step for each status, in the order in which they were first reported."""
    steps: dict[str, list[Report]] = {}
    for report in sorted(reports, key=place):
        steps.setdefault(report.status, []).append(report)
    return [
        {"status": status, "date": own[0].date, "reports": [_report(report, rows) for report in own]}
        for status, own in steps.items()
    ]


def _report(report: Report, rows: Mapping[str, int]) -> Json:
    row = rows.get(report.link)
    beside = {} if row is not None else report.model_dump(include={"source", "date", "quote"})
    return {"row": row, "copies": len(report.copies), **beside}


def _due(reports: Sequence[Report], rows: Mapping[str, int], today: Day | None) -> Json | None:
    late = overdue(reports, today)
    due: Due | None = late or last_due(reports)
    if due is None:
        return None
    words = due.iso.replace("/", " to ")
    return {
        "date": words,
        "day": due.day.isoformat(),
        "overdue": late is not None,
        "report": _report(due.report, rows),
    }


def _silent(reports: Iterable[Report], today: Day | None) -> int | None:
    latest = max((report.date for report in reports if report.date), default=None)
    months = _months(latest, today) if latest and today else 0
    return months if months >= SILENT else None


def _months(first: Day, last: Day) -> int:
    """Full months between two days."""
    one, other = date.fromisoformat(first), date.fromisoformat(last)
    return (other.year - one.year) * 12 + other.month - one.month - (other.day < one.day)
