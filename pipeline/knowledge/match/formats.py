"""The rows of a table of activities, one at a time: CSV, Excel, JSON lines or a JSON array."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from pipeline.errors import ArticleError
from pipeline.sources.decode import lines
from pipeline.sources.tables import csv_records, row_cells

Row = Mapping[str, Any]
Rows = Iterator[tuple[str, Row | ArticleError]]  # the place of a row, and its cells by column
_UNPACKED = 2_000_000_000  # bytes of all parts of a workbook
_PACKED = 200  # times that it may be as large unpacked
_WIDEST = 2_000  # columns that are read


def csv_rows(stream: BinaryIO, where: str) -> Rows:
    """Raises ArticleError where the file is no table."""
    damaged: list[ArticleError] = []
    records = csv_records(stream, where, damaged)
    header = next(records)[1]
    yield from ((error.where, error) for error in damaged)
    assert not isinstance(header, str)
    for number, record in records:
        place = f"{where}:{number}"
        try:
            yield place, row_cells(record, header)
        except ValueError as error:
            yield place, ArticleError(place, str(error))


def json_rows(stream: BinaryIO, where: str) -> Rows:
    """An object a line; a line that is an array gives its objects."""
    for number, line in enumerate(lines(stream, where), 1):
        place = f"{where}:{number}"
        if isinstance(line, ArticleError):
            yield place, line
        elif line.strip():
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield place, ArticleError(place, f"not a whole JSON object on one line ({error})")
                continue
            for value in found if isinstance(found, list) else [found]:
                yield place, value if isinstance(value, dict) else ArticleError(place, "JSON, but not an object")


def excel_rows(stream: BinaryIO, where: str) -> Rows:
    """The rows of the sheet with the most rows; its first row with two cells or more is the header.

    Raises ArticleError for a file that is damaged, encrypted, or unpacks to too much.
    """
    from openpyxl import load_workbook  # slow to import; few runs need it

    _check_size(stream, where)
    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = max(book.worksheets, key=lambda one: one.max_row or 0)
        header: list[str] = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=_WIDEST), 1):
            if header and any(cell is not None for cell in cells):
                yield f"{where}, row {number}", dict(zip(header, cells, strict=False))
            elif not header and sum(cell is not None for cell in cells) > 1:
                header = ["" if cell is None else str(cell).strip() for cell in cells]
    except Exception as error:  # openpyxl, zipfile and the XML parser each have errors of their own
        reason = f"damaged, or no Excel workbook ({type(error).__name__}); save it anew as .xlsx or as CSV UTF-8"
        raise ArticleError(where, reason) from error


def _check_size(stream: BinaryIO, where: str) -> None:
    try:
        with zipfile.ZipFile(stream) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        advice = "save it without a password as .xlsx, or as CSV UTF-8"
        raise ArticleError(where, f"damaged, encrypted, or no Excel workbook; {advice}") from error
    total = sum(part.file_size for part in parts)
    if total > max(20_000_000, min(_UNPACKED, _PACKED * sum(part.compress_size for part in parts))):
        raise ArticleError(where, f"unpacks to {total:,} bytes: too much; save it as CSV UTF-8")
    stream.seek(0)
