"""The records of a file, of a run folder or of standard input, as JSON lines or Parquet, read back one by one.

Hard because a line can be cut, a record can be of another program, and none of that may cost the others.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Record, fault

STANDARD = "-"
RUN, MANIFEST = "run.json", "manifest.sqlite"  # a run folder holds them, and numbered parts:
PART, ROWS = "records-", "manifest-"  # the records of some articles, and what became of each of these
FAILED = "failed.jsonl"  # in which a run names what failed
RECORD = "record"  # the column of a Parquet part that holds the records, in JSON
FORMS = ("jsonl", "parquet")  # how names of files of records end
_NUMBERED = re.compile(r"(records-|manifest-)([0-9]{5}|[1-9][0-9]{5,})\.(jsonl|parquet)")
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
        return record_of(place, next(islice((line for _, line in _rows(str(path), path)), place.number - 1, None), b""))
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


def lines_of(name: str, data: bytes) -> list[Line]:
    """The lines of a file's bytes; its name says the form. Raises SetupError for bytes that are no Parquet."""
    file = BytesIO(data)
    return list(_rows(name, file) if name.endswith(".parquet") else _numbered(name, file))


def number_of(name: str, start: str = PART) -> int | None:
    """The number of a part of a run (`records-00001.jsonl`); None for every other name."""
    found = _NUMBERED.fullmatch(name)
    return int(found[2]) if found and found[1] == start else None


def is_run(names: Iterable[str]) -> bool:
    """Whether files of these names make a run folder."""
    return any(name in (RUN, MANIFEST) or number_of(name, ROWS) is not None for name in names)


def _lines(name: str) -> Iterator[Line]:
    if name == STANDARD:
        yield from _numbered(name, sys.stdin.buffer)
        return
    for path in _files(Path(name)):
        try:
            if path.suffix == ".parquet":
                yield from _rows(str(path), path)
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


def _rows(name: str, source: Path | BytesIO) -> Iterator[Line]:
    import pyarrow as pa  # takes its time, so only for those who need it
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source) as file:
            batches = file.iter_batches(_TOGETHER, columns=[RECORD])
            values = (value for batch in batches for value in batch.column(0).to_pylist())
            yield from _numbered(name, ((value or "").encode() for value in values))
    except (pa.ArrowInvalid, IndexError) as error:
        raise SetupError(f"{name}: cannot be read as Parquet with a column {RECORD} ({error})") from error


def _files(path: Path) -> list[Path]:
    """The files of records at a path: of a run folder its parts."""
    if not path.exists():
        raise SetupError(f"{path}: not found")
    if not path.is_dir():
        return [path]
    files = sorted(file for form in FORMS for file in path.glob(f"*.{form}"))
    if is_run(file.name for file in path.iterdir()):
        numbered = ((number_of(file.name), file) for file in files)
        files = [file for _, file in sorted((number, file) for number, file in numbered if number is not None)]
    if not files:
        raise SetupError(f"{path}: holds no records (*.jsonl or *.parquet)")
    return files
