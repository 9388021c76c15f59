"""A commitment as a person decides on it, with names and quotes in place of ids, and the decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from pipeline.record import (
    Amount,
    Commitment,
    CommitmentKind,
    Date,
    Digest,
    Instrument,
    Part,
    Quote,
    Record,
    Status,
    Term,
)

Decision = Literal["accepted", "rejected", "unsure"]
ACCEPTED, REJECTED, UNSURE = "accepted", "rejected", "unsure"


class FlowRow(Part):
    """A flow of money; `provider` and `recipient` are names."""

    instrument: Instrument
    provider: list[str]
    recipient: list[str]
    terms: dict[Term, str]


class Row(Part):
    """A commitment without ids: `by`, `with_`, `to`, `projects` are names, `evidence` its sentences.

    Offsets are those of the article whose digest the decision names.
    """

    kind: CommitmentKind
    status: Status
    negated: bool
    trigger: Quote
    by: list[str]
    with_: list[str] = Field(alias="with")
    to: list[str]
    projects: list[str]
    amounts: list[Amount]
    dates: list[Date]
    flow: FlowRow | None
    evidence: list[Quote]


class Decided(Part):
    """What was decided on one commitment.

    `decision` is null where a decision is `reopened`, which then says why. `corrected`: a person changed the row, or
    added it. `before`: the row of the record that was reviewed; null for what a person added, and for gold that was
    there before the review. `sha256`: the digest of the article's text.
    """

    article: str
    sha256: Digest
    commitment: str
    decision: Decision | None
    corrected: bool = False
    reopened: str | None = None
    row: Row
    before: Row | None = None
    reviewer: str | None = None
    time: str | None = None

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True)


def row_of(record: Record, commitment: Commitment) -> Row:
    """A commitment of a record as a row."""
    names = {actor.id: actor.name for actor in record.actors}
    names |= {project.id: project.name for project in record.projects}

    def named(ids: Iterable[str]) -> list[str]:
        return [names.get(one, one) for one in ids]

    flow, text = commitment.flow, record.article.text
    fields = {field: named(getattr(commitment, field)) for field in ("by", "to", "projects")}
    return Row.model_validate(
        {
            "kind": commitment.kind,
            "status": commitment.status,
            "negated": commitment.negated,
            "trigger": commitment.trigger,
            "with": named(commitment.with_),
            "amounts": commitment.amounts,
            "dates": commitment.dates,
            "flow": flow
            and FlowRow(
                instrument=flow.instrument,
                provider=named(flow.provider),
                recipient=named(flow.recipient),
                terms=flow.terms,
            ),
            "evidence": [Quote(text=text[e.start : e.end], start=e.start, end=e.end) for e in commitment.evidence],
            **fields,
        }
    )


def rows_of(record: Record) -> dict[str, Row]:
    """The rows of a record by the ids of their commitments."""
    return {commitment.id: row_of(record, commitment) for commitment in record.commitments}
