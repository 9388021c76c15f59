"""Reads the sheets of a workbook as rows of text, with the place of each cell, as Excel and LibreOffice save them."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import SetupError
from pipeline.review.workbook.columns import NO, YES

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


@dataclass(frozen=True)
class Table:
    """A sheet. `heading`: the cells of its first row; `rows`: of each row below it with text the cells, by column."""

    name: str
    heading: list[Cell]
    rows: list[list[Cell]]


def sheets(path: Path) -> Mapping[str, Table]:
    """The sheets by name. Raises SetupError for a file that is no workbook, is damaged, encrypted or too large."""
    _check(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of the file that are not needed
        try:
            found, formulas = _read(path, values=False)
            return _read(path, values=True, formulas=formulas)[0] if formulas else found
        except Exception as error:  # openpyxl, its parser and zlib each have errors of their own
            reason = f"damaged, or no workbook ({type(error).__name__}); {_SAVE_ANEW}"
            raise SetupError(f"{path}: {reason}") from error


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
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise SetupError(f"{path}: damaged, or no workbook; {_SAVE_ANEW}") from error
    total, dense = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if total > _UNPACKED or len(parts) > _PARTS or total > max(_SMALL, dense * _RATIO):
        raise SetupError(f"{path}: unpacks to {total:,} bytes in {len(parts):,} parts: too much for a workbook")


def _read(
    path: Path, *, values: bool, formulas: frozenset[str] = frozenset()
) -> tuple[dict[str, Table], frozenset[str]]:
    """The sheets, and the places of formulas. `values`: read what formulas gave when the file was saved."""
    from openpyxl import load_workbook  # slow to import; few runs need it

    found: dict[str, Table] = {}
    seen: set[str] = set()
    book = load_workbook(path, read_only=True, data_only=values, keep_links=False)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write wrong ones
            lines: list[list[Cell]] = []
            for number, line in enumerate(sheet.iter_rows(), 1):
                cells = [_cell(sheet.title, cell, number, at, formulas) for at, cell in enumerate(line, 1)]
                seen.update(f"{sheet.title}!{cell.at}" for cell, raw in zip(cells, line, strict=True) if _formula(raw))
                if number == 1 or any(cell.text or cell.wrong for cell in cells):
                    lines.append(cells)
            found[sheet.title] = Table(sheet.title, *_split(lines))
    finally:
        book.close()
    return found, frozenset(seen)


def _split(lines: list[list[Cell]]) -> tuple[list[Cell], list[list[Cell]]]:
    return (lines[0], lines[1:]) if lines else ([], [])


def _formula(cell: Any) -> bool:
    return getattr(cell, "data_type", "n") == "f"


def _cell(sheet: str, cell: Any, row: int, column: int, formulas: frozenset[str]) -> Cell:
    from openpyxl.utils import get_column_letter

    at = f"{get_column_letter(column)}{row}"
    if f"{sheet}!{at}" in formulas and cell.value is None:
        return Cell("", at, "is a formula without a value; paste it as a value")
    if getattr(cell, "data_type", "n") == "e":
        return Cell("", at, f"holds the error {cell.value}")
    try:
        return Cell(text_of(cell.value, getattr(cell, "number_format", "")), at)
    except ValueError as error:
        return Cell("", at, str(error))


def text_of(value: Any, form: str = "") -> str:
    """The value of a cell as text. `form`: its number format, which says whether a date is a month or a day.

    Raises ValueError for a time.
    """
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case float() if value.is_integer():
            return str(int(value))
        case datetime.datetime() | datetime.date():
            shown = _QUOTED.sub("", form or "d").lower()
            return value.strftime("%Y-%m-%d" if "d" in shown or "m" not in shown else "%Y-%m")
        case datetime.time() | datetime.timedelta():
            raise ValueError("holds a time; format it as text and type it again")
    return str(value)


def columns_of(table: Table) -> Iterator[tuple[int, Cell]]:
    """The headings that have text, with their numbers from 0."""
    return ((at, cell) for at, cell in enumerate(table.heading) if cell.text.strip())
