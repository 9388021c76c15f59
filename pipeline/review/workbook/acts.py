"""The rows of the sheet `commitments` as operations: corrected, rejected and new commitments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pipeline.gold.importer import Offsets
from pipeline.record import Commitment, Record
from pipeline.review.edits.working import Refused, ids_of, in_slot
from pipeline.review.workbook.columns import (
    ACCEPTED,
    COLUMNS,
    COMMITMENTS,
    CORRECTED,
    DECISION,
    INSTRUMENT,
    PROVIDER,
    QUOTE,
    RECIPIENT,
    REJECTED,
    TRIGGER,
)
from pipeline.review.workbook.desk import Desk, Operation
from pipeline.review.workbook.lines import Line
from pipeline.review.workbook.names import Names, labels
from pipeline.review.workbook.quoted import operations as quoted
from pipeline.review.workbook.rows import Row, commitment_row
from pipeline.review.workbook.typed import choice, sector_codes, yes
from pipeline.review.workbook.values import parts, plain
from pipeline.review.workbook.words import nearest, places

MANY = {column.name for column in COLUMNS[COMMITMENTS] if column.many}
REQUIRED = (TRIGGER, "kind", "status")
FLOW = (INSTRUMENT, PROVIDER, RECIPIENT)
ENTITIES = ("by", "with", "to", "projects", "attributed_to")

_Make = Callable[[Record, Commitment, Line, str], list[Operation]]


class Acts:
    """The commitments of one article, after its actors and projects were corrected."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        record, before = desk.record, desk.before
        self._actors = Names("actor", record.actors, labels(before.actors))
        self._projects = Names("project", record.projects, labels(before.projects))

    def correct(self, line: Line, name: str) -> str | None:
        """Corrects a commitment by its row; returns the decision, if there is one that can be read."""
        before = next(act for act in self._desk.before.commitments if act.id == name)
        row = commitment_row(self._desk.before, before)
        if QUOTE in line.cells and line.text(QUOTE) != row[QUOTE]:
            reason = f"is not the sentence of {name}; its row was changed, or sorted in part, so nothing of it is read"
            self._desk.refuse(line, QUOTE, reason)
            return None
        decision = self._decision(line)
        changed = [column for column in row if column in line.cells and not _same(line, column, row)]
        if decision == REJECTED:
            if set(changed) - {DECISION}:
                self._desk.note(line, DECISION, f"{name} is rejected; what else was changed in its row is not read")
        else:
            self._fill(line, name, changed)
        self._decide(line, name, decision)
        return decision

    def add(self, line: Line) -> str | None:
        """Adds the commitment of a new row; returns the decision, if there is one that can be read."""
        decision = self._decision(line)
        if decision == REJECTED:
            self._desk.note(line, DECISION, "a new row that is rejected is left out")
            return None
        missing = [column for column in REQUIRED if not line.text(column)]
        for column in missing:
            self._desk.refuse(line, column, f"a new commitment needs {' and '.join(missing)}; the row is not read")
        known = ids_of(self._desk.record)
        if missing or not self._desk.apply(line, TRIGGER, lambda record: [self._new(record, line)]):
            return None
        (name,) = [act.id for act in self._desk.record.commitments if act.id not in known]
        filled = [column for column in line.cells if line.text(column) and column not in REQUIRED]
        self._fill(line, name, filled)
        self._decide(line, name, decision)
        return decision

    def _fill(self, line: Line, name: str, columns: list[str]) -> None:
        for column, make in self._makers().items():
            if column in columns and self._readable(line, column):
                self._desk.apply(line, column, partial(self._made, make, line, name, column))
        flow = [column for column in FLOW if column in columns and self._readable(line, column)]
        if flow:
            self._desk.apply(line, flow[0], lambda record: self._flow(line, _act(record, name), flow))

    def _made(self, make: _Make, line: Line, name: str, column: str, record: Record) -> list[Operation]:
        return make(record, _act(record, name), line, column)

    def _decide(self, line: Line, name: str, decision: str | None) -> None:
        """A corrected row is an accepted one that differs from the record."""
        if decision:
            made = ACCEPTED if decision == CORRECTED else decision
            self._desk.apply(line, DECISION, lambda _: [{"do": "decide", "id": name, "decision": made}])

    def _makers(self) -> dict[str, _Make]:
        return {
            TRIGGER: self._trigger,
            "kind": self._field,
            "status": self._field,
            "negated": self._field,
            **dict.fromkeys(ENTITIES, self._entities),
            "amounts": self._quoted,
            "dates": self._quoted,
            "sectors": self._sectors,
        }

    def _readable(self, line: Line, column: str) -> bool:
        if line.cells[column].wrong:
            self._desk.refuse(line, column, line.cells[column].wrong)
        return not line.cells[column].wrong

    def _decision(self, line: Line) -> str | None:
        try:
            return choice("decisions", line.text(DECISION)) if line.text(DECISION) else None
        except Refused as error:
            self._desk.refuse(line, DECISION, str(error))
            return None

    def _new(self, record: Record, line: Line) -> Operation:
        within = places(record.article.text, line.text(QUOTE)) if line.text(QUOTE) else []
        if line.text(QUOTE) and not within:
            raise Refused(f"the words of the column {QUOTE} are not in the article; paste a sentence of it")
        start, end = _place(record, line.text(TRIGGER), within)
        same = next((act for act in record.commitments if (act.trigger.start, act.trigger.end) == (start, end)), None)
        if same:
            raise Refused(f"{same.id} has this trigger already; correct its row, and put back its id if it is gone")
        fields = {"kind": choice("kinds", line.text("kind")), "status": choice("statuses", line.text("status"))}
        return {"do": "add", "what": "commitment", "fields": {**fields, "start": start, "end": end}}

    def _trigger(self, record: Record, act: Commitment, line: Line, column: str) -> list[Operation]:
        if not line.text(column):
            raise Refused("must not be empty; to remove the commitment, choose rejected")
        start, end = _place(record, line.text(column), [(e.start, e.end) for e in act.evidence])
        moved = (start, end) != (act.trigger.start, act.trigger.end)
        return [{"do": "set", "id": act.id, "fields": {"start": start, "end": end}}] if moved else []

    def _field(self, record: Record, act: Commitment, line: Line, column: str) -> list[Operation]:
        typed, lists = line.text(column), {"kind": "kinds", "status": "statuses"}
        value: Any = choice(lists[column], typed) if column in lists else yes(typed)
        return [] if getattr(act, column) == value else [{"do": "set", "id": act.id, "fields": {column: value}}]

    def _entities(self, record: Record, act: Commitment, line: Line, column: str) -> list[Operation]:
        typed = parts(line.cells[column].text) if column in MANY else [line.text(column)] if line.text(column) else []
        return _to_slot(act, column, (self._projects if column == "projects" else self._actors).find_all(typed))

    def _sectors(self, record: Record, act: Commitment, line: Line, column: str) -> list[Operation]:
        return _to_slot(act, column, sector_codes(parts(line.cells[column].text)))

    def _quoted(self, record: Record, act: Commitment, line: Line, column: str) -> list[Operation]:
        made = quoted(record, act, "amounts" if column == "amounts" else "dates", parts(line.cells[column].text))
        for one in made:
            if one["do"] == "set":
                self._desk.note(line, column, f"{line.text(column)!r} is not what the words of the article say; taken")
        return made

    def _flow(self, line: Line, act: Commitment, columns: list[str]) -> list[Operation]:
        old = act.flow
        instrument: str | None = old.instrument if old else None
        if INSTRUMENT in columns:
            instrument = choice("instruments", line.text(INSTRUMENT)) if line.text(INSTRUMENT) else None
        sides = {side: list(getattr(old, side)) if old else [] for side in (PROVIDER, RECIPIENT)}
        for side in sides:
            if side in columns:
                sides[side] = self._actors.find_all(parts(line.cells[side].text))
        if instrument is None and any(sides.values()):
            raise Refused(f"money that moves has an {INSTRUMENT}: choose one, or empty {PROVIDER} and {RECIPIENT} too")
        terms = dict(old.terms) if old else {}
        flow = {"instrument": instrument, **sides, "terms": terms} if instrument else None
        if flow == (old.model_dump() if old else None):
            return []
        return [{"do": "set", "id": act.id, "fields": {"flow": flow}}]


