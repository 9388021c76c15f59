"""The tables as a folder with a file a table: Parquet, CSV or JSON lines, each written as it comes.

Hard because a folder must not be left half old and half new: all files are written beside it and put in place last.
"""

from __future__ import annotations

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from csv import reader as csv_rows
from os import getpid
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from pipeline.errors import SetupError
from pipeline.export.batches import NOTHING, batches
from pipeline.export.tables import Table, for_pandas, tables
from pipeline.export.whole import named
from pipeline.knowledge import Knowledge
from pipeline.record import Record

FORMULA = r"\A(\s*[=+\-@＝＋－＠]|[\t\r\n])"  # how text begins that spreadsheets calculate (OWASP, CSV injection)
NOTE = "SAFE-CSV.txt"  # beside tables that are written so
NOTED = (
    "Text in these tables that began with = + - @, a tab or a line end has a ' before it: corridor export --safe-csv\n"
)
_GROUP = 8 * 2**20  # bytes of a table in memory that make a row group of Parquet


class Writer(ABC):
    """Writes one table to an open file."""

    def __init__(self, table: Table, file: BinaryIO) -> None:
        self.table, self.file = table, file

    @abstractmethod
    def write(self, batch: pa.RecordBatch) -> None: ...

    @abstractmethod
    def close(self) -> None: ...


class Parquet(Writer):
    """With the types of pandas; small batches are put together."""

    def __init__(self, table: Table, file: BinaryIO) -> None:
        super().__init__(table, file)
        self._schema = for_pandas(table.name)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []
        self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        self._bytes += batch.nbytes
        if self._bytes >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.Table.from_batches(self._waiting, self.table.schema).cast(self._schema))
        self._waiting, self._bytes = [], 0

    def close(self) -> None:
        if self._waiting:
            self._flush()
        self._writer.close()


class Csv(Writer):
    """UTF-8 with a header; text in quotes, so that an empty text is told from null; values as they are."""

    def __init__(self, table: Table, file: BinaryIO) -> None:
        super().__init__(table, file)
        self._writer = csv.CSVWriter(file, table.schema)

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


class SafeCsv(Csv):
    """The same with `'` before text that a spreadsheet would take for a formula."""

    def write(self, batch: pa.RecordBatch) -> None:
        super().write(pa.RecordBatch.from_arrays(list(map(_neutral, batch.columns)), schema=batch.schema))


def _neutral(column: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(column, FORMULA, r"'\1") if column.type == pa.string() else column


class JsonLines(Writer):
    """A row an object, dates as text."""

    def write(self, batch: pa.RecordBatch) -> None:
        for row in batch.to_pylist():
            self.file.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")

    def close(self) -> None:
        """Nothing is left to write."""


WRITERS: Mapping[str, Callable[[Table, BinaryIO], Writer]] = {"parquet": Parquet, "csv": Csv, "jsonl": JsonLines}


def write(records: Iterable[Record], out: str, form: str, known: Knowledge = NOTHING, safe: bool = False) -> None:
    """All tables into the folder `out`, as TABLE.FORM; other files that are there stay.

    `safe`: CSV that a spreadsheet may open, and a note beside it that says so. Raises SetupError where the folder
    cannot be written, or holds a file of such a name that is no table of ours.
    """
    for name, table in tables().items():
        path = named(out) / f"{name}.{form}"
        if path.is_file() and not _is_ours(path, form, table):
            raise SetupError(f"{path}: is no table of Corridor's and would be overwritten; name another folder with -o")
    with whole_folder(out) as folder, ExitStack() as stack:
        writers = {}
        if safe:
            (folder / NOTE).write_text(NOTED, encoding="utf-8")
        for name, table in tables().items():
            file = stack.enter_context((folder / f"{name}.{form}").open("wb"))
            writers[name] = SafeCsv(table, file) if safe else WRITERS[form](table, file)
            stack.callback(writers[name].close)
        for name, batch in batches(records, known):
            writers[name].write(batch)
    if form == "csv" and not safe:
        (named(out) / NOTE).unlink(missing_ok=True)


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


@contextmanager
def whole_folder(out: str) -> Iterator[Path]:
    """A folder to fill, whose files come into the folder `out` only when the block ends well."""
    target = named(out)
    temporary = target.with_name(f".{target.name}.{getpid()}.part")
    if target.exists() and not target.is_dir():
        raise SetupError(f"{target}: cannot be written as a folder, it is a file")
    try:
        temporary.mkdir(parents=True)
    except OSError as error:
        raise SetupError(f"{target}: cannot be written ({error.strerror})") from error
    try:
        yield temporary
        target.mkdir(exist_ok=True)
        for file in sorted(temporary.iterdir()):
            file.replace(target / file.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
