"""A review that goes on with a newer record of its article, because that reopens what was accepted.

In the same text only the reopened commitments take the new values; all else stays as the reviewer left it. In another
text the review goes on from the new record, and takes over every decision that still holds, with the corrected values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.errors import ArticleError
from pipeline.gold.check import problems
from pipeline.record import Commitment, Record
from pipeline.review.accepted.carrying import Compared, Stated, carried, compare, gone_from, matches, text_changes
from pipeline.review.accepted.decisions import FIELDS, Row, changed, clipped, row_of, rows_of
from pipeline.review.edits.operations import State
from pipeline.review.edits.progress import Base, decided, from_record
from pipeline.review.edits.verdicts import rests_on
from pipeline.review.edits.working import Verdict

SAME_TEXT = "the records hold new values of what you accepted: those commitments show them and are to be decided again"
OTHER_TEXT = (
    "the records hold another text of this article: the review goes on with it. Decisions that still hold are kept; "
    "corrections of mentions, names and relations are not"
)
COLUMNS = {  # fields of a commitment, by those of `FIELDS`
    "kind": "kind", "status": "status", "denied": "negated", "by": "by", "with": "with_", "to": "to",
    "project": "projects", "amount": "amounts", "date": "dates", "flow": "flow",
}  # fmt: skip


@dataclass(frozen=True)
class Renewal:
    """The state from which the review goes on, and messages for the reviewer."""

    base: Base
    state: State
    notes: list[str]


def renewal(base: Base, state: State, record: Record) -> Renewal | None:
    """How the review goes on with a newer record; None if that reopens nothing.

    Raises ArticleError where the record is damaged.
    """
    article = record.article
    found = compare(decided(base, state), article.text, article.sha256, rows_of(record))
    if not any(one.changes and one.reopened for one in found):
        return None
    new = from_record(record)
    same = article.sha256 == state.record.article.sha256
    made = _in_same_text(base, state, record, found) if same else _in_other_text(new, state, found)
    wrong = problems(made.state.record)
    if wrong:
        raise ArticleError(article.id, f"the new record cannot be reviewed: {wrong[0]}; extract it again")
    return made


def _in_same_text(base: Base, state: State, record: Record, found: list[Compared]) -> Renewal:
    target, verdicts, ticks = state.record, dict(state.verdicts), set(state.accepted)
    new = {one.id: one for one in record.commitments}
    for one in found:
        name, reason = one.decided.commitment, one.reopened
        if not one.changes or reason is None:
            continue
        now = one.commitment and new[one.commitment]
        if now:
            own = next(commitment for commitment in target.commitments if commitment.id == name)
            target = _with_new_values(target, own, record, now, one.decided.before)
        signature = state.verdicts[name].signature
        verdicts[name] = Verdict(None, signature, reason)
        ticks -= {tick for tick in ticks if tick == name or tick.startswith(f"{name} ")}
    rows, names = rows_of(state.record), list(new)
    at = matches(_stated(record, rows.values()), _stated(record, rows_of(record).values()))
    seen = {name: None if n is None else names[n] for name, n in zip(rows, at, strict=True)}
    before = {name: row_of(record, new[other]) for name, other in seen.items() if other}
    made = replace(base, record=record, seen=before)
    return Renewal(made, State(target, frozenset(ticks), verdicts), [SAME_TEXT])


def _stated(record: Record, rows: Iterable[Row]) -> list[Stated]:
    return [Stated(record.article.sha256, row) for row in rows]


def _with_new_values(target: Record, own: Commitment, record: Record, now: Commitment, before: Row | None) -> Record:
    """The target with the new values in the place of `own`; a field that is as before stays as a person left it."""
    whole = carried(target, record, now, own.id)
    if whole is None:
        return target
    new = next(one for one in whole.commitments if one.id == own.id)
    said = row_of(record, now)
    same = [field for field, words in FIELDS.items() if before is not None and words(said) == words(before)]
    merged = new.model_copy(update={COLUMNS[field]: getattr(own, COLUMNS[field]) for field in same})
    left = [merged if one.id == own.id else one for one in whole.commitments]
    return whole.model_copy(update={"commitments": left})


def _in_other_text(base: Base, state: State, found: list[Compared]) -> Renewal:
    record = base.record
    target, verdicts, ticked, notes = record, dict[str, Verdict](), list[str](), [OTHER_TEXT]
    seen = dict(base.rows)
    old = {one.id: one for one in state.record.commitments}
    for one in found:
        verdict, name = state.verdicts[one.decided.commitment], one.commitment
        holds = not one.changes and not one.reopened
        if not holds and one.decided.decision in ("rejected", "unsure"):
            continue  # to be decided on again
        if holds or name is None:
            whole = carried(target, state.record, old[one.decided.commitment], name)
            if whole is None:
                notes.append(_lost(one))
                continue
            name = name or next(c.id for c in whole.commitments if c.id not in {c.id for c in target.commitments})
            target = whole
        if holds:
            verdicts[name] = verdict
            ticked.append(name)
        else:
            now = row_of(target, next(c for c in target.commitments if c.id == name))
            gone = gone_from(one.decided, record.article.text, record.article.sha256)
            why = "; ".join([*changed(now, one.decided.row), *text_changes(now, gone)]) or one.reopened
            verdicts[name] = Verdict(None, verdict.signature, why)
        if one.decided.before is None:
            seen.pop(name, None)
    ticks = {tick for name in ticked for tick in _rests_on(target, name)}
    return Renewal(replace(base, seen=seen), State(target, frozenset(ticks), verdicts), notes)


def _rests_on(record: Record, name: str) -> set[str]:
    return rests_on(record, next(one for one in record.commitments if one.id == name))


def _lost(one: Compared) -> str:
    said = one.decided
    return f"{said.decision or 'reopened'}: {clipped(said.row.trigger.text)}: {'; '.join(one.changes)}"
