"""The progress of a review: all states that undo and redo move between, rebuilt by repeating the decisions.

A decision is an operation of `operations.py`, or {"do": "undo"}, {"do": "redo"}, {"do": "finish", "finished": true}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.review.edits.operations import Edit, State, edited, parsed
from pipeline.review.edits.working import UNSIGNED, Refused, Signature
from pipeline.review.page.base import Base

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
