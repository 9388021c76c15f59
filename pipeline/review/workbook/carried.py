"""What the workbook carries on a hidden sheet: the record of each article, as it was before the correction.

A row holds the id of the article, `record` (earlier versions: or `gold`), and the packed JSON in pieces that fit into
cells. It is packed into letters and digits, which no program that saves workbooks changes.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence

from pipeline.errors import ArticleError
from pipeline.publish.cells import LONGEST
from pipeline.record import Record
from pipeline.review.edits.progress import Base, from_record
from pipeline.review.formats.task import record_of

HEADING = ("article", "what", "content")
_MOST = 100_000_000  # characters of an unpacked article


def cells(record: Record) -> list[str]:
    """The row of an article."""
    packed = base64.b64encode(zlib.compress(record.to_json().encode(), 9)).decode()
    pieces = [packed[at : at + LONGEST] for at in range(0, len(packed), LONGEST)]
    return [record.article.id, "record", *pieces]


def carried_in(where: str, row: Sequence[str]) -> Base:
    """The record of a row, where a review begins. Raises ArticleError where the row is damaged."""
    try:
        content = json.loads(_unpacked("".join(row[2:])))
        text = content["article"]["text"] if row[1] == "record" else content["text"]
    except (ValueError, LookupError, TypeError, zlib.error, binascii.Error) as error:
        reason = f"its hidden sheet is damaged ({type(error).__name__}); export the article again"
        raise ArticleError(where, reason) from error
    return from_record(record_of(where, {"record": content} if row[1] == "record" else content, text))


def _unpacked(text: str) -> str:
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(base64.b64decode(text, validate=True), _MOST)
    if not unpacker.eof:
        raise ValueError("cut, or too large")
    return content.decode()
