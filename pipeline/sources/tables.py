"""Reads tables of articles: CSV and Parquet, one row at a time.

A broken row is an error of its own. An open quote in a CSV file takes in all later lines, so these are read again.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from pipeline.errors import ArticleError
from pipeline.sources.articles import Results, of_row
from pipeline.sources.decode import LIMIT, Line, lines
from pipeline.sources.options import Columns, ReadOptions, match

Rows = Iterator[tuple[str, dict[str, Any] | ArticleError]]  # the place of each, and its cells by column
_DELIMITERS = ",;\t"
_RETURN = re.compile(r"(?<=\r)(?=[^\n])")  # a carriage return without a line feed
_BUFFER = 1 << 16  # bytes of a column read at a time
_UNPACKED = 300  # a column over LIMIT bytes may be so many times as large in memory as in the file


def read_csv(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    """One article per record; the delimiter is the comma, semicolon or tab, whichever the header has most of.

    A carriage return alone ends a line too, as in old Macintosh files.
    """
    header, damaged, rows = csv_rows(stream, where)
    yield from damaged
    columns = _columns(header, where, options)
    for place, row in rows:
        yield row if isinstance(row, ArticleError) else of_row(row, place, options, columns)


def csv_rows(stream: BinaryIO, where: str) -> tuple[list[str], list[ArticleError], Rows]:
    """The header, the lines before it that are no text, and the rows.

    Empty cells beyond the header are ignored. Raises ArticleError where the header is broken.
    """
    csv.field_size_limit(LIMIT)
    text = (
        piece  # a carriage return alone parts two lines too
        for line in lines(stream, where)
        for piece in ([line] if isinstance(line, ArticleError) else _RETURN.split(line))
    )
    damaged: list[ArticleError] = []
    while isinstance(first := next(text, ""), ArticleError):
        damaged.append(first)
    records = _records(first, text, len(damaged) + 1)
    _, names = next(records, (1, []))
    if isinstance(names, str):
        raise ArticleError(f"{where}:1", names)
    header = [name.strip() for name in names]

    def row(record: list[str] | str, place: str) -> dict[str, Any] | ArticleError:
        if isinstance(record, str):
            return ArticleError(place, record)
        if len(record) < len(header) or any(record[len(header) :]):
            return ArticleError(place, f"{len(record)} cells, but the header has {len(header)}")
        return dict(zip(header, record, strict=False))

    rows = ((place := f"{where}:{number}", row(record, place)) for number, record in records)
    return header, damaged, rows


def _records(first: str, text: Iterator[Line], number: int) -> Iterator[tuple[int, list[str] | str]]:
    """The line number of each record, and its cells or what is wrong with it.

    `number`: of the first line. After a wrong record all of its lines but the first are read again.
    """
    delimiter = max(_DELIMITERS, key=first.count)
    ahead, taken = deque[Line]([first]), list[Line]()

    def take() -> Iterator[str]:
        while (line := ahead.popleft() if ahead else next(text, None)) is not None:
            taken.append(line)
            if isinstance(line, ArticleError):
                raise line
            yield line

    while True:
        taken.clear()
        wrong = ""
        try:
            record = next(csv.reader(take(), delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            wrong = f"broken quotes or a cell too long ({error})"
        except ArticleError as error:
            last = number + len(taken) - 1
            wrong = error.reason if len(taken) == 1 else f"broken off in line {last}: {error.reason}"
        if wrong:
            ahead.extendleft(reversed(taken[1:]))
            del taken[1:]
        if wrong or record:
            yield number, wrong or record
        number += len(taken)


def read_parquet(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    """One article per row, counted from 1; only the columns needed are read."""
    import pyarrow as pa  # slow to import; few runs need it
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(stream, pre_buffer=False, buffer_size=_BUFFER)
        columns = _columns(file.schema_arrow.names, where, options)
        wanted = list(dict.fromkeys(name for own in columns.of.values() for name in own))
        _check_size(file.metadata, wanted, where)
        rows = (batch.slice(i, 1) for batch in file.iter_batches(64, columns=wanted) for i in range(batch.num_rows))
        for number, row in enumerate(rows, 1):
            cells = {name: _cell(row.column(name)[0]) for name in row.schema.names}
            yield of_row(cells, f"{where}, row {number}", options, columns)
    except (pa.ArrowException, ValueError) as error:
        raise ArticleError(where, f"damaged, or not a Parquet file ({error})") from error


def _cell(scalar: Any) -> Any:
    """The value; for a time out of Python's range or in an unknown zone, its number; b"" for what is no UTF-8."""
    try:
        return scalar.as_py()
    except (OverflowError, LookupError, ValueError):
        return getattr(scalar, "value", b"")


def _check_size(metadata: Any, wanted: Sequence[str], where: str) -> None:
    """Raises ArticleError for columns so compressed that a small file could fill the memory."""
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            name, size = column.path_in_schema, column.total_uncompressed_size
            if name in wanted and size > max(LIMIT, _UNPACKED * column.total_compressed_size):
                raise ArticleError(where, f"'{name}' unpacks to {size:,} bytes, over {_UNPACKED} times what it takes")


def _columns(header: Sequence[str], where: str, options: ReadOptions) -> Columns:
    """The columns of a table; what was matched is said.

    Raises ArticleError if the column of the text, or one that the user named, is missing, or one is there twice.
    """
    if not any(header):
        raise ArticleError(where, "holds no article")
    columns = match(header, options)
    for name in ("text", *options.columns):
        if not columns.of[name]:
            have = ", ".join(header)
            raise ArticleError(where, f"no column '{options.column(name)}' among {have}; try --column {name}=...")
    for name in (name for own in columns.of.values() for name in own):
        if header.count(name) > 1:
            raise ArticleError(where, f"{header.count(name)} columns are named '{name}'; rename all but one")
    columns.tell(where, options)
    return columns
