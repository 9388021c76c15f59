"""The rows of a sheet by the names of its columns, and which of them are rows of the export, new, or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.errors import SetupError
from pipeline.review.workbook.columns import ARTICLE, COLUMNS, ID, LABEL
from pipeline.review.workbook.names import did_you_mean
from pipeline.review.workbook.sheets import Cell, Table, columns_of
from pipeline.review.workbook.values import plain

Refuse = Callable[[str, str, str], None]  # called with the sheet, the place in it, and the reason


@dataclass(frozen=True)
class Line:
    """A row. `cells`: by the name of the column; a column that the sheet lacks is missing."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """The text of a cell, with one space between words."""
        return plain(self.cells[column].text) if column in self.cells else ""

    def at(self, column: str) -> str:
        """The place of a cell; of a column that is missing, of the row."""
        return self.cells[column].at if column in self.cells else f"row {self.number}"


@dataclass
class Sorted:
    """The rows of a sheet. `known`: by article and id; `new`: by article."""

    known: dict[tuple[str, str], Line]
    new: dict[str, list[Line]]


def lines(file: str, table: Table, refuse: Refuse, note: Callable[[str], None], *, ids: bool = True) -> list[Line]:
    """The rows that have text. A column that is missing or has another name is refused and not read.

    `ids`: whether rows have ids.
    Raises SetupError where the columns that tell which row it is are missing.
    """
    wanted = {column.name: column for column in COLUMNS[table.name]}
    at: dict[str, int] = {}
    for number, cell in columns_of(table):
        name = plain(cell.text).casefold()
        if name in at:
            refuse(table.name, cell.at, f"is a second column {name!r}; it is not read")
        elif name in wanted:
            at[name] = number
        else:
            note(f"{file}: sheet {table.name}: the column {plain(cell.text)!r} ({cell.at}) is none of Corridor's")
    for name in (ARTICLE, ID) if ids else (ARTICLE,):
        if name not in at:
            raise SetupError(f"{file}: sheet {table.name} has no column {name!r}; undo what renamed or removed it")
    others = [plain(cell.text) for number, cell in columns_of(table) if number not in at.values()]
    for name in wanted:
        if name not in at and name != LABEL:
            refuse(
                table.name, "row 1", f"there is no column {name!r}{did_you_mean(name, others)}; nothing of it is read"
            )
    found = []
    for cells in table.rows:
        row = _number(cells)
        own = {name: _cell(cells, number, table.heading[number], row) for name, number in at.items()}
        if any(cell.text.strip() or cell.wrong for cell in own.values()):
            found.append(Line(table.name, row, own))
    return found


def sort_out(found: list[Line], articles: Mapping[str, set[str]], failed: set[str], refuse: Refuse) -> Sorted:
    """The rows by article and id; refused are those of another article or id, and those that come twice.

    `articles`: the ids of the sheet, by the id of their article; `failed`: articles whose rows are not read.
    """
    sorted_out = Sorted({}, {})
    only = next(iter(articles)) if len(articles) == 1 and not failed else ""
    for line in found:
        article, name = line.text(ARTICLE) or only, line.text(ID)
        if article in failed:
            continue
        if article not in articles:
            reason = f"there is no article {article!r} in this workbook" if article else "choose the article of the row"
            refuse(line.sheet, line.at(ARTICLE), reason + did_you_mean(article, articles))
        elif not name:
            sorted_out.new.setdefault(article, []).append(line)
        elif name not in articles[article]:
            reason = f"there is no {name!r} in {article}; in a new row leave the id empty"
            refuse(line.sheet, line.at(ID), reason)
        elif (article, name) in sorted_out.known:
            first = sorted_out.known[article, name].number
            refuse(line.sheet, line.at(ID), f"row {first} is {name} of {article} too; in a new row leave the id empty")
        else:
            sorted_out.known[article, name] = line
    return sorted_out


def _cell(cells: list[Cell], number: int, heading: Cell, row: int) -> Cell:
    """The cell in a column; rows in files end with their last cell that has text."""
    return cells[number] if number < len(cells) else Cell("", f"{heading.at.rstrip('0123456789')}{row}")


def _number(cells: list[Cell]) -> int:
    return int("".join(sign for sign in cells[0].at if sign.isdigit()))
