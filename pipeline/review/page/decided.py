"""The decisions of a review on commitments: as rows for others to read, and as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.gold.check import ARTICLE
from pipeline.record import Commitment, Record
from pipeline.review.accepted.agreement import name_of
from pipeline.review.accepted.files import ACCEPTED as PUBLISHED
from pipeline.review.accepted.files import DECISIONS
from pipeline.review.accepted.parts import only
from pipeline.review.accepted.rows import ACCEPTED, Decided, Row, row_of
from pipeline.review.accepted.wording import changed
from pipeline.review.edits.ids import relation_id
from pipeline.review.edits.operations import State
from pipeline.review.edits.verdicts import rests_on
from pipeline.review.edits.working import METHOD, SURE
from pipeline.review.page.base import Base

Shown = dict[str, dict[str, Any]]  # by commitment: "decision" and "reopened"


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
            found[one.commitment]["decision"] = {"decision": name_of(one), "by": one.reviewer, "at": one.time}
        found[one.commitment]["reopened"] = one.reopened
    return found


def published(base: Base, state: State) -> dict[str, str | None]:
    """What others can read of the decisions: the text of `decisions` and of `accepted`; None for no file."""
    rows = decided(base, state)
    record = accepted(state, rows)
    return {
        DECISIONS: "".join(row.to_json() + "\n" for row in rows) or None,
        PUBLISHED: record.to_json() + "\n" if record else None,
    }


def accepted(state: State, rows: list[Decided]) -> Record | None:
    """The record with the accepted commitments, all that they rest on, and what else is ticked; None without any.

    A person vouches for these commitments: their confidence is 1, and "reviewed" is or ends their method.
    """
    corrected = {row.commitment: row.corrected for row in rows if row.decision == ACCEPTED}
    if not corrected:
        return None
    left = [_vouched(one, corrected[one.id]) for one in state.record.commitments if one.id in corrected]
    ticks = state.accepted.union(*(rests_on(state.record, one) for one in left))
    relations = [one for one in state.record.relations if relation_id(one) in ticks]
    sectors = state.record.sectors if ARTICLE in ticks else []
    return only(state.record.model_copy(update={"relations": relations, "sectors": sectors}), left, ticks)


def _vouched(commitment: Commitment, corrected: bool) -> Commitment:
    read = [] if corrected or commitment.method == METHOD else [commitment.method]
    sure = {"confidence": SURE, "row_confidence": SURE, "slot_confidence": None}
    return commitment.model_copy(update={"method": "+".join([*read, METHOD]), **sure})
