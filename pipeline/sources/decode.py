"""Bytes to text: packed files (`news.jsonl.gz`) are unpacked as they are read, and lines decoded each on its own.

The encoding is UTF-8, UTF-16 with a byte order mark, else Windows-1252; one wrong byte does not affect other lines.
Line ends, non-breaking spaces and quotes are not changed.
"""

import codecs
import logging
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from io import BufferedReader, RawIOBase
from itertools import chain
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from pipeline.errors import ArticleError

LIMIT = 20_000_000  # bytes of a document or line, and characters of a text; more is not one article
_BLOCK = 1 << 20  # bytes read at a time where lines say nothing
_HEAD = 32  # lines that show whether a file is binary
_LONG = 8_192  # characters; a longer line without control characters is text
_STEP = 256  # packed bytes at a time: what they unpack to is at most 8 MB, and lost if they are damaged
_GZIP = 31  # for zlib: with the header and the check sum of gzip
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f]")  # control characters that text files do not hold
_CONTROL = re.compile(r"[\x00-\x06\x0e-\x1f]")
_WORD = re.compile(r"\w{3}")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_log = logging.getLogger("corridor")

Line = str | ArticleError  # the error replaces a line that is not text


def lines(stream: BinaryIO, where: str) -> Iterator[Line]:
    """The lines, with their line ends. Lines that are not UTF-8 give one warning.

    Raises ArticleError for a binary file: some of its first lines are not text, and none of them certainly is.
    """
    decoded = _decoded_lines(stream, where)
    head: list[Line] = []
    sure = False
    for line, sure in decoded:
        head.append(line)
        if sure or len(head) == _HEAD:
            break
    if not sure and any(isinstance(line, ArticleError) for line in head):
        raise ArticleError(where, "not text: a binary file, or UTF-16 without a byte order mark")
    yield from head
    yield from (line for line, _ in decoded)


def _decoded_lines(stream: BinaryIO, where: str) -> Iterator[tuple[Line, bool]]:
    """Each line, and whether it is certainly text."""
    warned = False
    for number, raw in enumerate(_raw_lines(stream, where), 1):
        try:
            text, notice = _decoded(raw, f"{where}:{number}")
        except ArticleError as error:
            yield error, False
            continue
        if notice and not warned:
            _log.warning("%s:%d: %s (later lines like it too)", where, number, notice)
            warned = True
        yield text, not _CONTROL.search(text) and (len(text) > _LONG or (notice is None and bool(_WORD.search(text))))


def _raw_lines(stream: BinaryIO, where: str) -> Iterator[bytes]:
    """Lines, split at line feeds only; UTF-16 as UTF-8. A line over LIMIT is cut to LIMIT + 1 bytes."""
    line = stream.readline(LIMIT + 1)
    if line.startswith(_UTF16):
        stream = _stream(_utf8(chain([line], iter(partial(stream.read, _BLOCK), b"")), where))
        line = stream.readline(LIMIT + 1)
    line = line.removeprefix(codecs.BOM_UTF8)
    while line:
        yield line
        while len(line) > LIMIT and not line.endswith(b"\n"):
            line = stream.readline(LIMIT + 1)
        line = stream.readline(LIMIT + 1)


def _utf8(utf16: Iterable[bytes], where: str) -> Iterator[bytes]:
    """UTF-16 as UTF-8, block by block; an error comes after the text before it."""
    try:
        yield from (text.encode() for text in codecs.iterdecode(utf16, "utf-16"))
    except UnicodeDecodeError as error:
        raise ArticleError(where, "has the byte order mark of UTF-16, but is cut or broken") from error


def blocks(stream: BinaryIO, where: str) -> Iterator[str]:
    """The text in blocks of any length, for files whose lines say nothing. Blocks that are not UTF-8 give one warning.

    Raises ArticleError, after the blocks before it, for a block that is not text.
    """
    data = stream.read(len(codecs.BOM_UTF8))
    pieces = chain([data], iter(partial(getattr(stream, "read1", stream.read), _BLOCK), b""))
    if data.startswith(_UTF16):
        pieces = chain([b""], _utf8(pieces, where))
    held, warned, more = next(pieces).removeprefix(codecs.BOM_UTF8), False, b"more"
    while more:
        more = next(pieces, b"")
        held += more
        size = codecs.utf_8_decode(held, "replace", not more)[1]  # a character may go on in the next block
        text, notice = _decoded(held[:size], where)
        if notice and not warned:
            _log.warning("%s: %s", where, notice)
            warned = True
        held = held[size:]
        yield text


