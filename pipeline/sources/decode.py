"""Decodes bytes to lines of text: UTF-8, UTF-16 with a byte order mark, else Windows-1252.

Each line is decoded on its own, so that one wrong byte does not affect the others. Line ends, non-breaking spaces and
quotes are not changed.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO

from pipeline.errors import ArticleError

LIMIT = 20_000_000  # bytes of a document or line, and characters of a text; more is not one article
_BLOCK = 1 << 20  # bytes of UTF-16 read at a time
_HEAD = 32  # lines that show whether a file is binary
_LONG = 8_192  # characters; a longer line without control characters is text
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
    found = _decoded_lines(stream, where)
    head: list[Line] = []
    sure = False
    for line, sure in found:
        head.append(line)
        if sure or len(head) == _HEAD:
            break
    if not sure and any(isinstance(line, ArticleError) for line in head):
        raise ArticleError(where, "not text: a binary file, or UTF-16 without a byte order mark")
    yield from head
    yield from (line for line, _ in found)


def blocks(stream: BinaryIO, where: str) -> Iterator[str]:
    """The text in blocks of any length, for files whose lines say nothing. Blocks that are not UTF-8 give one warning.

    Raises ArticleError, after the blocks before it, for a block that is not text.
    """
    read = partial(getattr(stream, "read1", stream.read), _BLOCK)
    data = stream.read(len(codecs.BOM_UTF8))
    if data.startswith(_UTF16):
        yield from _utf16(chain([data], iter(read, b"")), where)
        return
    held, warned, ended = data.removeprefix(codecs.BOM_UTF8), False, False
    while True:
        size = codecs.utf_8_decode(held, "replace", ended)[1]  # a character may go on in the next block
        if size:
            text, notice = _decode(held[:size], where)
            if notice and not warned:
                _log.warning("%s: %s", where, notice)
                warned = True
            yield text
        if ended:
            return
        more = read()
        held, ended = held[size:] + more, not more


def whole(pieces: Iterable[Line], where: str) -> str:
    """All lines as one text. Raises ArticleError beyond LIMIT characters, and for a line that is not text."""
    found, size = [], 0
    for piece in pieces:
        if isinstance(piece, ArticleError):
            raise piece
        found.append(piece)
        size += len(piece)
        if size > LIMIT:
            raise ArticleError(where, f"over {LIMIT:,} characters: not one article; split it")
    return "".join(found)


def _decoded_lines(stream: BinaryIO, where: str) -> Iterator[tuple[Line, bool]]:
    """Each line, and whether it is certainly text."""
    warned = False
    for number, raw in enumerate(_raw_lines(stream, where), 1):
        try:
            text, notice = _decode(raw, f"{where}:{number}")
        except ArticleError as error:
            yield error, False
            continue
        if notice and not warned:
            _log.warning("%s:%d: %s (later lines like it too)", where, number, notice)
            warned = True
        yield text, not _CONTROL.search(text) and (len(text) > _LONG or (notice is None and bool(_WORD.search(text))))


def _raw_lines(stream: BinaryIO, where: str) -> Iterator[bytes | str]:
    """Lines, split at line feeds only; as text if the file is UTF-16. A line over LIMIT is cut to LIMIT + 1 bytes."""
    line = stream.readline(LIMIT + 1)
    if line.startswith(_UTF16):
        yield from _utf16(chain([line], iter(partial(stream.read, _BLOCK), b"")), where)
        return
    line = line.removeprefix(codecs.BOM_UTF8)
    while line:
        yield line
        while len(line) > LIMIT and not line.endswith(b"\n"):
            line = stream.readline(LIMIT + 1)
        line = stream.readline(LIMIT + 1)


def _utf16(blocks: Iterable[bytes], where: str) -> Iterator[str]:
    """The lines in blocks of bytes; an error comes after the lines before it."""
    ahead = ""
    try:
        for text in codecs.iterdecode(blocks, "utf-16"):
            *whole_lines, ahead = f"{ahead}{text}".split("\n")
            yield from (f"{line}\n" for line in whole_lines)
            if len(ahead) > LIMIT:
                raise ArticleError(where, f"over {LIMIT:,} characters in one line: not one article")
    except UnicodeDecodeError as error:
        raise ArticleError(where, "has the byte order mark of UTF-16, but is cut or broken") from error
    if ahead:
        yield ahead


def _decode(line: bytes | str, where: str) -> tuple[str, str | None]:
    """The text of a line, and a warning. Raises ArticleError if it is not text."""
    if len(line) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} bytes in one line: not one article")
    text, notice = (line, None) if isinstance(line, str) else _decoded(line, where)
    if "\0" in text:
        raise ArticleError(where, "holds NUL characters: a damaged line, or a binary file")
    return text, notice


def _decoded(line: bytes, where: str) -> tuple[str, str | None]:
    try:
        return line.decode("utf-8"), None
    except UnicodeDecodeError:
        return _repair(line, where)


def _repair(line: bytes, where: str) -> tuple[str, str]:
    """The line as damaged UTF-8 if most characters beyond ASCII are valid, else as Windows-1252."""
    if _BINARY.search(line):
        raise ArticleError(where, "a binary file, not text")
    text = line.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    if sum(char > "\x7f" for char in text) > 2 * lost:
        return text, f"broken UTF-8, {lost} characters lost"
    return line.decode("cp1252", "replace"), "not UTF-8, read as Windows-1252"
