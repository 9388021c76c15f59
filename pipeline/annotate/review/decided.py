"""The decisions of a review on commitments: as rows for others to read, and as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.accepted.rows import ACCEPTED, Decided, Row, row_of
from pipeline.accepted.wording import changed
from pipeline.annotate.edits.operations import State
from pipeline.annotate.review.base import Base

Shown = dict[str, dict[str, Any]]  # by commitment: "decision" and "reopened"
CORRECTED = "corrected"  # an accepted row that a person changed or added


def decided(base: Base, state: State) -> list[Decided]:
    """A row for each commitment that has a decision, or had one that is reopened; in the order of the record."""
    return list(_decided(base, state))


def _decided(base: Base, state: State) -> Iterator[Decided]:
    article = state.record.article
    for commitment in state.record.commitments:
        verdict = state.verdicts.get(commitment.id)
        if verdict is None:
            continue
        row = row_of(state.record, commitment)
        yield Decided(
            article=article.id,
            sha256=article.sha256,
            commitment=commitment.id,
            decision=verdict.decision,
            corrected=verdict.decision == ACCEPTED and is_corrected(row, base.rows.get(commitment.id)),
            reopened=verdict.reopened,
            row=row,
            before=base.rows.get(commitment.id) if base.origin == "records" else None,
            reviewer=verdict.signature.by,
            time=verdict.signature.at,
        )


def is_corrected(row: Row, before: Row | None) -> bool:
    """Whether a row is not that of the record: a person changed it, or added it."""
    if before is None or bool(changed(row, before)):
        return True
    return row.trigger.start >= before.trigger.end or before.trigger.start >= row.trigger.end  # the id of one removed


def shown(base: Base, state: State) -> Shown:
    """What the page shows beside each commitment; `corrected` stands for an accepted row that a person changed."""
    found: Shown = {one.id: {"decision": None, "reopened": None} for one in state.record.commitments}
    for one in decided(base, state):
        if one.decision:
            name = CORRECTED if one.corrected else one.decision
            found[one.commitment]["decision"] = {"decision": name, "by": one.reviewer, "at": one.time}
        found[one.commitment]["reopened"] = one.reopened
    return found


def as_lines(rows: list[Decided]) -> str | None:
    """The rows as JSON lines; None without any."""
    return "".join(row.to_json() + "\n" for row in rows) or None
