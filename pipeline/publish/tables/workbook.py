"""The flat table as an Excel workbook, with the sums of money and what each column means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipeline.errors import SetupError
from pipeline.publish import Options
from pipeline.publish.cells import LONGEST, tell_cut
from pipeline.publish.tables.batches import batches
from pipeline.publish.tables.flat import FLAT, Row
from pipeline.publish.tables.schema import tables
from pipeline.record import Record
from pipeline.whole import whole_path

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST = 1_048_575  # rows of a sheet below its heading
WIDTH = 18  # of a column, in characters
CREATED = datetime(2000, 1, 1)  # always, so that the same records give the same bytes
SUMS = ("provider", "recipient", "instrument", "status", "year", "currency", "acts", "amount", "usd", "usd_known")
# text is never a formula or a link, whatever it begins with
SETTINGS: dict[str, Any] = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd", "remove_timezone": True,
}  # fmt: skip


def write(records: Iterable[Record], out: str, options: Options) -> None:
    """Raises SetupError where the file cannot be written, or the rows are too many for a sheet."""
    from xlsxwriter import Workbook

    columns = tables()[FLAT].columns
    with whole_path(out) as path, Workbook(str(path), SETTINGS) as book:
        book.set_properties({"created": CREATED})
        bold = book.add_format({"bold": True})
        sums = _Sums()
        sheet = _sheet(book.add_worksheet("commitments"), [column.name for column in columns], bold)
        last, cut = 0, list[str]()
        for last, row in enumerate(_rows(records, options), 1):
            if last > MOST:
                raise SetupError(
                    f"more than {MOST:,} commitments are too many for a sheet; write --to parquet or duckdb"
                )
            sums.add(row)
            _write(sheet, last, [row[column.name] for column in columns])
            long = (column.name for column in columns if len(str(row[column.name])) > LONGEST)
            cut += [f"{name} in row {last + 1} of commitments" for name in long]
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet = _sheet(book.add_worksheet("money"), SUMS, bold)
        for at, cells in enumerate(sums.rows(), 1):
            _write(sheet, at, cells)
        sheet = _sheet(book.add_worksheet("columns"), ("column", "meaning"), bold)
        for at, column in enumerate(columns, 1):
            _write(sheet, at, (column.name, column.says))
    tell_cut(out, cut)


def _rows(records: Iterable[Record], options: Options) -> Iterator[Row]:
    for name, batch in batches(records, options.knowledge):
        if name == FLAT:
            yield from batch.to_pylist()


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


class _Sums:
    """The view `money_flows` of the DuckDB file, from rows of the flat table."""

    def __init__(self) -> None:
        self._counted: defaultdict[tuple[Any, ...], list[tuple[float, float | None]]] = defaultdict(list)

    def add(self, row: Row) -> None:
        if row["counted"]:
            key = (
                row["provider_countries"] or row["provider"], row["recipient_countries"] or row["recipient"],
                row["instrument"], row["act_status"], row["act_year"], row["counted_currency"],
            )  # fmt: skip
            self._counted[key].append((row["counted_value"], row["counted_usd"]))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        for key, found in sorted(self._counted.items(), key=lambda item: tuple(map(str, item[0]))):
            dollars = [usd for _, usd in found if usd is not None]
            yield *key, len(found), sum(value for value, _ in found), sum(dollars) if dollars else None, len(dollars)
