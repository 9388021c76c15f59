"""What the workbook carries on a hidden sheet: the record or gold of each article, as it was before the correction.

A row holds the id of the article, `record` or `gold`, and the packed JSON in pieces that fit into cells. It is packed
into letters and digits, which no program that saves workbooks changes.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from pipeline.errors import ArticleError
from pipeline.publish.cells import LONGEST
from pipeline.record import Record, digest
from pipeline.review.corrections.payload import payload, task_of
from pipeline.review.formats.task import Task
from pipeline.review.page.base import Base, from_gold, from_record

HEADING = ("article", "what", "content")
_MOST = 100_000_000  # characters of an unpacked article


@dataclass(frozen=True)
class Carried:
    """An article under correction. `task`: its gold before the correction, where the workbook was made from gold."""

    base: Base
    task: Task | None

    @property
    def record(self) -> Record:
        return self.base.record


def of_record(record: Record) -> Carried:
    """Raises ArticleError if the record is damaged or does not give valid gold."""
    return Carried(from_record(record), None)


def of_gold(task: Task) -> Carried:
    """Raises ArticleError if the gold is not valid."""
    return Carried(from_gold(task.gold, task.row), task)


def cells(carried: Carried) -> list[str]:
    """The row of an article."""
    what: Literal["gold", "record"] = "gold" if carried.task else "record"
    content: Any = payload(carried.task) | {"text": carried.task.gold.text} if carried.task else None
    text = json.dumps(content, ensure_ascii=False) if content else carried.record.to_json()
    packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    pieces = [packed[at : at + LONGEST] for at in range(0, len(packed), LONGEST)]
    return [carried.record.article.id, what, *pieces]


def carried_in(where: str, row: Sequence[str]) -> Carried:
    """The article of a row. Raises ArticleError where the row is damaged."""
    try:
        text = _unpacked("".join(row[2:]))
        if row[1] == "gold":
            content = json.loads(text)
            return of_gold(task_of(where, content, content["text"]))
        found = Record.model_validate_json(text)
        same = found.article.sha256 == digest(found.article.text)
    except ArticleError:
        raise
    except (ValueError, LookupError, TypeError, ValidationError, zlib.error, binascii.Error) as error:
        reason = f"its hidden sheet is damaged ({type(error).__name__}); export the article again"
        raise ArticleError(where, reason) from error
    if not same:
        raise ArticleError(where, "its text has changed, so that offsets would be wrong; export the article again")
    return of_record(found)


def _unpacked(text: str) -> str:
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(base64.b64decode(text, validate=True), _MOST)
    if not unpacker.eof:
        raise ValueError("cut, or too large")
    return content.decode()
