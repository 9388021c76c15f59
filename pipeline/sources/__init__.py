"""Reads files, folders, globs and standard input as a stream of articles; a broken file is an error of its own.

`READERS` is the one table of the files that Corridor reads.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import make_article
from pipeline.sources.decode import Line, lines, whole
from pipeline.sources.json_files import read_json
from pipeline.sources.mail import read_mail
from pipeline.sources.metadata import first_line
from pipeline.sources.options import FIELDS, ReadOptions, check
from pipeline.sources.packed import PACKINGS, kind, kinds, unpacked
from pipeline.sources.pages import read_page
from pipeline.sources.pdf import read_pdf
from pipeline.sources.remote import Remote
from pipeline.sources.sources import Seen, Source, find
from pipeline.sources.tables import DECODER, Results, read_csv, read_jsonl, read_parquet
from pipeline.sources.word import read_rtf, read_word

__all__ = ["FIELDS", "READERS", "ReadOptions", "expected", "files", "find", "make_article", "read", "read_stream"]

_DEFAULTS = ReadOptions()
Reader = Callable[[BinaryIO, str, ReadOptions], Results]
_BLOCK = 1 << 20  # bytes
_log = logging.getLogger("corridor")


def read(inputs: Sequence[str], options: ReadOptions = _DEFAULTS) -> Iterator[Article | ArticleError]:
    """The articles of the inputs, in order, with an ArticleError in place of each that fails.

    Args:
        inputs: Files, folders (with their subfolders, sorted), globs, or `-`; a file named twice is read once.
        options: Names of columns, and what articles get that have no title, date or source.

    Yields:
        An `Article` for each that can be read, else an `ArticleError` in its place. Ids are made unique; a second `x`
            becomes `x-2`.

    Raises:
        SetupError: The options are wrong, no input holds anything to read (both at once), or there is no space for
            temporary files.
    """
    check(options)
    sources = find(inputs, READERS, options.follow_links)
    return _unique(result for source in sources for result in _read(source, options))


def read_stream(stream: BinaryIO, name: str, options: ReadOptions = _DEFAULTS) -> Iterator[Article | ArticleError]:
    """The articles of an open file, with an ArticleError in place of each that fails.

    Args:
        stream: The file, opened in binary mode at its start.
        name: Its name, whose ending says which kind of file it is; without one it is text.
        options: As of `read`.

    Raises:
        SetupError: The options are wrong (at once).
    """
    check(options)
    if Path(name).suffix and kind(name) not in READERS:
        return iter([ArticleError(name, f"Corridor does not read {kind(name)} files (it reads {kinds(READERS)})")])
    return _unique(_guarded(name, lambda: _reader(name)(stream, name, options)))


def files(inputs: Sequence[str], options: ReadOptions = _DEFAULTS) -> Iterator[Path]:
    """The local files that `read` would read."""
    return (source for source in find(inputs, READERS, options.follow_links) if isinstance(source, Path))


def expected(inputs: Sequence[str], options: ReadOptions = _DEFAULTS) -> int | None:
    """About how many articles the inputs hold, without reading them; None if unknown (standard input, CSV, remote)."""
    total = 0
    for source in find(inputs, READERS, options.follow_links):
        if isinstance(source, str | Remote):
            return None
        count: int | None = 1
        if isinstance(source, Path) and (counter := COUNTERS.get(kind(source.name))):
            count = counter(source)
        if count is None:
            return None
        total += count
    return total


def _read(source: Source, options: ReadOptions) -> Results:
    if isinstance(source, ArticleError):
        yield source
        return
    where = "<stdin>" if isinstance(source, str) else str(source)
    yield from _guarded(
        where, lambda: _stdin(where, options) if isinstance(source, str) else _file(source, where, options)
    )


def _guarded(where: str, read: Callable[[], Results]) -> Results:
    """What is read; a failure to read becomes an ArticleError, and so does the lack of any article."""
    try:
        results = read()
        first = next(results, ArticleError(where, "holds no article"))
        yield from chain([first], results)
    except ArticleError as error:
        yield error
    except OSError as error:
        yield ArticleError(where, f"cannot be read ({error.strerror or error})")


def _file(path: Path | Remote, where: str, options: ReadOptions) -> Results:
    with path.open() if isinstance(path, Remote) else path.open("rb") as stream:
        yield from _reader(path.name)(stream, where, options)


def _reader(name: str) -> Reader:
    return READERS.get(kind(name), READERS[".txt"])


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
    return read_jsonl(everything, where, options) if _is_object(head) else _read_text(everything, where, options)


def _is_object(head: list[Line]) -> bool:
    try:
        return bool(head) and isinstance(DECODER.decode(str(head[-1])), dict)
    except (ValueError, RecursionError):
        return False


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


def _read_text(pieces: Iterable[Line], where: str, options: ReadOptions, titled: bool = False) -> Results:
    """One article: the whole text. `titled`: its first line is its title if it stands alone."""
    text = whole(pieces, where)
    title = (first_line(text) if titled else None) or options.title
    yield make_article(text, where=where, title=title, source=options.source, date=options.date)


def _text(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    return _read_text(lines(stream, where), where, options, titled=True)


def _single(read: Callable[[BinaryIO, str, ReadOptions], Article]) -> Reader:
    """A reader of files that hold one article."""

    def reader(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
        yield read(stream, where, options)

    return reader


def _jsonl(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    return read_jsonl(lines(stream, where), where, options)


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


def _packed(read: Reader, packing: str) -> Reader:
    def reader(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
        return read(unpacked(stream, packing), where, options)

    return reader


_TABLES: dict[str, Reader] = {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": read_csv, ".json": read_json}
_PACKED = {f"{kind}{packing}": _packed(read, packing) for kind, read in _TABLES.items() for packing in PACKINGS}
READERS: dict[str, Reader] = {
    ".txt": _text,
    ".md": _text,
    ".html": _single(read_page),
    ".htm": _single(read_page),
    ".eml": _single(read_mail),
    ".rtf": _single(read_rtf),
    ".pdf": _single(read_pdf),
    ".docx": _single(read_word),
    ".parquet": read_parquet,
    **_TABLES,
    **_PACKED,
}
COUNTERS: dict[str, Callable[[Path], int | None]] = {
    **dict.fromkeys((".csv", ".json", *_PACKED), lambda _: None),
    ".jsonl": _count_lines,
    ".ndjson": _count_lines,
    ".parquet": _count_rows,
}
