"""How far acts have come, as data of the page: who reported which status when, and what is due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pipeline.knowledge.changes import last_due, overdue
from pipeline.knowledge.counting import stage
from pipeline.knowledge.folder import Knowledge, KnownCommitment, Report, Value
from pipeline.publish.report.projects import Disagreements, sum_in_words
from pipeline.record import Day

Json = dict[str, Any]
SILENT = 6  # months without a report from which an act that is not done is marked
_OPEN = frozenset({"proposed", "pledged", "agreed", "underway"})  # statuses of what is not done


class Act(NamedTuple):
    """One act with all its reports. `projects`: names by id; `said`: what the page shows of it as it stands here.

    `sides`: name and home (country, else name) of who provides money or acts, and of who gets it or for whom.
    """

    said: Json
    sides: Sequence[Iterable[tuple[str, str]]]
    projects: Mapping[str, str]
    reports: Sequence[Report]


def of_knowledge(knowledge: Knowledge, rows: Mapping[str, int]) -> Iterator[Act]:
    """The acts of a folder; `rows`: places of commitments in the index by their keys."""
    homes = {actor.id: (actor.name, actor.country or actor.name) for actor in knowledge.actors}
    names = {project.id: project.name for project in knowledge.projects}
    disagreements = Disagreements(knowledge, rows)

    def parties(values: Iterable[Value]) -> list[tuple[str, str]]:
        return [homes.get(value.value, (value.value, value.value)) for value in values]

    for row in knowledge.commitments:
        by, to = (row.provider, row.recipient) if row.instrument else (row.by, row.to)
        said = row.model_dump(include={"id", "kind", "instrument", "negated"})
        said |= {"amount": _amount(row), "disagreements": disagreements.of([row])}
        projects = {value.value: names.get(value.value, value.value) for value in row.projects}
        yield Act(said, (parties(by), parties(to)), projects, row.reports)


def _amount(row: KnownCommitment) -> str | None:
    """The amount that most reports agree on; else that of the latest report that gives one."""
    if row.amount:
        return sum_in_words(row.amount)
    given = (report.amounts for report in reversed(row.reports) if report.amounts)
    return "; ".join(map(sum_in_words, next(given, []))) or None


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
    latest = max(act.reports, key=stage)
    waits = latest.status in _OPEN and not act.said["negated"]
    return act.said | {
        "ends": [[name for name, _ in side] for side in act.sides],
        "homes": [sorted({home for _, home in side}) for side in act.sides],
        "projects": list(act.projects),
        "status": latest.status,
        "steps": _steps(act.reports, rows),
        "due": _due(act.reports, rows, today) if waits else None,
        "silent": _silent(act.reports, today) if waits else None,
    }


def _steps(reports: Sequence[Report], rows: Mapping[str, int]) -> list[Json]:
    """A step for each status, in the order in which they were first reported."""
    steps: dict[str, list[Report]] = {}
    for report in sorted(reports, key=stage):
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
    due = late or last_due(reports)
    if due is None:
        return None
    words, report = due.iso.replace("/", " to "), _report(due.report, rows)
    return {"date": words, "day": due.day.isoformat(), "overdue": late is not None, "report": report}


def _silent(reports: Iterable[Report], today: Day | None) -> int | None:
    """Full months from the latest report to `today`, None for fewer than `SILENT`."""
    latest = max((report.date for report in reports if report.date), default=None)
    if not latest or not today:
        return None
    first, last = date.fromisoformat(latest), date.fromisoformat(today)
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return months if months >= SILENT else None
