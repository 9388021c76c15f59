"""What tools of a language model give back: commitments with names in place of ids, and the words that say so."""

from __future__ import annotations

from pydantic import BaseModel

from pipeline.knowledge.changes import Change, Named, Saying, latest_status
from pipeline.knowledge.row_models import Event, KnownCommitment, KnownProject, shown
from pipeline.publish.index import RecordIndex
from pipeline.record import CommitmentKind, Instrument, Record, Status
from pipeline.serve.known import Known


class ReadCommitment(BaseModel):
    """A commitment of one article. `row_confidence`: probability that kind, status, parties and money are all right."""

    kind: CommitmentKind
    status: Status
    instrument: Instrument | None
    by: list[str]
    partners: list[str]
    to: list[str]
    provider: list[str]
    recipient: list[str]
    projects: list[str]
    amounts: list[str]
    dates: list[str]
    attributed_to: str | None
    negated: bool
    row_confidence: float | None
    quote: str


class Reading(BaseModel):
    """What one article says. `language`: ISO 639-1; only English is read well."""

    article: str
    language: str | None
    commitments: list[ReadCommitment]


class FoundCommitment(BaseModel):
    """A commitment across articles. `status`: of its latest report; `disagree`: what reports contradict."""

    id: str
    kind: CommitmentKind
    status: Status
    instrument: Instrument | None
    by: list[Named]
    to: list[Named]
    provider: list[Named]
    recipient: list[Named]
    projects: list[Named]
    amount: str | None
    dates: list[str]
    first: str | None
    latest: str | None
    disagree: list[str]
    quotes: list[Saying]


class FoundCommitments(BaseModel):
    """Some of `total` commitments."""

    total: int
    commitments: list[FoundCommitment]


class FoundProject(BaseModel):
    """The project that fits best, with all that is reported of it; `others`: projects that fit too."""

    project: KnownProject | None
    commitments: list[FoundCommitment]
    timeline: list[Event]
    others: list[Named]


class News(BaseModel):
    """Some of `total` changes."""

    total: int
    changes: list[Change]


def reading(record: Record) -> Reading:
    index = RecordIndex(record)

    def names(ids: list[str]) -> list[str]:
        return [index.name(one) for one in dict.fromkeys(ids)]

    rows = [
        ReadCommitment(
            kind=one.kind,
            status=one.status,
            instrument=one.flow.instrument if one.flow else None,
            by=names(one.by),
            partners=names(one.with_),
            to=names(one.to),
            provider=names(one.flow.provider if one.flow else []),
            recipient=names(one.flow.recipient if one.flow else []),
            projects=names(one.projects),
            amounts=[amount.text for amount in one.amounts],
            dates=[date.iso or date.text for date in one.dates],
            attributed_to=index.name(one.attributed_to) if one.attributed_to else None,
            negated=one.negated,
            row_confidence=one.row_confidence,
            quote=index.best(one),
        )
        for one in record.commitments
        if not one.boilerplate
    ]
    return Reading(article=record.article.id, language=record.article.language, commitments=rows)


def found(row: KnownCommitment, known: Known) -> FoundCommitment:
    """A commitment with names, and a quote of each of its reports."""
    parties = {
        name: known.named(value.value for value in getattr(row, name))
        for name in ("by", "to", "provider", "recipient", "projects")
    }
    return FoundCommitment(
        id=row.id,
        kind=row.kind,
        status=latest_status(row),
        instrument=row.instrument,
        **parties,
        amount=shown(row.amount) if row.amount else None,
        dates=[value.value for value in row.dates],
        first=row.first,
        latest=row.latest,
        disagree=[*row.disagree],
        quotes=[known.saying(report) for report in row.tellings],
    )
