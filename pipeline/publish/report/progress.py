"""Acts with all their reports, and their steps as data of the page: who reported which status when, and what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from pipeline.knowledge.changes import Due, last_due, overdue
from pipeline.knowledge.counting import stage
from pipeline.knowledge.folder import Knowledge, KnownCommitment, Report, Sum, Value
from pipeline.publish.report.projects import Disagreements, sum_in_words
from pipeline.publish.report.words import clean, money
from pipeline.record import Commitment, CommitmentKind, Day, Instrument, Record

Json = dict[str, Any]
SILENT = 6  # months without a report from which an act that is not done is marked
_OPEN = frozenset({"proposed", "pledged", "agreed", "underway"})  # statuses of what is not done


class Party(NamedTuple):
    """An actor; `home` is its country (ISO 3166-1 alpha-3), else its name."""

    name: str
    home: str


@dataclass(frozen=True)
class Act:
    """One act. `by`, `to`: provider and recipient of money, else who acts and for whom. `projects`: names by id."""

    id: str
    kind: CommitmentKind
    instrument: Instrument | None
    negated: bool
    by: list[Party]
    to: list[Party]
    projects: dict[str, str]
    amount: str | None
    reports: list[Report]
    disagreements: list[Json] = field(default_factory=list)


def of_knowledge(knowledge: Knowledge, rows: Mapping[str, int]) -> Iterator[Act]:
    """The acts of a folder; `rows`: places of commitments in the index by their keys."""
    parties = {actor.id: Party(actor.name, actor.country or actor.name) for actor in knowledge.actors}
    names = {project.id: project.name for project in knowledge.projects}
    disagreements = Disagreements(knowledge, rows)

    def party(value: Value) -> Party:
        return parties.get(value.value, Party(value.value, value.value))

    for row in knowledge.commitments:
        by, to = (row.provider, row.recipient) if row.instrument else (row.by, row.to)
        yield Act(
            id=row.id,
            kind=row.kind,
            instrument=row.instrument,
            negated=row.negated,
            by=[party(value) for value in by],
            to=[party(value) for value in to],
            projects={value.value: names.get(value.value, value.value) for value in row.projects},
            amount=_amount(row),
            reports=row.reports,
            disagreements=disagreements.of([row]),
        )


def _amount(row: KnownCommitment) -> str | None:
    """The amount that most reports agree on; else that of the latest report that gives one."""
    if row.amount:
        return sum_in_words(row.amount)
    given = (report.amounts for report in reversed(row.reports) if report.amounts)
    return "; ".join(map(sum_in_words, next(given, []))) or None


class Reported:
    """The acts of records alone. Grows by one record at a time; a later record with the same id changes nothing."""

    def __init__(self) -> None:
        self._acts: dict[str, Act] = {}  # by key of a commitment (ARTICLE/c3)
        self._articles: set[str] = set()

    def add(self, record: Record) -> None:
        if record.article.id in self._articles:
            return
        self._articles.add(record.article.id)
        parties = {actor.id: Party(actor.name, actor.country or actor.name) for actor in record.actors}
        names = {project.id: project.name for project in record.projects}
        for commitment in record.commitments:
            if not commitment.boilerplate:
                key = f"{record.article.id}/{commitment.id}"
                self._acts[key] = _act(record, commitment, key, parties, names)

    def acts(self, same: Mapping[str, str]) -> Iterator[Act]:
        """Each act once; `same`: for a commitment's key, that of the commitment that stands for its act."""
        reports = defaultdict[str, list[Report]](list)
        for key, act in self._acts.items():
            reports[same.get(key, key)].extend(act.reports)
        for key, found in reports.items():
            if key in self._acts:
                act = self._acts[key]
                yield Act(**{**vars(act), "reports": found})


def _act(
    record: Record, commitment: Commitment, key: str, parties: Mapping[str, Party], names: Mapping[str, str]
) -> Act:
    flow = commitment.flow
    by, to = (flow.provider, flow.recipient) if flow else (commitment.by, commitment.to)
    projects = [names.get(project, project) for project in commitment.projects]
    return Act(
        id=key,
        kind=commitment.kind,
        instrument=flow.instrument if flow else None,
        negated=commitment.negated,
        by=list(_parties(by, parties)),
        to=list(_parties(to, parties)),
        projects={name.casefold(): name for name in projects},
        amount="; ".join(money(amount) or clean(amount.text) for amount in commitment.amounts) or None,
        reports=[_report(record, commitment, key)],
    )


def _parties(ids: Iterable[str], parties: Mapping[str, Party]) -> Iterator[Party]:
    return (parties.get(name, Party(name, name)) for name in ids)


def _report(record: Record, commitment: Commitment, key: str) -> Report:
    evidence = commitment.evidence[0]
    return Report(
        link=key,
        source=record.article.source,
        date=record.article.date,
        copies=[],
        status=commitment.status,
        trigger=commitment.trigger.text,
        amounts=[Sum(**amount.model_dump(include=set(Sum.model_fields))) for amount in commitment.amounts],
        dates=[date.iso for date in commitment.dates if date.iso],
        attributed_to=commitment.attributed_to,
        **evidence.model_dump(),
        quote=record.article.text[evidence.start : evidence.end],
    )


def progress(acts: Iterable[Act], rows: Mapping[str, int], today: Day | None) -> Json:
    """All acts and the names of their projects; `rows`: places of commitments in the index by their keys.

    A report has a `row`, its place in the index; where that is null its words, outlet and day stand beside it.
    `silent`: full months from the latest report to `today`, from `SILENT` on. `due`: `overdue` as in
    `corridor diff`.
    """
    found = list(acts)
    names = {project: name for act in found for project, name in act.projects.items()}
    return {"today": today, "projects": names, "acts": [_act_data(act, rows, today) for act in found]}


def _act_data(act: Act, rows: Mapping[str, int], today: Day | None) -> Json:
    latest = max(act.reports, key=stage)
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
    for report in sorted(reports, key=stage):
        steps.setdefault(report.status, []).append(report)
    return [
        {"status": status, "date": own[0].date, "reports": [_report_data(report, rows) for report in own]}
        for status, own in steps.items()
    ]


def _report_data(report: Report, rows: Mapping[str, int]) -> Json:
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
        "report": _report_data(due.report, rows),
    }


def _silent(reports: Iterable[Report], today: Day | None) -> int | None:
    latest = max((report.date for report in reports if report.date), default=None)
    months = _months(latest, today) if latest and today else 0
    return months if months >= SILENT else None


def _months(first: Day, last: Day) -> int:
    """Full months between two days."""
    one, other = date.fromisoformat(first), date.fromisoformat(last)
    return (other.year - one.year) * 12 + other.month - one.month - (other.day < one.day)
