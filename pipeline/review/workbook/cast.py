"""The rows of the sheets `actors` and `projects` as operations: corrected and new actors and projects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from pipeline.record import Actor, Project, Record
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.columns import ACTORS_SHEET, COLUMNS, PROJECTS_SHEET
from pipeline.review.workbook.desk import Desk, Operation
from pipeline.review.workbook.lines import Line
from pipeline.review.workbook.rows import actor_row, project_row
from pipeline.review.workbook.typed import choice, country_codes, sector_codes, yes
from pipeline.review.workbook.values import parts, plain
from pipeline.values.gazetteer.names import key

Sheet = Literal["actors", "projects"]
WHAT: Mapping[str, str] = {ACTORS_SHEET: "actor", PROJECTS_SHEET: "project"}
REQUIRED: Mapping[str, tuple[str, ...]] = {ACTORS_SHEET: ("name", "kind"), PROJECTS_SHEET: ("name",)}
MANY = {column.name for sheet in WHAT for column in COLUMNS[sheet] if column.many}
FIELDS = {sheet: [column.name for column in COLUMNS[sheet] if not column.fixed] for sheet in WHAT}


def correct(desk: Desk, line: Line, name: str) -> None:
    """Corrects an actor or project by its row."""
    before = _entity(desk.before, name)
    row = actor_row(before) if isinstance(before, Actor) else project_row(before)
    for column in FIELDS[line.sheet]:
        if column not in line.cells:
            continue
        if line.cells[column].wrong:
            desk.refuse(line, column, line.cells[column].wrong)
        elif _values(line, column) != (parts(row[column]) if column in MANY else row[column]):
            desk.apply(line, column, partial(_set, line, name, column))


def add(desk: Desk, line: Line) -> None:
    """Adds the actor or project of a new row, with the mentions that have its name and are nobody's."""
    missing = [column for column in REQUIRED[line.sheet] if not line.text(column)]
    wrong = [column for column in FIELDS[line.sheet] if column in line.cells and line.cells[column].wrong]
    for column in wrong:
        desk.refuse(line, column, line.cells[column].wrong)
    for column in missing:
        desk.refuse(line, column, f"a new {WHAT[line.sheet]} needs {' and '.join(missing)}; the row is not read")
    if not missing:
        desk.apply(line, "name", lambda record: [_new(record, line, wrong)])


def _new(record: Record, line: Line, wrong: list[str]) -> Operation:
    name = line.text("name")
    entities: list[Actor | Project] = [*(record.actors if line.sheet == ACTORS_SHEET else record.projects)]
    same = next((entity for entity in entities if key(entity.name) == key(name)), None)
    if same:
        raise Refused(f"{same.id} has this name already; correct its row, and put back its id if it is gone")
    filled = [column for column in FIELDS[line.sheet] if line.text(column) and column not in wrong]
    fields: dict[str, Any] = {column: _value(line, column) for column in filled}
    fields["mentions"] = [m.id for m in record.mentions if m.entity is None and key(m.text) == key(name)]
    return {"do": "add", "what": WHAT[line.sheet], "fields": fields}


def _set(line: Line, name: str, column: str, record: Record) -> list[Operation]:
    value, entity = _value(line, column), _entity(record, name)
    old = getattr(entity, column)
    if column == "sectors":
        old = [sector.code for sector in old]
    return [] if value == old else [{"do": "set", "id": name, "fields": {column: value}}]


def _values(line: Line, column: str) -> str | list[str]:
    return parts(line.cells[column].text) if column in MANY else line.text(column)


def _value(line: Line, column: str) -> Any:
    """The value of a field. Raises Refused for one that cannot be."""
    typed = line.text(column)
    match column:
        case "name":
            if not typed:
                raise Refused("must not be empty; an actor or project that is nowhere named does no harm")
            return plain(typed)
        case "kind":
            return choice("actor kinds", typed)
        case "programme":
            return yes(typed)
        case "country":
            codes = country_codes(parts(line.cells[column].text))
            if len(codes) > 1:
                raise Refused("holds one country")
            return codes[0] if codes else None
        case "countries":
            return country_codes(parts(line.cells[column].text))
        case "sectors":
            return sector_codes(parts(line.cells[column].text))
        case "aliases":
            return parts(line.cells[column].text)
    return typed or None


def _entity(record: Record, name: str) -> Actor | Project:
    entities: list[Actor | Project] = [*record.actors, *record.projects]
    return next(entity for entity in entities if entity.id == name)
