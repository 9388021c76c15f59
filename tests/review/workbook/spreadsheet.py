"""Someone who corrects in Excel: the short article of `formats/people.py` in a workbook, corrected with openpyxl."""

import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from review.formats.people import ROW, TEXT, gold

from pipeline.gold.folder import gold_file
from pipeline.gold.importer import guide_record
from pipeline.record import Record
from pipeline.review.workbook.read_back import import_
from pipeline.review.workbook.write import export

Json = dict[str, Any]
COMMITMENTS = "commitments"


def record(**fields: Any) -> Record:
    """The article; m1 to m8 are its mentions in reading order. Its first commitment has a flow."""
    return guide_record("laos-1", ROW | fields, gold())


class Spreadsheet:
    """A workbook on disk. `said`: what was said while it was read back; `count`: what became of it."""

    def __init__(self, folder: Path, *records: Record) -> None:
        self.folder, self.path, self.out = folder, folder / "review.xlsx", folder / "gold"
        source = folder / "records.jsonl"
        source.write_text("".join(one.to_json() + "\n" for one in records or (record(),)), encoding="utf-8")
        self.said: list[str] = []
        self.count: Counter[str] = export(str(source), str(self.path), self.said.append)
        self.book = load_workbook(self.path)

    def cell(self, name: str, column: str, sheet: str = COMMITMENTS, article: str = "laos-1") -> Any:
        """The cell of a row by its id."""
        (row,) = [row for row in self.book[sheet].iter_rows(min_row=2) if [c.value for c in row[:2]] == [article, name]]
        return row[self.column(column, sheet) - 1]

    def column(self, name: str, sheet: str = COMMITMENTS) -> int:
        return [cell.value for cell in self.book[sheet][1]].index(name) + 1

    def write(self, name: str, column: str, value: Any, sheet: str = COMMITMENTS) -> str:
        """Types into a cell, and returns its place."""
        cell = self.cell(name, column, sheet)
        cell.value = value
        return str(cell.coordinate)

    def add(self, sheet: str = COMMITMENTS, **cells: Any) -> int:
        """Writes a new row below the last, and returns its number."""
        number = self.book[sheet].max_row + 1
        for column, value in cells.items():
            self.book[sheet].cell(number, self.column(column.rstrip("_"), sheet)).value = value
        return number

    def read_back(self, name: str = "laos-1") -> Json:
        """Saves, imports, and returns the gold of the article."""
        self.book.save(self.path)
        self.said = []
        self.count = import_(self.path, self.out, self.said.append)
        made = gold_file(self.out, name)
        return json.loads(made.read_text(encoding="utf-8")) if made.exists() else {}

    @property
    def refused(self) -> list[str]:
        """What was refused, without the name of the file."""
        start = f"{self.path}: sheet "
        return [line.removeprefix(start) for line in self.said if line.startswith(start)]


def act(raw: Json, name: str) -> Json:
    (found,) = [row for row in raw["commitments"] if row["id"] == name]
    amounts = [{field: one[field] for field in ("text", "value", "currency")} for one in found["amounts"]]
    dates = [{field: one[field] for field in ("text", "iso")} for one in found["dates"]]
    return {**found, "trigger": found["trigger"]["text"], "amounts": amounts, "dates": dates}


def quote(number: int) -> str:
    """A sentence of the article."""
    start, end = ROW["sentences"][number]
    return TEXT[start:end]


def packed(**members: bytes) -> bytes:
    """A zip archive of parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in members.items():
            book.writestr(name, part)
    return data.getvalue()
