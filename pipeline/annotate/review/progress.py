"""How far the review of an article is: every state that undo and redo move over, rebuilt by doing all decisions again.

A decision is an operation of `operations.py`, or {"do": "undo"}, {"do": "redo"}, {"do": "finish", "finished": true}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.annotate.edits.base import Base
from pipeline.annotate.edits.operations import Edit, State, edited, formed
from pipeline.annotate.review.working import Refused

Decision = Mapping[str, Any]


class Finish(Edit):
    finished: bool


@dataclass(frozen=True)
class Progress:
    """`at`: which of the states is the present one; `version`: how many decisions were made."""

    states: tuple[State, ...]
    at: int = 0
    version: int = 0
    finished: bool = False

    @property
    def state(self) -> State:
        return self.states[self.at]

    @property
    def can_undo(self) -> bool:
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        return self.at + 1 < len(self.states)

    @property
    def said(self) -> str:
        """`untouched`, `begun` or `finished`."""
        return "finished" if self.finished else "begun" if self.version else "untouched"


def begin(base: Base) -> Progress:
    """Before the first decision; what has gold already is finished."""
    return Progress((State(base.record),), finished=base.origin == "gold")


def after(progress: Progress, decision: Decision) -> Progress:
    """The progress after one more decision. Raises Refused where it cannot be made."""
    do, told = decision.get("do"), {name: value for name, value in decision.items() if name != "do"}
    made = _moved(progress, do, told) if isinstance(do, str) and do in MOVES else _edited(progress, do, told)
    return replace(made, version=progress.version + 1)


def _moved(progress: Progress, do: str, told: Decision) -> Progress:
    shape, move = MOVES[do]
    return move(progress, formed(shape, told))


def _edited(progress: Progress, do: Any, told: Decision) -> Progress:
    states = (*progress.states[: progress.at + 1], edited(progress.state, do, told))
    return replace(progress, states=states, at=progress.at + 1)


def _undone(progress: Progress, told: Edit) -> Progress:
    if not progress.can_undo:
        raise Refused("there is nothing to undo")
    return replace(progress, at=progress.at - 1)


def _redone(progress: Progress, told: Edit) -> Progress:
    if not progress.can_redo:
        raise Refused("there is nothing to redo")
    return replace(progress, at=progress.at + 1)


def _finished(progress: Progress, told: Finish) -> Progress:
    if told.finished == progress.finished:
        raise Refused(f"the article is {progress.said} already")
    return replace(progress, finished=told.finished)


MOVES: Mapping[str, tuple[type[Edit], Callable[[Progress, Any], Progress]]] = {
    "undo": (Edit, _undone),
    "redo": (Edit, _redone),
    "finish": (Finish, _finished),
}
