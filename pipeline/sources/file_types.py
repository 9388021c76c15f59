"""The file types that Corridor reads: a reader for each suffix, and how many articles a file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from pipeline.record import Article
from pipeline.sources.articles import make_article
from pipeline.sources.decode import Line, lines, whole
from pipeline.sources.json_files import read_json
from pipeline.sources.mail import read_mail
from pipeline.sources.metadata import first_line
from pipeline.sources.options import ReadOptions
from pipeline.sources.packed import PACKINGS, unpacked
from pipeline.sources.pages import read_page
from pipeline.sources.pdf import read_pdf
from pipeline.sources.tables import Results, read_csv, read_jsonl, read_parquet
from pipeline.sources.word import read_rtf, read_word

Reader = Callable[[BinaryIO, str, ReadOptions], Results]
_BLOCK = 1 << 20  # bytes


def read_text(pieces: Iterable[Line], where: str, options: ReadOptions, titled: bool = False) -> Results:
    """One article: the whole text. `titled`: its first line is its title if it stands alone."""
    text = whole(pieces, where)
    title = (first_line(text) if titled else None) or options.title
    yield make_article(text, where=where, title=title, source=options.source, date=options.date)


def _text(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    return read_text(lines(stream, where), where, options, titled=True)


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
