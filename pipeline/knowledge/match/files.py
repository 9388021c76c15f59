"""The files that a user gives as lists of activities, opened by their endings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ArticleError, SetupError
from pipeline.knowledge.decisions import Scheme
from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.columns import Columns, match_columns
from pipeline.knowledge.match.formats import Rows, csv_rows, excel_rows, json_rows
from pipeline.knowledge.match.iati import iati_activities
from pipeline.knowledge.match.tables import activity
from pipeline.sources.packed import PACKINGS, kind, unpacked

_TABLES: Mapping[str, Callable[[BinaryIO, str], Rows]] = {
    ".csv": csv_rows, ".tsv": csv_rows, ".xlsx": excel_rows, ".jsonl": json_rows, ".ndjson": json_rows,
    ".json": json_rows,
}  # fmt: skip
_XML = ".xml"
_WHOLE = {".xlsx"}  # is packed itself, and read back and forth

Tell = Callable[[str, str], None]


def activities(path: Path, tell: Tell, scheme: Scheme | None = None) -> Iterator[Activity | ArticleError]:
    """The activities of a file, and an error for each row that is none. `tell`: called with what the columns hold.

    Raises SetupError where the file cannot be read, or is no list of activities.
    """
    name = kind(path.name)
    inner, _, packing = name.rpartition(".") if f".{name.rpartition('.')[2]}" in PACKINGS else (name, "", "")
    if inner not in {*_TABLES, _XML} or (packing and inner in _WHOLE):
        known = ", ".join(sorted({*_TABLES, _XML}))
        raise SetupError(
            f"{path}: not a list of activities that Corridor reads ({known}; all but .xlsx in .gz or .zst)"
        )
    try:
        with path.open("rb") as file:
            stream = unpacked(file, f".{packing}") if packing else file
            if inner == _XML:
                yield from iati_activities(stream, str(path))
            else:
                yield from _of_rows(_TABLES[inner](stream, str(path)), str(path), tell, scheme)
    except ArticleError as error:
        raise SetupError(str(error)) from error
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def _of_rows(rows: Rows, where: str, tell: Tell, scheme: Scheme | None) -> Iterator[Activity | ArticleError]:
    """The columns are those of the first row; JSON rows with others are matched anew."""
    known: dict[tuple[str, ...], Columns] = {}
    for place, row in rows:
        if isinstance(row, ArticleError):
            yield row
            continue
        names = tuple(map(str, row))
        columns = known.get(names)
        if columns is None:
            columns = match_columns(names)
            if not known:
                if columns.lacks:
                    reason = f"has no column for the {columns.lacks} of an activity among {', '.join(names)[:300]}"
                    raise ArticleError(where, f"{reason}; rename one '{columns.lacks}'")
                tell(where, columns.said)
            if len(known) < 1_000:
                known[names] = columns
        yield activity(row, place, columns, scheme)


def read_all(
    paths: Iterable[Path], tell: Tell, failed: Callable[[ArticleError], None], scheme: Scheme | None = None
) -> list[Activity]:
    """The activities of all files, of two with one id the first; `failed` is called for every row that is none."""
    found: dict[tuple[Scheme, str], Activity] = {}
    for path in paths:
        for one in activities(path, tell, scheme):
            if isinstance(one, ArticleError):
                failed(one)
            else:
                found.setdefault((one.scheme, one.id), one)
    return list(found.values())
