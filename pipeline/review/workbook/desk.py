"""An article under correction: each changed cell becomes operations of a review, and all of them hold or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pipeline.gold.check import problems
from pipeline.gold.folder import as_gold
from pipeline.record import Record
from pipeline.review.accepted.decisions import Decided
from pipeline.review.edits.operations import State, edited
from pipeline.review.edits.progress import Base, decided
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.lines import Line, Refuse

Operation = dict[str, Any]
Make = Callable[[Record], Iterable[Operation]]


class Desk:
    """`say`: called with what someone should check."""

    def __init__(self, base: Base, refuse: Refuse, say: Callable[[str], None]) -> None:
        self._base, self._refuse, self._say = base, refuse, say
        self._state = State(base.record)

    @property
    def record(self) -> Record:
        """The record as it is now."""
        return self._state.record

    @property
    def before(self) -> Record:
        """The record as the workbook was made from it."""
        return self._base.record

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
                wrong = problems(state.record)
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

    def gold(self) -> Record:
        """The gold of the article."""
        return as_gold(self._state.kept)

    def decided(self) -> list[Decided]:
        """The decisions on commitments."""
        return decided(self._base, self._state)
