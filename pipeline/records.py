"""The records of a file, of a run folder or of standard input, as JSON lines or Parquet, read back one by one.

Hard because a line can be cut, a record can be of another program, and none of that may cost the others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Record, fault

STANDARD = "-"
RUN, PART = "run.json", "records-"  # what makes a folder that of a run, and how its parts begin
FAILED = "failed.jsonl"  # in which a run names what failed
RECORD = "record"  # the column of a Parquet part that holds the records, in JSON
FORMS = ("jsonl", "parquet")  # how names of files of records end
_TOGETHER = 64  # rows of a Parquet file in memory at a time


class Place(NamedTuple):
    """Where a record stands: the `number`th line or row of a file, from 1, of a line the byte it begins at."""

    file: str
    number: int
    offset: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


Line = tuple[Place, bytes]  # where it stands, and what it holds


def read(name: str) -> Iterator[Record | ArticleError]:
    """The records of a file, of all files of a folder, or (`-`) of standard input, in their order.

    A line that is no record comes back as an ArticleError. Raises SetupError where a file cannot be read.
    """
    return (record for _, record in placed(name))


def placed(name: str) -> Iterator[tuple[str, Record | ArticleError]]:
    """The same, each with where it stands (file:line)."""
    return ((str(place), record_of(place, line)) for place, line in lines(name))


def lines(name: str) -> Iterator[Line]:
    """The same, not looked into; empty lines are left out."""
    return ((place, line) for place, line in _lines(name) if line.strip())


def record_at(place: Place) -> Record | ArticleError:
    """The record of a file that stands at a place which `lines` told. Raises SetupError where it cannot be read."""
    path = Path(place.file)
    if path.suffix == ".parquet":
        return record_of(place, next(islice((line for _, line in _rows(path)), place.number - 1, None), b""))
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            return record_of(place, file.readline())
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def record_of(place: Place, line: bytes) -> Record | ArticleError:
    """What a line holds."""
    try:
        return Record.model_validate_json(line)
    except ValidationError as error:
        return ArticleError(str(place), f"not a record of `corridor extract`: {fault(error)}")


def _lines(name: str) -> Iterator[Line]:
    if name == STANDARD:
        yield from _numbered(name, sys.stdin.buffer)
        return
    for path in _files(Path(name)):
        try:
            if path.suffix == ".parquet":
                yield from _rows(path)
            else:
                with path.open("rb") as file:
                    yield from _numbered(str(path), file)
        except OSError as error:
            raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def _numbered(name: str, lines: Iterable[bytes]) -> Iterator[Line]:
    offset = 0
    for number, line in enumerate(lines, 1):
        yield Place(name, number, offset), line
        offset += len(line)


def _rows(path: Path) -> Iterator[Line]:
    import pyarrow as pa  # takes its time, so only for those who need it
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            batches = file.iter_batches(_TOGETHER, columns=[RECORD])
            values = (value for batch in batches for value in batch.column(0).to_pylist())
            yield from _numbered(str(path), ((value or "").encode() for value in values))
    except (pa.ArrowInvalid, IndexError) as error:
        raise SetupError(f"{path}: cannot be read as Parquet with a column {RECORD} ({error})") from error


def _files(path: Path) -> list[Path]:
    """The files of records at a path: of a run folder its parts."""
    if not path.exists():
        raise SetupError(f"{path}: not found")
    if not path.is_dir():
        return [path]
    start = PART if (path / RUN).exists() else ""
    files = sorted(file for form in FORMS for file in path.glob(f"{start}*.{form}"))
    if not files:
        raise SetupError(f"{path}: holds no records (*.jsonl or *.parquet)")
    return files
