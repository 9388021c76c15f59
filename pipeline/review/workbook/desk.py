"""An article under correction: each changed cell becomes operations of a review, and all of them hold or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pipeline.gold.check import defects
from pipeline.record import Record
from pipeline.review.accepted.rows import Decided
from pipeline.review.edits.operations import State, edited
from pipeline.review.edits.sound import problems
from pipeline.review.edits.working import Refused
from pipeline.review.formats.task import Task
from pipeline.review.page.decided import decided
from pipeline.review.workbook.carried import Carried
from pipeline.review.workbook.lines import Line, Refuse

Operation = dict[str, Any]
Make = Callable[[Record], Iterable[Operation]]


class Desk:
    """`say`: called with what someone should check."""

    def __init__(self, carried: Carried, refuse: Refuse, say: Callable[[str], None]) -> None:
        self._carried, self._refuse, self._say = carried, refuse, say
        self._state = State(carried.record)

    @property
    def record(self) -> Record:
        """The record as it is now."""
        return self._state.record

    @property
    def before(self) -> Record:
        """The record as the workbook was made from it."""
        return self._carried.record

    def apply(self, line: Line, column: str, make: Make) -> bool:
        """Does what `make` says of the present record; where it cannot be done, refuses the cell and changes nothing.

        Returns whether it was done.
        """
        try:
            state = self._state
            operations = list(make(state.record))
            for operation in operations:
                arguments = {name: value for name, value in operation.items() if name != "do"}
                state = edited(state, operation["do"], arguments)
            if operations:
                wrong = problems(state.record) or defects(self._carried.base.gold(state.kept))
                if wrong:
                    raise Refused(wrong[0])
                self._state = state
            return True
        except Refused as error:
            self.refuse(line, column, str(error))
            return False

    def refuse(self, line: Line, column: str, reason: str) -> None:
        self._refuse(line.sheet, line.at(column), reason)

    def note(self, line: Line, column: str, what: str) -> None:
        """Says what someone should check in a cell."""
        self._say(f"sheet {line.sheet}, {line.at(column)}: {what}")

    def task(self) -> Task:
        """The article with its gold; where nothing was changed, the very gold that the workbook was made from."""
        if self._carried.task and self._state.kept == self.before:
            return self._carried.task
        return Task(self._carried.base.gold(self._state.kept), self._carried.base.row)

    def decided(self) -> list[Decided]:
        """The decisions on commitments."""
        return decided(self._carried.base, self._state)
