"""Files of records: JSON lines or Parquet. Reading goes on after a line that is no record."""

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Record, fault

STANDARD = "-"
RUN, MANIFEST = "run.json", "manifest.sqlite"  # of a run folder, beside numbered parts:
PART, ROWS = "records-", "manifest-"  # the records of some articles, and the outcome for each of these
FAILED = "failed.jsonl"  # the articles of a run that failed
ARTICLE = ("id", "date", "source", "title", "url", "story")  # columns of a Parquet part, from the article
RECORD = "record"  # the column of a Parquet part that holds the record, in JSON
NO_FILE = "is no file, but a folder, a pipe or a device"
FORMS = ("jsonl", "parquet")  # endings of files of records
_NUMBERED = re.compile(r"(records-|manifest-)([0-9]{5}|[1-9][0-9]{5,})\.(jsonl|parquet)")
_INPUTS = {".txt", ".md", ".html", ".htm", ".eml", ".rtf", ".json", ".csv", ".gz", ".zst"}  # never of records
_TEXTS = ("text", "body", "content", "full_text", "title", "headline")  # names that input has and a record has not
_ROWS_AT_ONCE = 64  # of a Parquet file in memory


class Place(NamedTuple):
    """The place of a record: the number (from 1) of its line or row in a file, and the first byte of a line."""

    file: str
    number: int
    offset: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


Line = tuple[Place, bytes]  # and its content


def read(name: str) -> Iterator[Record | ArticleError]:
    """The records of a file, of all files of a folder, or (`-`) of standard input, in their order.

    Args:
        name: A file of JSON lines or Parquet, a folder of such files, a run folder, or `-`.

    Yields:
        A `Record` for each line, or an `ArticleError` that names a line that is none.

    Raises:
        SetupError: A file cannot be read, or holds articles and not records.
    """
    return (record for _, record in placed(name))


def placed(name: str) -> Iterator[tuple[str, Record | ArticleError]]:
    """The same, each with its place (file:line). Raises SetupError too if the first line belongs to an article."""
    for number, (place, line) in enumerate(lines(name)):
        record = record_of(place, line)
        if number == 0 and isinstance(record, ArticleError) and _is_input(place.file, line):
            run = f"corridor extract {shlex.quote(name)} -o records.jsonl"
            raise SetupError(f"{name}: this is input, not records; run `{run}` first")
        yield str(place), record


def _is_input(file: str, line: bytes) -> bool:
    """Whether a first line that is no record belongs to what `corridor extract` reads, and is not a damaged record."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Path(file).suffix.lower() in _INPUTS and (line.strip() == b"{" or not line.lstrip().startswith(b"{"))
    if isinstance(value, dict):
        return "article" not in value and any(isinstance(value.get(name), str) for name in _TEXTS)
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def lines(name: str) -> Iterator[Line]:
    """The lines or rows as they are; empty ones are left out."""
    return ((place, line) for place, line in _lines(name) if line.strip())


def record_at(place: Place) -> Record | ArticleError:
    """The record at a place that `lines` gave. Raises SetupError where the file cannot be read."""
    path = Path(place.file)
    if path.suffix == ".parquet":
        return record_of(place, next(islice((line for _, line in _rows(str(path), path)), place.number - 1, None), b""))
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            return record_of(place, file.readline())
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> SetupError:
    return SetupError(f"{path}: cannot be read ({error.strerror or error})")


def record_of(place: Place, line: bytes) -> Record | ArticleError:
    """The record of a line, or the error that names it."""
    try:
        return Record.model_validate_json(line)
    except ValidationError as error:
        return ArticleError(str(place), f"not a record of `corridor extract`: {fault(error)}")


def lines_of(name: str, data: bytes) -> list[Line]:
    """The lines of a file's bytes; the ending of its name gives the form. Raises SetupError for bad Parquet."""
    file = BytesIO(data)
    return list(_rows(name, file) if name.endswith(".parquet") else _numbered(name, file))


def number_of(name: str, start: str = PART) -> int | None:
    """The number of a part of a run (`records-00001.jsonl`); None for any other name."""
    found = _NUMBERED.fullmatch(name)
    return int(found[2]) if found and found[1] == start else None


def is_run(names: Iterable[str]) -> bool:
    """Whether files of these names make a run folder."""
    return any(name in (RUN, MANIFEST) or number_of(name, ROWS) is not None for name in names)


def is_run_file(name: str) -> bool:
    """Whether a run writes a file of this name."""
    return name in (RUN, MANIFEST, FAILED) or _NUMBERED.fullmatch(name) is not None


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
            raise _unreadable(path, error) from error


def _numbered(name: str, lines: Iterable[bytes]) -> Iterator[Line]:
    offset = 0
    for number, line in enumerate(lines, 1):
        yield Place(name, number, offset), line
        offset += len(line)


def _rows(name: str, source: Path | BytesIO) -> Iterator[Line]:
    import pyarrow as pa  # slow to import
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source) as file:
            batches = file.iter_batches(_ROWS_AT_ONCE, columns=[RECORD])
            values = (value for batch in batches for value in batch.column(0).to_pylist())
            yield from _numbered(name, ((value or "").encode() for value in values))
    except (pa.ArrowInvalid, IndexError) as error:
        raise SetupError(f"{name}: cannot be read as Parquet with a column {RECORD} ({error})") from error


def _files(path: Path) -> list[Path]:
    """The files of records at a path; of a run folder its parts."""
    if not path.exists():
        raise SetupError(f"{path}: not found")
    if not path.is_dir():
        return [path]
    files = sorted(file for form in FORMS for file in path.glob(f"*.{form}"))
    if is_run(file.name for file in path.iterdir()):
        numbered = ((number_of(file.name), file) for file in files)
        files = [file for _, file in sorted((number, file) for number, file in numbered if number is not None)]
    for file in files:
        if not file.is_file():
            raise SetupError(f"{file}: {NO_FILE}; move it away")
    if not files:
        raise SetupError(f"{path}: holds no records (*.jsonl or *.parquet)")
    return files


def as_jsonl(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def as_parquet(lines: Sequence[str]) -> bytes:
    """Records with columns for their articles, by which readers can select rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    articles = [json.loads(line)["article"] for line in lines]
    rows = [
        {**{name: article.get(name) for name in ARTICLE}, RECORD: line}
        for article, line in zip(articles, lines, strict=True)
    ]
    schema = pa.schema([(name, pa.string()) for name in (*ARTICLE, RECORD)])
    file = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), file, compression="zstd")
    return file.getvalue()


PARTS: Mapping[str, Callable[[Sequence[str]], bytes]] = {"jsonl": as_jsonl, "parquet": as_parquet}  # lines of JSON
