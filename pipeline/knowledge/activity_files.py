"""The files that a user gives as lists of activities: tables of AidData, IATI datastores and banks, and IATI's XML."""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import ArticleError, SetupError
from pipeline.knowledge.activities import Activity, activity, number
from pipeline.knowledge.decisions import Scheme
from pipeline.knowledge.iati_activities import iati_activities
from pipeline.knowledge.row_models import Sum
from pipeline.seeds import table
from pipeline.sources.decode import PACKINGS, kind, lines, unpacked
from pipeline.sources.tables import csv_records, row_cells

Row = Mapping[str, Any]
Rows = Iterator[tuple[str, Row | ArticleError]]  # the place of a row, and its cells by column
Tell = Callable[[str, str], None]
_LONGEST = 2_000  # characters of a cell
_NAMED = 10  # left-over columns in a message
_LAYOUTS = 1_000  # of JSON rows whose columns are remembered
_UNPACKED = 2_000_000_000  # bytes of all parts of a workbook
_PACKED = 200  # times that it may be as large unpacked
_WIDEST = 2_000  # columns that are read
_TAGS = re.compile(r"<[^<>]{0,300}>")
_SEVERAL = re.compile(r"\s*[|;]\s*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_IATI_ID = re.compile(r"[A-Z]{2,3}-[A-Z0-9]+-\S+")


def read_all(
    paths: Iterable[Path], tell: Tell, failed: Callable[[ArticleError], None], scheme: Scheme | None = None
) -> list[Activity]:
    """The activities of all files, of two with one id the first; `failed` is called for every row that is none.

    Args:
        paths: Files.
        tell: Called with what the columns of a table hold.
        failed: Called with what is wrong with a row.
        scheme: Whose ids the lists have, if known.

    Raises:
        SetupError: A file cannot be read, or is no list of activities.
    """
    found: dict[tuple[Scheme, str], Activity] = {}
    for path in paths:
        for one in _activities(path, tell, scheme):
            if isinstance(one, ArticleError):
                failed(one)
            else:
                found.setdefault((one.scheme, one.id), one)
    return list(found.values())


def _activities(path: Path, tell: Tell, scheme: Scheme | None) -> Iterator[Activity | ArticleError]:
    name = kind(path.name)
    inner, _, packing = name.rpartition(".") if f".{name.rpartition('.')[2]}" in PACKINGS else (name, "", "")
    if inner not in {*_TABLES, ".xml"} or (packing and inner == ".xlsx"):  # which is packed itself
        known = ", ".join(sorted({*_TABLES, ".xml"}))
        raise SetupError(
            f"{path}: not a list of activities that Corridor reads ({known}; all but .xlsx in .gz or .zst)"
        )
    try:
        with path.open("rb") as file:
            stream = unpacked(file, f".{packing}") if packing else file
            if inner == ".xml":
                yield from iati_activities(stream, str(path))
            else:
                yield from _of_rows(_TABLES[inner](stream, str(path)), str(path), tell, scheme)
    except ArticleError as error:
        raise SetupError(str(error)) from error
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def _of_rows(rows: Rows, where: str, tell: Tell, scheme: Scheme | None) -> Iterator[Activity | ArticleError]:
    """The columns are those of the first row; JSON rows with others are matched anew."""
    known: dict[tuple[str, ...], _Columns] = {}
    for place, row in rows:
        if isinstance(row, ArticleError):
            yield row
            continue
        names = tuple(map(str, row))
        columns = known.get(names)
        if columns is None:
            columns = _columns(names)
            if not known:
                lacks = next((field for field in ("id", "title") if not columns.of[field]), None)
                if lacks:
                    reason = f"has no column for the {lacks} of an activity among {', '.join(names)[:300]}"
                    raise ArticleError(where, f"{reason}; rename one '{lacks}'")
                tell(where, columns.said)
            if len(known) < _LAYOUTS:
                known[names] = columns
        yield _activity(row, place, columns, scheme)


@dataclass(frozen=True)
class _Columns:
    """`of`: the columns of each field of `seeds/match.yaml`, the likeliest first; `said`: all that on one line."""

    of: Mapping[str, Sequence[str]]
    said: str
    scheme: Scheme


def _columns(names: Sequence[str]) -> _Columns:
    """The columns among `names`, of two with one name the first."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(_plain(name), name)
    of = {
        field: list(dict.fromkeys(known[_plain(name)] for name in some if _plain(name) in known))
        for field, some in table("match.yaml")["columns"].items()
    }
    used = {name for own in of.values() for name in own}
    found = ", ".join(f"{field} from {' or '.join(own)}" for field, own in of.items() if own)
    left = [name for name in dict.fromkeys(names) if name and name not in used]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    over = f"; left over: {', '.join(left[:_NAMED])}{more}" if left else ""
    return _Columns(of, found + over, _scheme(of["id"], known))


def _plain(name: str) -> str:
    """`Commitment Year`, `commitment_year` and `commitmentYear` are one name."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _scheme(ids: Sequence[str], known: Mapping[str, str]) -> Scheme:
    """Whose ids they are, by the name of their column, or by any column that names AidData."""
    first = _plain(ids[0]) if ids else ""
    if "iati" in first or first == "aid":
        return "iati"
    marks = table("match.yaml")["aiddata_marks"]
    return "aiddata" if any(mark in name for name in known for mark in marks) else "other"


def _activity(row: Row, place: str, columns: _Columns, scheme: Scheme | None) -> Activity | ArticleError:
    """The activity of a row; NoActivity where it has no id or no title."""
    texts = {field: [text for name in own if (text := _text(row.get(name)))] for field, own in columns.of.items()}
    of_iati = columns.scheme == "other" and texts["id"] and _IATI_ID.fullmatch(texts["id"][0])
    texts["description"] = [_TAGS.sub(" ", " ".join(texts["description"]))]
    for field in ("funder", "party"):
        texts[field] = [name for text in texts[field] for name in _SEVERAL.split(text) if name][:20]
    found_scheme = scheme or ("iati" if of_iati else columns.scheme)
    return activity(texts, _amounts(row, texts["currency"], columns), found_scheme, place)


def _text(cell: Any) -> str:
    """A cell on one line."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list):
        cell = "; ".join(str(part) for part in cell if part is not None)
    return " ".join(str(cell)[:_LONGEST].replace("\0", " ").split())


def _amounts(row: Row, currencies: Iterable[str], columns: _Columns) -> Iterator[Sum]:
    """In the currency of the row, and in US dollars of the time where a column has them."""
    own = next((code for text in currencies if _CURRENCY.fullmatch(code := text.upper())), None)
    for field, currency in (("amount", own), ("usd", "USD")):
        for name in columns.of[field]:
            value = number(row.get(name))
            if value and currency:
                yield Sum(text=_text(row.get(name)), value=value, currency=currency)


def _csv_rows(stream: BinaryIO, where: str) -> Rows:
    """Raises ArticleError where the file is no table."""
    damaged: list[ArticleError] = []
    records = csv_records(stream, where, damaged)
    header = next(records)[1]
    yield from ((error.where, error) for error in damaged)
    assert not isinstance(header, str)
    for at, record in records:
        place = f"{where}:{at}"
        try:
            yield place, row_cells(record, header)
        except ValueError as error:
            yield place, ArticleError(place, str(error))


def _json_rows(stream: BinaryIO, where: str) -> Rows:
    """An object a line; a line that is an array gives its objects."""
    for at, line in enumerate(lines(stream, where), 1):
        place = f"{where}:{at}"
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


def _excel_rows(stream: BinaryIO, where: str) -> Rows:
    """The rows of the sheet with the most rows; its first row with two cells or more is the header.

    Raises ArticleError for a file that is damaged, encrypted, or unpacks to too much.
    """
    from openpyxl import load_workbook  # slow to import; few runs need it

    _check_size(stream, where)
    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = max(book.worksheets, key=lambda one: one.max_row or 0)
        header: list[str] = []
        for at, cells in enumerate(sheet.iter_rows(values_only=True, max_col=_WIDEST), 1):
            if header and any(cell is not None for cell in cells):
                yield f"{where}, row {at}", dict(zip(header, cells, strict=False))
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


_TABLES: Mapping[str, Callable[[BinaryIO, str], Rows]] = {
    ".csv": _csv_rows, ".tsv": _csv_rows, ".xlsx": _excel_rows, ".jsonl": _json_rows, ".ndjson": _json_rows,
    ".json": _json_rows,
}  # fmt: skip
