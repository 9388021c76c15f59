"""The flat table as an Excel workbook, with the sums of money and what each column means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipeline.atomic import whole_path
from pipeline.errors import SetupError
from pipeline.publish.cells import AS_TEXT, CREATED, LONGEST, tell_cut
from pipeline.publish.formats import Options
from pipeline.publish.tables import database
from pipeline.publish.tables.flat import FLAT
from pipeline.publish.tables.schema import tables
from pipeline.record import Record

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST = 1_048_575  # rows of a sheet below its heading
WIDTH = 18  # of a column, in characters
SUMS = ("provider", "recipient", "instrument", "status", "year", "currency", "acts", "amount", "usd", "usd_known")
SETTINGS = {**AS_TEXT, "constant_memory": True, "default_date_format": "yyyy-mm-dd", "remove_timezone": True}


def write(records: Iterable[Record], out: str, options: Options) -> None:
    """Raises SetupError where the file cannot be written, or the rows are too many for a sheet."""
    import duckdb
    from xlsxwriter import Workbook

    with TemporaryDirectory() as folder, whole_path(out) as path:
        made = str(Path(folder) / "tables.duckdb")
        database.write(records, made, options)
        with duckdb.connect(made, read_only=True) as opened, Workbook(str(path), SETTINGS) as book:
            cut = _fill(book, opened)
    tell_cut(out, cut)


def _fill(book: Workbook, made: DuckDBPyConnection) -> list[str]:
    """Writes all sheets, and returns the places of cells that are cut."""
    book.set_properties(CREATED)
    bold, cut, last = book.add_format({"bold": True}), list[str](), 0
    columns = tables()[FLAT].columns
    sheet = _sheet(book.add_worksheet("commitments"), [column.name for column in columns], bold)
    for last, row in enumerate(_rows(made, f"SELECT * FROM {FLAT}"), 1):
        if last > MOST:
            raise SetupError(f"more than {MOST:,} commitments are too many for a sheet; write --to parquet or duckdb")
        _write(sheet, last, row)
        long = (column.name for column, cell in zip(columns, row, strict=True) if len(str(cell)) > LONGEST)
        cut += [f"{name} in row {last + 1} of commitments" for name in long]
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet = _sheet(book.add_worksheet("money"), SUMS, bold)
    for at, row in enumerate(_rows(made, f"SELECT {', '.join(SUMS)} FROM money_flows"), 1):
        _write(sheet, at, row)
    sheet = _sheet(book.add_worksheet("columns"), ("column", "meaning"), bold)
    for at, column in enumerate(columns, 1):
        _write(sheet, at, (column.name, column.says))
    return cut


def _rows(made: DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    found = made.execute(query)
    return iter(found.fetchone, None)


def _sheet(sheet: Worksheet, names: Iterable[str], bold: Any) -> Worksheet:
    names = list(names)
    sheet.set_column(0, len(names) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    for at, name in enumerate(names):
        sheet.write_string(0, at, name, bold)
    return sheet


def _write(sheet: Worksheet, at: int, cells: Iterable[Any]) -> None:
    for column, cell in enumerate(cells):
        match cell:
            case None:
                continue
            case bool():
                sheet.write_boolean(at, column, cell)
            case str():
                sheet.write_string(at, column, cell if len(cell) <= LONGEST else cell[: LONGEST - 1] + "…")
            case date():
                sheet.write_datetime(at, column, cell)
            case _:
                sheet.write_number(at, column, cell)
