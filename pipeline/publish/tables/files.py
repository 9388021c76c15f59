"""The tables as a folder with a file for each: Parquet, CSV or JSON lines."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from csv import reader as csv_rows
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from pipeline.atomic import output_path, whole_folder
from pipeline.errors import SetupError
from pipeline.publish.formats import Options
from pipeline.publish.tables.batches import batches
from pipeline.publish.tables.schema import Table, for_pandas, tables
from pipeline.record import Record

FORMULA = r"\A(\s*[=+\-@＝＋－＠]|[\t\r\n])"  # the start of text that spreadsheets calculate (OWASP, CSV injection)
NOTE = "SAFE-CSV.txt"  # beside safe tables
_NOTE_TEXT = (
    "Text in these tables that began with = + - @, a tab or a line end has a ' before it: corridor export --safe-csv\n"
)
_ROW_GROUP = 8 * 2**20  # bytes in memory of a row group of Parquet


class Writer(Protocol):
    """Writes one table to an open file, as the writers of Arrow do."""

    def write_batch(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class Parquet:
    """With the types of pandas; small batches are joined."""

    def __init__(self, file: BinaryIO, table: Table) -> None:
        self._table, self._schema = table, for_pandas(table.name)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        if sum(waiting.nbytes for waiting in self._waiting) >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._waiting, self._table.schema).cast(self._schema))
        self._waiting = []

    def close(self) -> None:
        if self._waiting:
            self._flush()
        self._writer.close()


class JsonLines:
    """An object for each row, with dates as text."""

    def __init__(self, file: BinaryIO, table: Table) -> None:
        self._file = file

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._file.writelines(
            json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n" for row in batch.to_pylist()
        )

    def close(self) -> None:
        """Nothing is left to write."""


def _csv(file: BinaryIO, table: Table) -> Writer:
    """UTF-8 with a header. Every text is quoted, so that empty text differs from null."""
    writer: Writer = csv.CSVWriter(file, table.schema)
    return writer


def _neutral(batch: pa.RecordBatch) -> pa.RecordBatch:
    """With `'` before text that is a formula to a spreadsheet."""
    columns = [
        pc.replace_substring_regex(column, FORMULA, r"'\1") if column.type == pa.string() else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


WRITERS: Mapping[str, Callable[[BinaryIO, Table], Writer]] = {"parquet": Parquet, "csv": _csv, "jsonl": JsonLines}


def write(records: Iterable[Record], out: str, options: Options) -> None:
    """Writes all tables into the folder `out`, as TABLE.FORM; other files there stay.

    With `safe_csv` a note beside the tables says so. Raises SetupError where the folder cannot be written, or holds a
    file of such a name that is not one of these tables.
    """
    form = options.form
    for name, table in tables().items():
        path = output_path(out) / f"{name}.{form}"
        if path.is_file() and not _is_ours(path, form, table):
            raise SetupError(f"{path}: is no table of Corridor's and would be overwritten; name another folder with -o")
    with whole_folder(out) as folder, ExitStack() as stack:
        if options.safe_csv:
            (folder / NOTE).write_text(_NOTE_TEXT, encoding="utf-8")
        writers = {}
        for name, table in tables().items():
            file = stack.enter_context((folder / f"{name}.{form}").open("wb"))
            writers[name] = WRITERS[form](file, table)
            stack.callback(writers[name].close)
        for name, batch in batches(records, options.knowledge):
            writers[name].write_batch(_neutral(batch) if options.safe_csv else batch)
    if form == "csv" and not options.safe_csv:
        (output_path(out) / NOTE).unlink(missing_ok=True)


def _is_ours(path: Path, form: str, table: Table) -> bool:
    """Whether a file has the columns of a table, or nothing in it."""
    try:
        if form == "parquet":
            found = pq.read_schema(path).names
        else:
            with path.open(encoding="utf-8") as file:
                first = file.readline()
            found = next(csv_rows([first]), []) if form == "csv" else list(json.loads(first or "{}"))
    except (ValueError, OSError, AttributeError):
        return False
    return not found or found == table.schema.names
