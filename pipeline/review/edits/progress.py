"""Where a review begins, the states it went through, and its decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from pipeline.errors import ArticleError
from pipeline.gold.check import ARTICLE, doubts, problems
from pipeline.record import Commitment, Record, digest
from pipeline.review.accepted.agreement import name_of
from pipeline.review.accepted.decisions import ACCEPTED, DECISIONS, Decided, Row, changed, only, row_of, rows_of
from pipeline.review.accepted.decisions import ACCEPTED as PUBLISHED
from pipeline.review.edits.operations import Edit, State, edited, parsed
from pipeline.review.edits.verdicts import rests_on
from pipeline.review.edits.working import METHOD, SURE, UNSIGNED, Refused, Signature, relation_id

CORRECT_GOLD = "correct its gold file"
FIRST, SECOND = "rules:", "llm:"  # in the method of what the small models, and a language model, have found
UNSURE = 0.6  # what is surer is no note


@dataclass(frozen=True)
class Base:
    """`seen`: the rows that a newer record had, by commitment, if the review went on with it."""

    origin: Literal["records", "gold"]
    record: Record
    seen: Mapping[str, Row] | None = None

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """What the record said of each commitment, as the reviewer saw it last."""
        return rows_of(self.record) if self.seen is None else self.seen

    @property
    def sha256(self) -> str:
        return digest(self.record.to_json())


def from_record(record: Record) -> Base:
    """Raises ArticleError if the record is damaged."""
    return _sound("records", record, "extract it again")


def from_gold(record: Record) -> Base:
    """Raises ArticleError if the gold is not valid."""
    return _sound("gold", record, CORRECT_GOLD)


def notes(record: Record) -> list[str]:
    """What an annotator should check in a record."""
    return [*disputed(record), *doubts(record)]


def disputed(record: Record) -> list[str]:
    """The fields on which two readers disagree or of which they are least sure, those first."""
    names = {part.id: part.name for part in record.actors} | {part.id: part.name for part in record.projects}
    found: list[tuple[float, str]] = []
    for act in record.commitments:
        if act.slot_confidence and SECOND in act.method and FIRST in act.method:
            sure = act.slot_confidence
            slots: dict[str, tuple[list[str], list[float]]] = {
                "status": ([act.status], [sure.status]),
                "by": (act.by, sure.by),
                "with": (act.with_, sure.with_),
                "to": (act.to, sure.to),
                "projects": (act.projects, sure.projects),
            }
            for field, (entries, values) in slots.items():
                for entry, value in zip(entries, values, strict=False):
                    what = f"{act.id} {act.trigger.text!r}: check {field}: {names.get(entry, entry)} ({value:.2f})"
                    found += [(value, what)] if value < UNSURE else []
    return [what for _, what in sorted(found)]


def _sound(origin: Literal["records", "gold"], record: Record, remedy: str) -> Base:
    if wrong := problems(record):
        raise ArticleError(record.article.id, f"cannot be reviewed: {wrong[0]}; {remedy}")
    return Base(origin, record)


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


Decision = Mapping[str, Any]


class Finish(Edit):
    finished: bool


@dataclass(frozen=True)
class Progress:
    """`bases`: what each state was made from; `at`: index of the present state; `version`: number of decisions made."""

    states: tuple[State, ...]
    bases: tuple[Base, ...]
    at: int = 0
    version: int = 0
    finished: bool = False

    @property
    def state(self) -> State:
        return self.states[self.at]

    @property
    def base(self) -> Base:
        return self.bases[self.at]

    @property
    def can_undo(self) -> bool:
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        return self.at + 1 < len(self.states)

    @property
    def status(self) -> str:
        """`untouched`, `begun` or `finished`."""
        return "finished" if self.finished else "begun" if self.version else "untouched"


def begin(base: Base) -> Progress:
    """The progress before the first decision; an article that has gold already is finished."""
    return Progress((State(base.record),), (base,), finished=base.origin == "gold")


def renewed(progress: Progress, base: Base, state: State) -> Progress:
    """The progress that goes on from another record of the article, as one more decision; it is not finished then."""
    return replace(_step(progress, base, state), version=progress.version + 1, finished=False)


def after(progress: Progress, decision: Decision, signature: Signature = UNSIGNED) -> Progress:
    """The progress after one more decision. Raises Refused if it cannot be made."""
    do, arguments = decision.get("do"), {name: value for name, value in decision.items() if name != "do"}
    if isinstance(do, str) and do in MOVES:
        shape, move = MOVES[do]
        made = move(progress, parsed(shape, arguments))
    else:
        made = _step(progress, progress.base, edited(progress.state, do, arguments, signature))
    return replace(made, version=progress.version + 1)


def _step(progress: Progress, base: Base, state: State) -> Progress:
    """The progress with one more state; what was undone is gone."""
    at = progress.at + 1
    return replace(progress, states=(*progress.states[:at], state), bases=(*progress.bases[:at], base), at=at)


def _undo(progress: Progress, _: Edit) -> Progress:
    if not progress.can_undo:
        raise Refused("there is nothing to undo")
    return replace(progress, at=progress.at - 1)


def _redo(progress: Progress, _: Edit) -> Progress:
    if not progress.can_redo:
        raise Refused("there is nothing to redo")
    return replace(progress, at=progress.at + 1)


def _finish(progress: Progress, arguments: Finish) -> Progress:
    if arguments.finished == progress.finished:
        raise Refused(f"the article is {progress.status} already")
    return replace(progress, finished=arguments.finished)


MOVES: Mapping[str, tuple[type[Edit], Callable[[Progress, Any], Progress]]] = {
    "undo": (Edit, _undo),
    "redo": (Edit, _redo),
    "finish": (Finish, _finish),
}
