"""The journal of an article: the starting point of its review, then one line per decision, on disk before it counts.

A process can end between any two bytes: an incomplete last line was never confirmed to the reviewer and is dropped;
lines before it are never written again.
"""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.errors import ArticleError
from pipeline.record import Record, fault
from pipeline.review.accepted.decisions import Row
from pipeline.review.edits.progress import Base, Progress, Step, after, agreed, begin, renewed
from pipeline.review.edits.working import Refused, Signature, State, Verdict

WRITTEN = ("gold", "decisions", "accepted")  # the digests in a line; that of a draft is `gold` too
METADATA = ("version", "time", "reviewer", *WRITTEN)  # of a line, beside the decision
RENEW = "renew"  # of a line that goes on from a newer record; only the server writes it
AGREE = "agree"  # of a line that accepts by agreement; only the server writes it
REMEDY = "restore an older copy of it, or move it away to start again"
Line = dict[str, Any]
Digests = dict[str, str | None]


@contextmanager
def reading(path: Path, number: int) -> Iterator[None]:
    """Raises ArticleError in place of errors that a damaged line causes."""
    try:
        yield
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = fault(error) if isinstance(error, ValidationError) else repr(error)
        raise ArticleError(f"{path}:{number}", f"is damaged ({why}); {REMEDY}") from error


def lines(path: Path) -> list[Line]:
    """All complete lines; none if there is no journal. Raises ArticleError with the line that is damaged."""
    data = path.read_bytes() if path.exists() else b""
    found: list[Line] = []
    for number, line in enumerate(data[: data.rfind(b"\n") + 1].split(b"\n")[:-1], 1):
        with reading(path, number):
            found.append(dict(json.loads(line)))
    return found


def digests(line: Line) -> Digests:
    """The digests in a line; None for a file that there was not."""
    return {name: line.get(name) for name in WRITTEN}


def append(path: Path, *new: Mapping[str, Any]) -> None:
    """Adds lines after the last complete one, all or none, and returns when they are on disk."""
    data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in new).encode()
    with path.open("r+b" if path.exists() else "x+b", buffering=0) as file:
        end = file.read().rfind(b"\n") + 1
        try:
            file.seek(end)
            file.truncate()
            if file.write(data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
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


def renewal(step: Step) -> Line:
    """The decision to go on from a newer record; it holds the state, whatever later versions would make of it."""
    verdicts = {name: verdict._asdict() for name, verdict in step.state.verdicts.items()}
    state = {"record": _json(step.state.record), "accepted": sorted(step.state.accepted), "verdicts": verdicts}
    return {"do": RENEW, "base": header(step.base, None), "state": state}


def _json(part: BaseModel) -> Any:
    return part.model_dump(mode="json", by_alias=True)


def read(path: Path, name: str) -> tuple[Progress, list[Digests]] | None:
    """The journal of the article `name`, and by line the digests of the files that were written after it.

    None if nothing was decided. Raises ArticleError if the journal is damaged, or is that of another article.
    """
    found = lines(path)
    if not found:
        return None
    with reading(path, 1):
        progress = begin(_base(found[0]))
    if progress.base.record.article.id != name:
        raise ArticleError(str(path), f"is the journal of {progress.base.record.article.id!r}, not of {name!r}")
    for number, line in enumerate(found[1:], 2):
        if line.get("do") == RENEW:
            with reading(path, number):
                progress = renewed(progress, Step(_base(line["base"]), _state(line["state"])))
            continue
        if line.get("do") == AGREE:
            with reading(path, number):
                progress = agreed(progress, float(line["at"]), line.get("time"))
            continue
        try:
            signature = Signature(line.get("reviewer"), line.get("time"))
            progress = after(progress, {key: value for key, value in line.items() if key not in METADATA}, signature)
        except Refused as error:
            raise ArticleError(f"{path}:{number}", f"cannot be repeated ({error}); {REMEDY}") from error
    return progress, [digests(line) for line in found]


def _base(first: Line) -> Base:
    seen = first.get("seen")
    rows = None if seen is None else {name: Row.model_validate(row) for name, row in seen.items()}
    return Base(first["origin"], Record.model_validate(first["record"]), rows)


def _state(state: Line) -> State:
    verdicts = {name: Verdict(**verdict) for name, verdict in state["verdicts"].items()}
    return State(Record.model_validate(state["record"]), frozenset(state["accepted"]), verdicts)
