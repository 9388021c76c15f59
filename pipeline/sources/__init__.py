"""Reads files, folders, globs and standard input as a stream of articles; a broken file is an error of its own.

`READERS` is the one table of the files that Corridor reads.
"""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article
from pipeline.sources.articles import FIELDS, ReadOptions, Results, first_line, iso_date, make_article, of_file
from pipeline.sources.decode import PACKINGS, Line, kind, lines, unpacked, whole
from pipeline.sources.locations import Remote, Seen, find, unread
from pipeline.sources.pages import read_mail, read_page
from pipeline.sources.pdf import read_pdf
from pipeline.sources.rows import is_object, read_csv, read_json, read_json_lines, read_parquet
from pipeline.sources.word import read_rtf, read_word

__all__ = ["FIELDS", "READERS", "ReadOptions", "expected", "files", "find", "make_article", "read", "read_stream"]

Reader = Callable[[BinaryIO, str, ReadOptions], Article | Results]  # of a stream and its name: one article, or many
Opened = Callable[[], AbstractContextManager[BinaryIO]]
_DEFAULTS = ReadOptions()
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
    _check(options)
    sources = find(inputs, READERS, options.follow_links)
    return _unique(chain.from_iterable(_read(source, options) for source in sources))


def read_stream(stream: BinaryIO, name: str, options: ReadOptions = _DEFAULTS) -> Iterator[Article | ArticleError]:
    """The articles of an open file, with an ArticleError in place of each that fails.

    Args:
        stream: The file, opened in binary mode at its start.
        name: Its name, whose ending says which kind of file it is; without one it is text.
        options: As of `read`.

    Raises:
        SetupError: The options are wrong (at once).
    """
    _check(options)
    if Path(name).suffix and kind(name) not in READERS:
        return iter([unread(name, READERS)])
    return _unique(_articles(name, lambda: nullcontext(stream), _reader(name), options))


def files(inputs: Sequence[str], options: ReadOptions = _DEFAULTS) -> Iterator[Path]:
    """The local files that `read` would read."""
    return (source for source in find(inputs, READERS, options.follow_links) if isinstance(source, Path))


def expected(inputs: Sequence[str], options: ReadOptions = _DEFAULTS) -> int | None:
    """About how many articles the inputs hold, without reading them; None if unknown (standard input, CSV, remote)."""
    total = 0
    for source in find(inputs, READERS, options.follow_links):
        count = _count(source) if isinstance(source, Path) else 1 if isinstance(source, ArticleError) else None
        if count is None:
            return None
        total += count
    return total


def _count(path: Path) -> int | None:
    """How many articles a file holds; None where that cannot be known without reading it."""
    try:
        match kind(path.name):
            case ".jsonl" | ".ndjson":
                with path.open("rb") as file:
                    return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
            case ".parquet":
                import pyarrow.parquet as pq  # slow to import; few runs need it

                return int(pq.read_metadata(path).num_rows)
            case name:
                return None if name in _TABLES else 1
    except Exception:  # `read` reports what is wrong with the file
        return None


def _check(options: ReadOptions) -> None:
    """Raises SetupError for an unknown field or a wrong date, before any file is opened."""
    unknown = sorted(set(options.columns) - set(FIELDS))
    if unknown:
        raise SetupError(f"--column {unknown[0]}=...: unknown field; name one of {', '.join(FIELDS)}")
    if options.date and iso_date(options.date) is None:
        raise SetupError(f"--date {options.date}: not a full date; write it as 2025-09-25")


def _read(source: Path | Remote | str | ArticleError, options: ReadOptions) -> Results:
    if isinstance(source, ArticleError):
        return iter([source])
    if isinstance(source, str):
        return _articles("<stdin>", lambda: nullcontext(options.stdin or sys.stdin.buffer), _stdin, options)
    return _articles(str(source), lambda: source.open("rb"), _reader(source.name), options)


def _articles(where: str, opened: Opened, read: Reader, options: ReadOptions) -> Results:
    """What is read; a failure to read becomes an ArticleError, and so does the lack of any article."""
    try:
        with opened() as stream:
            results = read(unpacked(stream, where), where, options)
            results = iter([results]) if isinstance(results, Article) else results
            yield next(results, ArticleError(where, "holds no article"))
            yield from results
    except ArticleError as error:
        yield error
    except OSError as error:
        yield ArticleError(where, f"cannot be read ({error.strerror or error})")


def _reader(name: str) -> Reader:
    return READERS.get(kind(name), READERS[".txt"])


def _stdin(stream: BinaryIO, where: str, options: ReadOptions) -> Article | Results:
    """JSON lines if the first line of text that is not blank is a JSON object, else one text."""
    head: list[Line] = []
    for piece in (pieces := lines(stream, where)):
        head.append(piece)
        if isinstance(piece, str) and piece.strip():
            break
    everything = chain(head, pieces)
    if head and is_object(str(head[-1])):
        return read_json_lines(everything, where, options)
    return of_file(whole(everything, where), where, options)


def _unique(results: Iterable[Article | ArticleError]) -> Results:
    """The results; a repeated id gets a number."""
    seen = Seen()
    for result in results:
        if isinstance(result, ArticleError):
            yield result
            continue
        name = result.id
        while name in seen:
            name = f"{result.id}-{seen.add(result.id)}"
        seen.add(name)
        if name == result.id:
            yield result
        else:
            _log.warning("the id %s is not unique; this article gets %s", result.id, name)
            yield result.model_copy(update={"id": name})


def _text(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The whole text; its first line is the title too if it stands alone."""
    text = whole(lines(stream, where), where)
    return of_file(text, where, options, title=first_line(text))


def _jsonl(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    return read_json_lines(lines(stream, where), where, options)


_TABLES: dict[str, Reader] = {".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": read_csv, ".json": read_json}
_TABLES |= {f"{kind}{packing}": read for kind, read in _TABLES.items() for packing in PACKINGS}
READERS: dict[str, Reader] = {
    **dict.fromkeys((".txt", ".md"), _text),
    **dict.fromkeys((".html", ".htm"), read_page),
    ".eml": read_mail,
    ".rtf": read_rtf,
    ".pdf": read_pdf,
    ".docx": read_word,
    ".parquet": read_parquet,
    **_TABLES,
}
