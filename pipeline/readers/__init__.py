"""Reads files, folders, globs and standard input as a stream of articles; a broken file is an error of its own."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ArticleError
from pipeline.readers.articles import make_article
from pipeline.readers.decode import Line, lines, whole
from pipeline.readers.options import FIELDS, ReadOptions, check
from pipeline.readers.pages import read_page
from pipeline.readers.remote import Remote
from pipeline.readers.seen import Seen
from pipeline.readers.sources import Source, find
from pipeline.readers.tables import Results, read_csv, read_jsonl, read_parquet
from pipeline.record import Article

__all__ = ["FIELDS", "ReadOptions", "expected", "files", "make_article", "read"]

_DEFAULTS = ReadOptions()
_BLOCK = 1 << 20  # bytes
_log = logging.getLogger("corridor")


def read(inputs: Sequence[str], options: ReadOptions = _DEFAULTS) -> Iterator[Article | ArticleError]:
    """The articles of the inputs, in order, with an ArticleError in place of each that fails.

    An input is a file, a folder (with its subfolders, sorted), a glob, or `-`; a file named twice is read once. Ids are
    made unique: a second `x` becomes `x-2`. Raises SetupError for wrong options, if no input holds anything to read
    (both at once), or if there is no space for temporary files.
    """
    check(options)
    sources = find(inputs, _READERS)
    return _unique(result for source in sources for result in _read(source, options))


def files(inputs: Sequence[str]) -> Iterator[Path]:
    """The local files that `read` would read."""
    return (source for source in find(inputs, _READERS) if isinstance(source, Path))


def expected(inputs: Sequence[str]) -> int | None:
    """About how many articles the inputs hold, without reading them; None if unknown (standard input, CSV, remote)."""
    total = 0
    for source in find(inputs, _READERS):
        if isinstance(source, str | Remote):
            return None
        count: int | None = 1
        if isinstance(source, Path) and (counter := _COUNTERS.get(source.suffix.lower())):
            count = counter(source)
        if count is None:
            return None
        total += count
    return total


def _count_lines(path: Path) -> int | None:
    try:
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
    except OSError:
        return None


def _count_rows(path: Path) -> int | None:
    import pyarrow.parquet as pq  # slow to import; few runs need it

    try:
        return int(pq.read_metadata(path).num_rows)
    except Exception:  # `read` reports what is wrong with the file
        return None


def _read(source: Source, options: ReadOptions) -> Results:
    if isinstance(source, ArticleError):
        yield source
        return
    where = "<stdin>" if isinstance(source, str) else str(source)
    try:
        results = _stdin(where, options) if isinstance(source, str) else _file(source, where, options)
        first = next(results, ArticleError(where, "holds no article"))
        yield from chain([first], results)
    except ArticleError as error:
        yield error
    except OSError as error:
        yield ArticleError(where, f"cannot be read ({error.strerror or error})")


def _file(path: Path | Remote, where: str, options: ReadOptions) -> Results:
    with path.open() if isinstance(path, Remote) else path.open("rb") as stream:
        yield from _READERS.get(path.suffix.lower(), _text)(stream, where, options)


def _stdin(where: str, options: ReadOptions) -> Results:
    """JSON lines if the first line of text that is not blank is a JSON object, else one text."""
    stream = options.stdin or sys.stdin.buffer
    pieces = lines(stream, where)
    head: list[Line] = []
    for piece in pieces:
        head.append(piece)
        if isinstance(piece, str) and piece.strip():
            break
    everything = chain(head, pieces)
    return read_jsonl(everything, where, options) if _is_object(head) else _bare(everything, where, options)


def _is_object(head: list[Line]) -> bool:
    try:
        return bool(head) and isinstance(json.loads(str(head[-1])), dict)
    except (ValueError, RecursionError):
        return False


def _bare(pieces: Iterable[Line], where: str, options: ReadOptions) -> Results:
    yield make_article(whole(pieces, where), where=where, source=options.source, date=options.date)


def _text(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    return _bare(lines(stream, where), where, options)


def _page(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    yield read_page(stream, where, options)


def _jsonl(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    return read_jsonl(lines(stream, where), where, options)


_READERS: dict[str, Callable[[BinaryIO, str, ReadOptions], Results]] = {
    ".txt": _text,
    ".md": _text,
    ".html": _page,
    ".htm": _page,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".csv": read_csv,
    ".parquet": read_parquet,
}
_COUNTERS: dict[str, Callable[[Path], int | None]] = {
    ".jsonl": _count_lines,
    ".ndjson": _count_lines,
    ".parquet": _count_rows,
    ".csv": lambda _: None,
}


def _unique(results: Results) -> Results:
    seen = Seen()
    for result in results:
        yield result if isinstance(result, ArticleError) else _renamed(result, seen)


def _renamed(article: Article, seen: Seen) -> Article:
    """The article with an id that is not in `seen`: a repeated id gets a number."""
    name = article.id
    while name in seen:
        name = f"{article.id}-{seen.add(article.id)}"
    seen.add(name)
    if name == article.id:
        return article
    _log.warning("the id %s is not unique; this article gets %s", article.id, name)
    return article.model_copy(update={"id": name})
