"""Files, folders, globs and standard input to a stream of articles.

Hard because real collections hold broken files: each costs itself alone, and is named with the reason.
"""

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

__all__ = ["FIELDS", "KINDS", "ReadOptions", "files", "make_article", "read"]

_DEFAULTS = ReadOptions()
_log = logging.getLogger("corridor")


def read(inputs: Sequence[str], options: ReadOptions = _DEFAULTS) -> Iterator[Article | ArticleError]:
    """The articles of the inputs, one by one, in order; what fails comes as an ArticleError and the rest goes on.

    An input is a file, a folder (read all the way down, sorted), a glob, or `-`; a file named twice is read once. Ids
    are made unique: a second `x` becomes `x-2`. Raises SetupError, at once, for options that cannot be and where no
    input gives anything to read; and where there is no room for temporary files.
    """
    check(options)
    sources = find(inputs, _READERS)
    return _unique(result for source in sources for result in _read(source, options))


def files(inputs: Sequence[str]) -> Iterator[Path]:
    """The files of this machine that `read` would read; see there."""
    return (source for source in find(inputs, _READERS) if isinstance(source, Path))


def _read(source: Source, options: ReadOptions) -> Results:
    if isinstance(source, ArticleError):
        yield source
        return
    where = "<stdin>" if isinstance(source, str) else str(source)
    try:
        results = _stdin(where, options) if isinstance(source, str) else _file(source, where, options)
        first = next(results, ArticleError(where, "there is no article in it"))
        yield from chain([first], results)
    except ArticleError as error:
        yield error
    except OSError as error:
        yield ArticleError(where, f"cannot be read ({error.strerror or error})")


def _file(path: Path | Remote, where: str, options: ReadOptions) -> Results:
    with path.open() if isinstance(path, Remote) else path.open("rb") as stream:
        yield from _READERS.get(path.suffix.lower(), _text)(stream, where, options)


def _stdin(where: str, options: ReadOptions) -> Results:
    """JSON lines, if the first line that is text and not blank is a JSON object; else one text."""
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


KINDS = frozenset(_READERS)  # of files that are read, by their extensions


def _unique(results: Results) -> Results:
    """The same, with ids that came before given the next free number."""
    seen = Seen()
    for result in results:
        yield result if isinstance(result, ArticleError) else _renamed(result, seen)


def _renamed(article: Article, seen: Seen) -> Article:
    """The article under a free id: the next number is how often its id was asked for."""
    name = article.id
    while name in seen:
        name = f"{article.id}-{seen.add(article.id)}"
    seen.add(name)
    if name == article.id:
        return article
    _log.warning("the id %s came before; this article is %s", article.id, name)
    return article.model_copy(update={"id": name})
