"""The journal of an article: the starting point of its review, then one line per decision, on disk before it counts.

A process can end between any two bytes: an incomplete last line was never confirmed to the reviewer and is dropped;
lines before it are never written again.
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

from pydantic import BaseModel, ValidationError

from pipeline.errors import ArticleError
from pipeline.record import Record, fault
from pipeline.review.accepted.decisions import Row
from pipeline.review.edits.operations import State
from pipeline.review.edits.progress import Base, Progress, after, begin, renewed
from pipeline.review.edits.working import Refused, Signature, Verdict

METADATA = ("version", "time", "reviewer", "gold", "decisions", "accepted")  # of a line, beside the decision
RENEW = "renew"  # of a line that goes on from a newer record; only the server writes it
REMEDY = "restore an older copy of it, or move it away to start again"
Line = dict[str, Any]


@dataclass(frozen=True)
class Journal:
    """A journal read back. `golds`: the digest of each gold that was written, in order."""

    progress: Progress
    golds: list[str | None]


def lines(path: Path) -> list[Line]:
    """All complete lines; none if there is no journal. Raises ArticleError with the line that is damaged."""
    data = path.read_bytes() if path.exists() else b""
    return list(_parsed(path, data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]))


def append(path: Path, *new: Mapping[str, Any]) -> None:
    """Adds lines after the last complete one, all or none, and returns when they are on disk."""
    data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in new).encode()
    with path.open("r+b" if path.exists() else "x+b", buffering=0) as file:
        end = file.read().rfind(b"\n") + 1
        try:
            _write(file, end, data)
        except OSError:
            file.truncate(end)
            raise


def header(base: Base, gold: str | None) -> Line:
    """The first line, from which the review can be rebuilt without the records; `gold`: digest of existing gold."""
    return {
        "article": base.record.article.id,
        "sha256": base.sha256,
        "gold": gold,
        "origin": base.origin,
        **({} if base.seen is None else {"seen": {name: _json(row) for name, row in base.seen.items()}}),
        "record": _json(base.record),
    }


def renewal(base: Base, state: State) -> Line:
    """The decision to go on from a newer record; it holds the state, whatever later versions would make of it."""
    verdicts = {
        name: {"decision": one.decision, **one.signature._asdict(), "reopened": one.reopened}
        for name, one in state.verdicts.items()
    }
    parts = {"record": _json(state.record), "accepted": sorted(state.accepted), "verdicts": verdicts}
    return {"do": RENEW, "base": header(base, None), "state": parts}


def _json(part: BaseModel) -> Any:
    return part.model_dump(mode="json", by_alias=True)


def read(path: Path, name: str) -> Journal | None:
    """The journal of the article `name`; None if nothing was decided.

    Raises ArticleError if the journal is damaged, or is that of another article.
    """
    found = lines(path)
    if not found:
        return None
    base = _base(path, 1, found[0])
    if base.record.article.id != name:
        raise ArticleError(str(path), f"is the journal of {base.record.article.id!r}, not of {name!r}")
    progress = begin(base)
    for number, line in enumerate(found[1:], 2):
        if line.get("do") == RENEW:
            progress = renewed(progress, *_renewed(path, number, line))
            continue
        try:
            signature = Signature(line.get("reviewer"), line.get("time"))
            progress = after(progress, {key: value for key, value in line.items() if key not in METADATA}, signature)
        except Refused as error:
            raise ArticleError(f"{path}:{number}", f"cannot be repeated ({error}); {REMEDY}") from error
    return Journal(progress, [line.get("gold") for line in found])


def _base(path: Path, number: int, first: Line) -> Base:
    try:
        record = Record.model_validate(first["record"])
        seen = first.get("seen")
        rows = None if seen is None else {name: Row.model_validate(one) for name, one in seen.items()}
        return Base(first["origin"], record, rows)
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, number, error) from error


def _renewed(path: Path, number: int, line: Line) -> tuple[Base, State]:
    try:
        base, parts = _base(path, number, line["base"]), line["state"]
        verdicts = {
            name: Verdict(one["decision"], Signature(one["by"], one["at"]), one["reopened"])
            for name, one in parts["verdicts"].items()
        }
        record, accepted = Record.model_validate(parts["record"]), frozenset(parts["accepted"])
        return base, State(record, accepted, verdicts)
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, number, error) from error


def damaged(path: Path, number: int, error: Exception) -> ArticleError:
    """The error for a line that cannot be read."""
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
