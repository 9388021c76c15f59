"""The journal of an article: what its review starts from, then one line a decision, each on the disk before it counts.

Hard because a process can end between any two bytes: a last line that is cut was never answered for and is dropped,
what stands before it is never written again.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.annotate.edits.base import Base
from pipeline.annotate.formats.given import as_json
from pipeline.annotate.review.progress import Progress, after, begin
from pipeline.annotate.review.working import Refused
from pipeline.errors import ArticleError
from pipeline.record import Record, fault

ASIDE = ("version", "time", "reviewer", "gold")  # of a line, beside the decision
REMEDY = "put an older copy of it back, or move it away to begin anew"
Line = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A journal read back. `golds`: the digest of each gold that was written, the last one last."""

    base: Base
    progress: Progress
    golds: list[str | None]


def lines(path: Path) -> list[Line]:
    """Every whole line; none where there is no journal. Raises ArticleError naming a line that is damaged."""
    data = path.read_bytes() if path.exists() else b""
    return list(_parsed(path, data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]))


def append(path: Path, *told: Mapping[str, Any]) -> None:
    """Adds lines after the last whole one, and returns once they are on the disk; all of them or none."""
    data = "".join(as_json(line) + "\n" for line in told).encode()
    with path.open("r+b" if path.exists() else "x+b", buffering=0) as file:
        end = file.read().rfind(b"\n") + 1
        try:
            _write(file, end, data)
        except OSError:
            file.truncate(end)
            raise


def header(base: Base, gold: str | None) -> Line:
    """The first line, from which all can be rebuilt whatever becomes of the records.

    `gold`: the digest of the gold that was there.
    """
    return {
        "article": base.record.article.id,
        "sha256": base.sha256,
        "gold": gold,
        "origin": base.origin,
        "row": {**base.row, "text": ""},  # the record has it
        "kept": dict(base.kept),
        "lost": base.lost,
        "flows": dict(base.flows),
        "record": base.record.model_dump(mode="json", by_alias=True),
    }


def read(path: Path, name: str) -> Told | None:
    """The review of the article `name` as far as the journal has it; None where nothing was decided.

    Raises ArticleError where the journal is damaged, or another article's.
    """
    found = lines(path)
    if not found:
        return None
    base = _base(path, found[0])
    if base.record.article.id != name:
        raise ArticleError(str(path), f"is the journal of {base.record.article.id!r}, not of {name!r}")
    progress = begin(base)
    for number, line in enumerate(found[1:], 2):
        try:
            progress = after(progress, {key: value for key, value in line.items() if key not in ASIDE})
        except Refused as error:
            raise ArticleError(f"{path}:{number}", f"cannot be done again ({error}); {REMEDY}") from error
    return Told(base, progress, [line.get("gold") for line in found])


def _base(path: Path, first: Line) -> Base:
    try:
        record = Record.model_validate(first["record"])
        row = {**first["row"], "text": record.article.text}
        return Base(first["origin"], record, row, first["kept"], first["lost"], first.get("flows", {}))
    except (ValidationError, KeyError, TypeError) as error:
        raise damaged(path, 1, error) from error


def damaged(path: Path, number: int, error: Exception) -> ArticleError:
    """What is said of a line that cannot be read."""
    why = fault(error) if isinstance(error, ValidationError) else repr(error)
    return ArticleError(f"{path}:{number}", f"is damaged ({why}); {REMEDY}")


def _parsed(path: Path, found: list[bytes]) -> Iterator[Line]:
    for number, line in enumerate(found, 1):
        try:
            yield dict(json.loads(line))
        except (ValueError, TypeError) as error:
            raise damaged(path, number, error) from error


def _write(file: FileIO, end: int, data: bytes) -> None:
    file.seek(end)
    file.truncate()
    if file.write(data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(file.fileno())
