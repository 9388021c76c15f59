"""Reads many articles from one file: CSV and Parquet; JSON lines, an array, an answer of a news API, or of Docling.

Rows and items are taken one at a time, so that a file may be larger than the memory; a broken one is an error of its
own. An open quote in a CSV file takes in all later lines, so these are read again.
"""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import Columns, ReadOptions, Results, match, matcher, of_file, of_row
from pipeline.sources.decode import LIMIT, Line, blocks, lines

Rows = Iterator[tuple[str, dict[str, Any] | ArticleError]]  # the place of each, and its cells by column
_DELIMITERS = ",;\t"
_RETURN = re.compile(r"(?<=\r)(?=[^\n])")  # a carriage return without a line feed
_BUFFER = 1 << 16  # bytes of a column read at a time
_UNPACKED = 300  # a column over LIMIT bytes may be so many times as large in memory as in the file
_WHOLE = 5 * LIMIT  # characters of an object with all that is in it
_DIGITS = 4_000  # of a number that Python reads; a longer one is infinite
_DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < _DIGITS else float(digits))
_SPACE = re.compile(r"[ \t\r\n]*")
_PAGES = 100_000  # a higher number of a page is a mistake
_FURNITURE = {"page_header", "page_footer"}
_ROW = itemgetter("start_row_offset_idx")
_ROW_AND_COLUMN = itemgetter("start_row_offset_idx", "start_col_offset_idx")


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


def read_json_lines(rows: Iterable[Line], where: str, options: ReadOptions) -> Results:
    """One article per line; blank lines are skipped."""
    columns = matcher(where, options)
    for number, line in enumerate(rows, 1):
        if isinstance(line, ArticleError):
            yield line
        elif line.strip():
            row, place = _object(line), f"{where}:{number}"
            yield ArticleError(place, row) if isinstance(row, str) else of_row(row, place, options, columns([*row]))


def is_object(line: str) -> bool:
    """Whether a line is a whole JSON object."""
    return isinstance(_object(line), dict)


def _object(line: str) -> dict[str, Any] | str:
    """The object in a line, or why it is none."""
    try:
        value = _DECODER.decode(line)
    except json.JSONDecodeError as error:
        return f"not a whole JSON object ({error.msg}, column {error.colno})"
    except (ValueError, RecursionError) as error:
        return str(error)
    return value if isinstance(value, dict) else "JSON, but not an object with a text"


def read_json(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    """One article for each item, counted from 1. What follows an item that is no JSON cannot be read."""
    columns, text = matcher(where, options), _Text(blocks(stream, where))
    number = 0
    try:
        for value, alone in _values(text, options):
            number += 1
            yield _item(value, where if alone else f"{where}, item {number}", options, columns)
    except ValueError as error:
        lost = f"not whole JSON ({error}); what follows is not read"
        raise ArticleError(f"{where}, item {number + 1}" if number else where, lost) from error


def _item(
    value: Any, where: str, options: ReadOptions, columns: Callable[[Sequence[str]], Columns]
) -> Article | ArticleError:
    if not isinstance(value, dict):
        return ArticleError(where, "JSON, but not an object with a text")
    if value.get("schema_name") != "DoclingDocument":
        return of_row(value, where, options, columns([*value]))
    try:
        return _docling(value, where, options)
    except ArticleError as error:
        return error
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        reason = f"no document as Docling writes it ({type(error).__name__}: {error}); convert it anew with Docling"
        return ArticleError(where, reason)


def _values(text: _Text, options: ReadOptions) -> Iterator[tuple[Any, bool]]:
    """Each article, and whether it is alone in the file. Raises ValueError for what is no JSON."""
    alone = True
    while begin := text.peek():
        if begin == "[":
            yield from ((item, False) for item in text.items())
        else:
            value = text.value(_WHOLE)
            alone = alone and not text.peek()
            inside = _articles_in(value, options)
            yield from [(value, alone)] if inside is None else ((item, False) for item in inside)
        alone = False


def _articles_in(value: Any, options: ReadOptions) -> list[Any] | None:
    """The one array of objects in an object that has no text itself, as in the answers of news APIs; else None."""
    if not isinstance(value, dict):
        return None
    text = [value[name] for name in match(list(value), options).of["text"]]
    arrays = [own for own in value.values() if isinstance(own, list) and own and isinstance(own[0], dict)]
    return arrays[0] if len(arrays) == 1 and (not text or text[0] is arrays[0]) else None


class _Text:
    """JSON that comes in blocks; values are taken from its beginning. Raises ValueError for what is no JSON."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._held, self._at = "", 0

    def peek(self) -> str:
        """The next character, white space left out; "" at the end."""
        while True:
            space = _SPACE.match(self._held, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more(1):
                return ""

    def value(self, limit: int) -> Any:
        """The next value, of at most about `limit` characters."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except RecursionError as error:
                raise ValueError("too deep") from error
            except ValueError as error:
                size = len(self._held) - self._at
                if size > limit or not self._more(size):
                    what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
                    over = f", or over {limit:,} characters" if size > limit else ""
                    raise ValueError(f"{what}{over}") from error
            else:
                if end < len(self._held) or not self._more(1):  # a number may go on in the next block
                    self._at = end
                    return value

    def items(self) -> Iterator[Any]:
        """The items of an array, which is next."""
        self._at += 1
        sign = self.peek()
        while sign != "]":
            yield self.value(LIMIT)
            sign = self.peek()
            if sign not in ("]", ","):
                raise ValueError("a comma or the end of the array is missing")
            self._at += sign == ","
        self._at += 1

    def _more(self, size: int) -> bool:
        """Takes at least so many more characters, if there are any."""
        taken, pieces = 0, [self._held[self._at :]]
        for piece in self._pieces:
            pieces.append(piece)
            taken += len(piece)
            if taken >= size:
                break
        self._held, self._at = "".join(pieces), 0
        return bool(taken)


def _docling(document: Mapping[str, Any], where: str, options: ReadOptions) -> Article:
    """The paragraphs and rows of tables of a document of Docling in its order, with the page at which each begins."""
    title, text, starts = "", "", list[int]()
    for item in _docling_items(document, document["body"]["children"], set()):
        cells = sorted(item.get("data", {}).get("table_cells", ()), key=_ROW_AND_COLUMN)
        filled = [[" ".join(cell["text"].split()) for cell in row if cell["text"]] for _, row in groupby(cells, _ROW)]
        own = "\n\n".join(" | ".join(row) for row in filled if row) or " ".join(item.get("text", "").split())
        text += "\n\n" if text and own else ""
        title = title or (own if item["label"] == "title" else "")
        for place in item.get("prov", ()):
            inside = place["charspan"][0] if starts and place is not item["prov"][0] else 0
            starts += [len(text) + min(inside, len(own))] * (min(place["page_no"], _PAGES) - len(starts))
        text += own
    return of_file(text, where, options, title=title, pages=starts or None)


def _docling_items(document: Mapping[str, Any], links: Iterable[Any], seen: set[str]) -> Iterator[Mapping[str, Any]]:
    """The items in the order of reading, each once; heads, feet and words in pictures are left out."""
    for link in links:
        _, kind, number = link["$ref"].split("/")
        item = document[kind][int(number)]
        is_body = item.get("content_layer", "body") == "body" and item.get("label") not in _FURNITURE
        if is_body and link["$ref"] not in seen:
            seen.add(link["$ref"])
            yield from _docling_items(document, [*item.get("captions", ()), *item.get("footnotes", ())], seen)
            yield item
            yield from _docling_items(document, item.get("children", ()) if kind in ("texts", "groups") else (), seen)
