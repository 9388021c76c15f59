"""Records as lines of JSON, written whole or not at all, and read back.

Hard because a run can end anywhere, by a full disk, a closed pipe or a key, and what stands under the final name must
be complete all the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Record

STANDARD = "-"


@contextmanager
def whole_file(name: str) -> Iterator[TextIO]:
    """A text file that appears as `name` only when the block ends well; `-` is standard output, written as it comes.

    Devices and pipes are written as they come too. Raises SetupError where the file cannot be written.
    """
    if name == STANDARD:
        yield sys.stdout
        return
    target = Path(name).resolve()
    if target.exists() and not target.is_file() and not target.is_dir():
        with _created(target) as file:
            yield file
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    file = _created(temporary, target)
    try:
        with file:
            yield file
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _created(path: Path, target: Path | None = None) -> TextIO:
    """An open file at `path`; errors name `target`."""
    target = target or path
    if target.is_dir():
        raise SetupError(f"{target}: is a folder; name a file to write to")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise SetupError(f"{target}: cannot be written ({error.strerror})") from error


def write(record: Record, file: TextIO) -> None:
    """One line."""
    file.write(record.to_json() + "\n")


def read(name: str) -> Iterator[Record | ArticleError]:
    """The records of a file, `-` for standard input; a line that is no record comes back as an ArticleError.

    Raises SetupError where the file cannot be read.
    """
    with _opened(name) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _record(f"{name}:{number}", line)


@contextmanager
def _opened(name: str) -> Iterator[Iterator[bytes]]:
    if name == STANDARD:
        yield iter(sys.stdin.buffer)
        return
    try:
        with Path(name).open("rb") as file:
            yield file
    except OSError as error:
        raise SetupError(f"{name}: cannot be read ({error.strerror})") from error


def _record(where: str, line: bytes) -> Record | ArticleError:
    try:
        return Record.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return ArticleError(where, f"not a record of `corridor extract`: {place + ': ' if place else ''}{first['msg']}")