def _same(line: Line, column: str, row: Row) -> bool:
    """Whether a cell is as it was written."""
    if line.cells[column].wrong:
        return False
    text = line.cells[column].text
    return parts(text) == parts(row[column]) if column in MANY else plain(text) == row[column]


def _act(record: Record, name: str) -> Commitment:
    return next(act for act in record.commitments if act.id == name)


def _to_slot(act: Commitment, slot: str, values: list[str]) -> list[Operation]:
    """The operations that make a slot hold these values."""
    if slot == "attributed_to" and len(values) > 1:
        raise Refused("holds one actor")
    old = in_slot(act, slot)
    gone = [value for value in old if value not in values]
    new = [value for value in values if value not in old]
    return [
        *({"do": "remove", "id": f"{act.id} {slot} {value}"} for value in gone),
        *({"do": "add_slot", "id": act.id, "slot": slot, "value": value} for value in new),
    ]


def _place(record: Record, words: str, within: list[Offsets]) -> Offsets:
    """Where a trigger stands: in the sentences of its commitment, else where it stands only once."""
    found = places(record.article.text, words)
    inside = [place for place in found if any(a <= place[0] and place[1] <= b for a, b in within)]
    if inside:
        return inside[0]
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"{words!r} stands {len(found)} times in the article; paste its sentence into the column {QUOTE}")
    text = " ".join(record.article.text[a:b] for a, b in within) or record.article.text
    near = nearest(text, words)
    raise Refused(f"{words!r} is not in the article" + (f"; did you mean {near!r}?" if near else ""))
