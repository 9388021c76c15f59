"""Reads a PDF: its text in the order of reading, with the offset of each page, with PDFium.

Heads, feet and page numbers are left out, words parted at a line end are mended. Scans are refused. Nothing is fetched.
PDFium runs in a process of its own, with limits of time and memory: a file that it crashes on costs itself only.
"""

from __future__ import annotations

import logging
import re
import zlib
from typing import BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.apart import Child, Ended
from pipeline.sources.articles import make_article
from pipeline.sources.options import ReadOptions

SECONDS = 180.0  # for one file; 2,000 full pages take less than 40 on a machine that does nothing else
_BYTES = 200_000_000  # of a file; pictures may take most of it
_UNPACKED = 200_000_000  # of one of its streams
_BLOCK = 1 << 20  # bytes unpacked at a time
_HEAD, _TAIL = 1_024, 4_096  # bytes in which a PDF says that it begins and ends
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78][\x00-\xff])")  # as zlib begins
_CHILD = Child("pipeline.sources.pdf_child")
_log = logging.getLogger("corridor")


def read_pdf(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of a PDF.

    Raises ArticleError for one that is damaged, encrypted or too large, and for pages that are pictures of text.
    """
    data = stream.read(_BYTES + 1)
    if len(data) > _BYTES:
        raise ArticleError(where, f"over {_BYTES:,} bytes; split it, or leave out its pictures")
    if b"%PDF-" not in data[:_HEAD]:
        raise ArticleError(where, "no PDF, though its name says so; save it as a PDF, or give it its right ending")
    if _is_bomb(data):
        raise ArticleError(where, f"a part of it unpacks to over {_UNPACKED:,} bytes; print it anew as a PDF")
    if b"%%EOF" not in data[-_TAIL:]:
        _log.warning("%s: cut off at its end; some text may be missing", where)
    try:
        found = _CHILD.ask(data, SECONDS)
    except Ended as error:
        raise ArticleError(where, f"PDFium {error} on it; print it anew as a PDF, or split it") from error
    if "reason" in found:
        raise ArticleError(where, found["reason"])
    made = make_article(
        found["text"], where=where, title=found["title"] or options.title, source=options.source, date=options.date
    )
    return made.model_copy(update={"pages": found["pages"]})


def _is_bomb(data: bytes) -> bool:
    """Whether one of the packed streams would fill the memory."""
    return any(_unpacks_to_more(memoryview(data)[match.end() :]) for match in _STREAM.finditer(data))


def _unpacks_to_more(packed: memoryview) -> bool:
    unpacker, size = zlib.decompressobj(), 0
    for start in range(0, len(packed), _BLOCK):
        ahead: bytes | memoryview = packed[start : start + _BLOCK]
        try:
            while ahead and not unpacker.eof:
                size += len(unpacker.decompress(ahead, _BLOCK))
                ahead = unpacker.unconsumed_tail
                if size > _UNPACKED:
                    return True
        except zlib.error:  # packed in another way, or not at all
            return False
        if unpacker.eof:
            return False
    return False
