"""Records as lines of JSON, written whole or not at all.

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

from pipeline.errors import SetupError
from pipeline.records import STANDARD


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
