"""Where a review begins, the states that undo and redo move between, and its decisions on commitments.

A decision is an operation of `operations.py`, or {"do": "undo"}, {"do": "redo"}, {"do": "finish", "finished": true}.
Repeating all of them gives the same progress again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pipeline.errors import ArticleError
from pipeline.gold.check import ARTICLE, doubts, problems
from pipeline.gold.importer import PERSON
from pipeline.publish.index import AGREEMENT, BY_PERSON
from pipeline.record import Commitment, Record, digest
from pipeline.review.accepted.decisions import ACCEPTED, Decided, Row, changed, entities, overlap, row_of, rows_of
from pipeline.review.edits.operations import agreed_on, call, checked, edited
from pipeline.review.edits.working import SURE, UNSIGNED, Refused, Signature, State, only, relation_id, rests_on

CORRECT_GOLD = "correct its gold file"
FIRST, SECOND = "rules:", "llm:"  # in the method of what the small models, and a language model, have found
UNSURE = 0.6  # what is surer is no note
Origin = Literal["records", "gold"]
Decision = Mapping[str, Any]


@dataclass(frozen=True)
class Base:
    """A record, or the gold of an earlier review, where a review begins.

    `seen`: the rows that a newer record had, by commitment, if the review went on with it.
    """

    origin: Origin
    record: Record
    seen: Mapping[str, Row] | None = None

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """What the record said of each commitment, as the reviewer saw it last."""
        return rows_of(self.record) if self.seen is None else self.seen

    @property
    def sha256(self) -> str:
        return digest(self.record.to_json())


def based_on(record: Record, origin: Origin = "records") -> Base:
    """Raises ArticleError if the record or gold is damaged."""
    if wrong := problems(record):
        remedy = CORRECT_GOLD if origin == "gold" else "extract it again"
        raise ArticleError(record.article.id, f"cannot be reviewed: {wrong[0]}; {remedy}")
    return Base(origin, record)


def notes(record: Record) -> list[str]:
    """What an annotator should check in a record."""
    return [*disputed(record), *doubts(record)]


def disputed(record: Record) -> list[str]:
    """The fields on which two readers disagree or of which they are least sure, those first."""
    names = {entity.id: entity.name for entity in entities(record)}
    found: list[tuple[float, str]] = []
    for act in record.commitments:
        sure = act.slot_confidence
        if sure is None or SECOND not in act.method or FIRST not in act.method:
            continue
        slots = [("status", act.status, sure.status)]
        for slot, field in (("by", "by"), ("with", "with_"), ("to", "to"), ("projects", "projects")):
            slots += [(slot, *pair) for pair in zip(getattr(act, field), getattr(sure, field), strict=False)]
        for slot, entry, value in slots:
            if value < UNSURE:
                what = f"{act.id} {act.trigger.text!r}: check {slot}: {names.get(entry, entry)} ({value:.2f})"
                found.append((value, what))
    return [what for _, what in sorted(found)]


class Step(NamedTuple):
    """A state of a review, and what it was made from."""

    base: Base
    state: State


@dataclass(frozen=True)
class Progress:
    """`at`: index of the present step; `version`: number of decisions made, `unseen` of those that no person made."""

    steps: tuple[Step, ...]
    at: int = 0
    version: int = 0
    finished: bool = False
    unseen: int = 0

    @property
    def base(self) -> Base:
        return self.steps[self.at].base

    @property
    def state(self) -> State:
        return self.steps[self.at].state

    @property
    def can_undo(self) -> bool:
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        return self.at + 1 < len(self.steps)

    @property
    def status(self) -> str:
        """`untouched`, `begun` or `finished`."""
        return "finished" if self.finished else "begun" if self.version > self.unseen else "untouched"


def begin(base: Base) -> Progress:
    """The progress before the first decision; an article that has gold already is finished."""
    return Progress((Step(base, State(base.record)),), finished=base.origin == "gold")


def renewed(progress: Progress, step: Step) -> Progress:
    """The progress that goes on from another record of the article, as one more decision; it is not finished then."""
    made = _with(progress, step)
    return replace(made, version=progress.version + 1, unseen=progress.unseen + 1, finished=False)


def agreed(progress: Progress, at: float, time: str | None) -> Progress:
    """The progress with all rows this sure accepted by agreement in every step, but for those a person decided on."""
    steps, persons = list[Step](), set[str]()
    for base, state in progress.steps:
        if steps and steps[-1].base.record.article.sha256 != base.record.article.sha256:
            persons = set()  # its ids are of other commitments
        persons |= {name for name, verdict in state.verdicts.items() if verdict.agreement is None}
        left = [one for one in state.record.commitments if one.id not in persons]
        steps.append(Step(base, agreed_on(state, left, base.rows, at, time)))
    return replace(progress, steps=tuple(steps), version=progress.version + 1, unseen=progress.unseen + 1)


def after(progress: Progress, decision: Decision, by: Signature = UNSIGNED) -> Progress:
    """The progress after one more decision. Raises Refused if it cannot be made."""
    do = decision.get("do")
    if isinstance(do, str) and do in MOVES:
        made = call(MOVES[do], progress, decision)
    else:
        made = _with(progress, Step(progress.base, edited(progress.state, decision, by)))
    return replace(made, version=progress.version + 1)


def _with(progress: Progress, step: Step) -> Progress:
    """The progress with one more step; what was undone is gone."""
    at = progress.at + 1
    return replace(progress, steps=(*progress.steps[:at], step), at=at)


def _undo(progress: Progress) -> Progress:
    if not progress.can_undo:
        raise Refused("there is nothing to undo")
    return replace(progress, at=progress.at - 1)


def _redo(progress: Progress) -> Progress:
    if not progress.can_redo:
        raise Refused("there is nothing to redo")
    return replace(progress, at=progress.at + 1)


def _finish(progress: Progress, finished: bool) -> Progress:
    if finished == progress.finished:
        raise Refused(f"the article is {progress.status} already")
    return replace(progress, finished=finished)


MOVES: Mapping[str, Callable[..., Progress]] = {
    "undo": checked(_undo),
    "redo": checked(_redo),
    "finish": checked(_finish),
}


def decided(base: Base, state: State) -> list[Decided]:
    """A row for each commitment that has a decision, or had one that is reopened; in the order of the record."""
    found, article = [], state.record.article
    for commitment in state.record.commitments:
        verdict, before = state.verdicts.get(commitment.id), base.rows.get(commitment.id)
        if verdict is None:
            continue
        row = row_of(state.record, commitment)
        # a trigger elsewhere is that of a new commitment with the id of one that was removed
        same = before and overlap(row.trigger, before.trigger) and not changed(row, before)
        found.append(
            Decided(
                article=article.id,
                sha256=article.sha256,
                commitment=commitment.id,
                decision=verdict.decision,
                corrected=verdict.decision == ACCEPTED and not same,
                agreement=verdict.agreement,
                reopened=verdict.reopened,
                row=row,
                before=before if base.origin == "records" else None,
                reviewer=verdict.by,
                time=verdict.at,
            )
        )
    return found


def accepted(state: State, rows: list[Decided]) -> Record | None:
    """The record with the accepted commitments, all that they rest on, and what else is ticked; None without any.

    A person vouches for these commitments: their confidence is 1, and `person` is or ends their method. That of those
    accepted by agreement ends in `agreement`, and their confidence stays.
    """
    by_id = {row.commitment: row for row in rows if row.decision == ACCEPTED}
    if not by_id:
        return None
    left = [_vouched(one, by_id[one.id]) for one in state.record.commitments if one.id in by_id]
    ticks = state.accepted.union(*(rests_on(state.record, one) for one in left))
    relations = [one for one in state.record.relations if relation_id(one) in ticks]
    sectors = state.record.sectors if ARTICLE in ticks else []
    return only(state.record.model_copy(update={"relations": relations, "sectors": sectors}), left, ticks)


def _vouched(commitment: Commitment, row: Decided) -> Commitment:
    if row.agreement is not None:
        return commitment.model_copy(update={"method": f"{commitment.method}+{AGREEMENT}"})
    read = [] if row.corrected or commitment.method in BY_PERSON else [commitment.method]
    sure = {"confidence": SURE, "row_confidence": SURE, "slot_confidence": None}
    return commitment.model_copy(update={"method": "+".join([*read, PERSON]), **sure})