def whole(pieces: Iterable[Line], where: str) -> str:
    """All lines as one text. Raises ArticleError beyond LIMIT characters, and for a line that is not text."""
    texts, size = list[str](), 0
    for piece in pieces:
        if isinstance(piece, ArticleError):
            raise piece
        texts.append(piece)
        size += len(piece)
        if size > LIMIT:
            raise ArticleError(where, f"over {LIMIT:,} characters: not one article; split it")
    return "".join(texts)


def _decoded(line: bytes, where: str) -> tuple[str, str | None]:
    """The text of a line, and a warning. Raises ArticleError if it is not text.

    Damaged UTF-8 stays UTF-8 if most characters beyond ASCII are valid; else it is Windows-1252.
    """
    if len(line) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} bytes in one line: not one article")
    notice = None
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        if _BINARY.search(line):
            raise ArticleError(where, "a binary file, not text") from error
        text, notice = line.decode("cp1252", "replace"), "not UTF-8, read as Windows-1252"
        damaged = line.decode("utf-8", "replace")
        lost = damaged.count("\ufffd")
        if sum(char > "\x7f" for char in damaged) > 2 * lost:
            text, notice = damaged, f"broken UTF-8, {lost} characters lost"
    if "\0" in text:
        raise ArticleError(where, "holds NUL characters: a damaged line, or a binary file")
    return text, notice


def _zstandard() -> Any:
    from zstandard import ZstdDecompressor  # few runs need it

    return ZstdDecompressor().decompressobj()


PACKINGS: dict[str, Callable[[], Any]] = {".gz": partial(zlib.decompressobj, _GZIP), ".zst": _zstandard}


def kind(name: str) -> str:
    """The extension of a file, lower case, with what is packed in it: `.jsonl.gz`."""
    path = PurePosixPath(name.lower())
    return PurePosixPath(path.stem).suffix + path.suffix if path.suffix in PACKINGS else path.suffix


def kinds(known: Collection[str]) -> str:
    """Extensions on one line: `.csv, .txt; .csv in .gz or .zst`."""
    packed = {name for name in known if name.count(".") > 1}
    inside = sorted({name.rpartition(".")[0] for name in packed})
    plain = ", ".join(sorted(set(known) - packed))
    return f"{plain}; {', '.join(inside)} in {' or '.join(PACKINGS)}" if packed else plain


def unpacked(stream: BinaryIO, name: str) -> BinaryIO:
    """What is packed in a file, by the ending of its name; the stream itself where nothing is.

    Reading it raises OSError where the file is damaged or cut, after what comes before.
    """
    packing = PurePosixPath(name.lower()).suffix
    return _stream(_unpack(stream, packing)) if packing in PACKINGS else stream


def _stream(pieces: Iterator[bytes]) -> BinaryIO:
    return cast(BinaryIO, BufferedReader(_Pieces(pieces)))


class _Pieces(RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ahead = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ahead:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ahead = memoryview(piece)
        size = min(len(buffer), len(self._ahead))
        buffer[:size] = self._ahead[:size]
        self._ahead = self._ahead[size:]
        return size


def _unpack(stream: BinaryIO, packing: str) -> Iterator[bytes]:
    """What is in all parts of a file: gzip and Zstandard allow several, one after the other, with NULs at the end."""
    part = None
    for packed in iter(partial(stream.read, _STEP), b""):
        while packed := packed if part else packed.lstrip(b"\0"):
            part = part or PACKINGS[packing]()
            try:
                yield part.decompress(packed)
            except Exception as error:  # each packing has its own errors
                raise OSError(f"not {packing}, or damaged; what follows is lost: {error}") from error
            packed, part = (part.unused_data, None) if part.eof else (b"", part)
    if part is not None:
        raise OSError(f"cut before the end of the {packing}; what follows is lost")
