"""Bytes to lines of text: UTF-8, UTF-16 with its mark, and Windows-1252 where a line is not UTF-8.

Hard because one stray byte must neither lose a file nor turn the rest of it into nonsense: each line is judged alone.
Line ends, non-breaking spaces and quotes stay as they are.
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

LIMIT = 20_000_000  # bytes of one document or line, and characters of one text; more is no article
_BLOCK = 1 << 20  # bytes of UTF-16 read at a time
_HEAD = 8_192  # bytes in which a binary file gives itself away
_BINARY = re.compile(rb"[\x00-\x06\x0e-\x19\x1c-\x1f]")  # control characters that no text file holds
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_log = logging.getLogger("corridor")


def lines(stream: BinaryIO, where: str) -> Iterator[str]:
    """The lines, with their ends. What is not UTF-8 is logged once; raises ArticleError for a binary file."""
    told = False
    for number, raw in _raw_lines(stream, where):
        text, notice = _decode(raw, f"{where}:{number}")
        if notice and not told:
            _log.warning("%s:%d: %s (and so are later lines like it)", where, number, notice)
            told = True
        yield text


def whole(pieces: Iterable[str], where: str) -> str:
    """All lines as one text. Raises ArticleError beyond LIMIT characters."""
    found, size = [], 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > LIMIT:
            raise ArticleError(where, f"over {LIMIT:,} characters: not one article; split it")
    return "".join(found)


def _raw_lines(stream: BinaryIO, where: str) -> Iterator[tuple[int, bytes | str]]:
    """Lines cut at line feeds alone, numbered from 1; as text where a mark says UTF-16."""
    seen = 0
    for number, line in enumerate(iter(partial(stream.readline, LIMIT + 1), b""), 1):
        if number == 1 and line.startswith(_UTF16):
            yield from enumerate(_utf16(chain([line], iter(partial(stream.read, _BLOCK), b"")), where), 1)
            return
        if seen < _HEAD and b"\0" in line[:_HEAD]:
            raise ArticleError(where, "NUL characters in it: a binary file, or UTF-16 without its mark")
        if len(line) > LIMIT:
            raise ArticleError(f"{where}:{number}", f"over {LIMIT:,} bytes in one line: not one article")
        seen += len(line)
        yield number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


def _utf16(blocks: Iterable[bytes], where: str) -> Iterator[str]:
    """The lines of blocks of bytes; those before a fault are given first."""
    ahead = ""
    try:
        for text in codecs.iterdecode(blocks, "utf-16"):
            *whole_lines, ahead = f"{ahead}{text}".split("\n")
            yield from (f"{line}\n" for line in whole_lines)
            if len(ahead) > LIMIT:
                raise ArticleError(where, f"over {LIMIT:,} characters in one line: not one article")
    except UnicodeDecodeError as error:
        raise ArticleError(where, "marked as UTF-16, but cut or broken") from error
    if ahead:
        yield ahead


def _decode(line: bytes | str, where: str) -> tuple[str, str | None]:
    """The text of a line, and what to tell the user about it."""
    if isinstance(line, str):
        return line, None
    try:
        return line.decode("utf-8"), None
    except UnicodeDecodeError:
        return _repair(line, where)


def _repair(line: bytes, where: str) -> tuple[str, str]:
    """Broken UTF-8 where most of what is beyond ASCII is sound, else Windows-1252."""
    if _BINARY.search(line):
        raise ArticleError(where, "a binary file, not text")
    mended = line.decode("utf-8", "replace")
    broken = mended.count("\ufffd")
    if sum(char > "\x7f" for char in mended) > 2 * broken:
        return mended, f"broken UTF-8, {broken} characters lost"
    return line.decode("cp1252", "replace"), "not UTF-8, read as Windows-1252"
