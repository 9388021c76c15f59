"""Reads the sheets of a workbook as rows of text, with the place of each cell, as Excel and LibreOffice save them."""

import datetime
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import SetupError
from pipeline.review.workbook.columns import NO, SHEETS, YES, did_you_mean, plain

Refuse = Callable[[str, str, str], None]  # called with the sheet, the place in it, and the reason

_BYTES = 200_000_000  # of a file
_UNPACKED = 1_000_000_000  # bytes of all its parts
_PARTS = 10_000
_RATIO = 200  # of bytes to packed bytes: more is no workbook that someone filled in
_SMALL = 20_000_000  # bytes that may be packed as tightly as they like
_OLE = b"\xd0\xcf\x11\xe0"  # older workbooks, and encrypted new ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_ANEW = "open it in Excel or LibreOffice and save it as .xlsx (Excel Workbook)"
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')  # in a number format: words that stand for themselves


@dataclass(frozen=True)
class Cell:
    """`at`: its place, as B17; `wrong`: why it cannot be read, if so."""

    text: str
    at: str
    wrong: str = ""


Table = list[list[Cell]]  # the cells of a sheet by row, the heading first


@dataclass(frozen=True)
class Row:
    """`cells`: by the name of the column; a column that the sheet lacks is missing."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """The text of a cell, with one space between words."""
        return plain(self.cells[column].text) if column in self.cells else ""

    def at(self, column: str) -> str:
        """The place of a cell; of a column that is missing, of the row."""
        return self.cells[column].at if column in self.cells else f"row {self.number}"


def sheets(path: Path) -> Mapping[str, Table]:
    """The sheets by name. Raises SetupError for a file that is no workbook, is damaged, encrypted or too large."""
    from openpyxl import load_workbook  # slow to import; few runs need it

    _check(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of the file that are not needed
            values, formulas = (
                load_workbook(path, read_only=True, data_only=saved, keep_links=False) for saved in (True, False)
            )
            try:
                pairs = zip(values.worksheets, formulas.worksheets, strict=True)
                return {sheet.title: list(_rows(sheet, with_formulas)) for sheet, with_formulas in pairs}
            finally:
                values.close()
                formulas.close()
    except Exception as error:  # openpyxl, its parser and zlib each have errors of their own
        reason = f"damaged, or no workbook ({type(error).__name__}); {_SAVE_ANEW}"
        raise SetupError(f"{path}: {reason}") from error


def rows(path: Path, sheet: str, table: Table, refuse: Refuse) -> list[Row]:
    """The rows of a sheet that have text. A column that is missing or has another name is refused and not read.

    Raises SetupError where the columns that say which row it is are missing.
    """
    columns = {column.name: column for column in SHEETS[sheet].columns}
    heading = [plain(cell.text) for cell in table[0]] if table else []
    at: dict[str, int] = {}
    for number, name in enumerate(map(str.casefold, heading)):
        if name in columns and at.setdefault(name, number) != number:
            refuse(sheet, table[0][number].at, f"is a second column {name!r}; it is not read")
    others = [name for name in heading if name and name.casefold() not in columns]
    for name in (name for name in columns if name not in at and name != "label"):
        if name in ("article", "id"):
            raise SetupError(f"{path}: sheet {sheet} has no column {name!r}; undo what renamed or removed it")
        refuse(sheet, "row 1", f"there is no column {name!r}{did_you_mean(name, others)}; nothing of it is read")
    named = (Row(sheet, row, {name: cells[at[name]] for name in at}) for row, cells in enumerate(table[1:], 2))
    return [row for row in named if any(cell.text.strip() or cell.wrong for cell in row.cells.values())]


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES + 1)
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) > _BYTES:
        raise SetupError(f"{path}: over {_BYTES:,} bytes; export fewer articles")
    if data.startswith(_OLE):
        what = "is encrypted; save a copy without password" if _ENCRYPTED in data else f"an older form; {_SAVE_ANEW}"
        raise SetupError(f"{path}: {what}")
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise SetupError(f"{path}: damaged, or no workbook; {_SAVE_ANEW}") from error
    total, dense = sum(part.file_size for part in members), sum(part.compress_size for part in members)
    if total > _UNPACKED or len(members) > _PARTS or total > max(_SMALL, dense * _RATIO):
        raise SetupError(f"{path}: unpacks to {total:,} bytes in {len(members):,} parts: too much for a workbook")


def _rows(values: Any, formulas: Any) -> Iterator[list[Cell]]:
    """The cells of each row, at least as many as the heading has."""
    from openpyxl.utils import get_column_letter

    width = 0
    for sheet in (values, formulas):
        sheet.reset_dimensions()  # some programs write wrong ones
    for number, pair in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=True), 1):
        cells = [_cell(f"{get_column_letter(at)}{number}", *cell) for at, cell in enumerate(zip(*pair, strict=True), 1)]
        width = width or len(cells)
        yield cells + [Cell("", f"{get_column_letter(at)}{number}") for at in range(len(cells) + 1, width + 1)]


def _cell(at: str, cell: Any, formula: Any) -> Cell:
    """`formula`: the same cell with its formula, if it has one, in place of what that gave when the file was saved."""
    value = cell.value
    match value:
        case None:
            return Cell("", at, "" if formula.value is None else "is a formula without a value; paste it as a value")
        case _ if getattr(cell, "data_type", "n") == "e":
            return Cell("", at, f"holds the error {value}")
        case datetime.time() | datetime.timedelta():
            return Cell("", at, "holds a time; format it as text and type it again")
        case bool():
            text = YES if value else NO
        case float() if value.is_integer():
            text = str(int(value))
        case datetime.datetime() | datetime.date():  # its number format says whether it is a month or a day
            marks = _QUOTED.sub("", getattr(cell, "number_format", "") or "d").lower()
            text = value.strftime("%Y-%m-%d" if "d" in marks or "m" not in marks else "%Y-%m")
        case _:
            text = str(value)
    return Cell(text, at)
