"""The file types that Corridor reads: a reader for each suffix, and how many articles a file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from pipeline.readers.articles import make_article
from pipeline.readers.decode import Line, lines, whole
from pipeline.readers.options import ReadOptions
from pipeline.readers.pages import read_page
from pipeline.readers.pdf import read_pdf
from pipeline.readers.tables import Results, read_csv, read_jsonl, read_parquet
from pipeline.readers.word import read_word

_BLOCK = 1 << 20  # bytes


def read_text(pieces: Iterable[Line], where: str, options: ReadOptions) -> Results:
    """One article: the whole text."""
    yield make_article(whole(pieces, where), where=where, source=options.source, date=options.date)


def _text(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    return read_text(lines(stream, where), where, options)


def _page(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    yield read_page(stream, where, options)


def _pdf(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    yield read_pdf(stream, where, options)


def _word(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    yield read_word(stream, where, options)


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


READERS: dict[str, Callable[[BinaryIO, str, ReadOptions], Results]] = {
    ".txt": _text,
    ".md": _text,
    ".html": _page,
    ".htm": _page,
    ".pdf": _pdf,
    ".docx": _word,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".csv": read_csv,
    ".parquet": read_parquet,
}
COUNTERS: dict[str, Callable[[Path], int | None]] = {
    ".jsonl": _count_lines,
    ".ndjson": _count_lines,
    ".parquet": _count_rows,
    ".csv": lambda _: None,
}
