"""Reads files, folders, globs and standard input as a stream of articles; a broken file is an error of its own."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import make_article
from pipeline.sources.decode import Line, lines
from pipeline.sources.file_types import COUNTERS, READERS, Reader, read_text
from pipeline.sources.options import FIELDS, ReadOptions, check
from pipeline.sources.packed import kind, kinds
from pipeline.sources.remote import Remote
from pipeline.sources.sources import Seen, Source, find
from pipeline.sources.tables import DECODER, Results, read_jsonl

__all__ = ["FIELDS", "ReadOptions", "expected", "files", "make_article", "read", "read_stream"]

_DEFAULTS = ReadOptions()
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
    return read_jsonl(everything, where, options) if _is_object(head) else read_text(everything, where, options)


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
