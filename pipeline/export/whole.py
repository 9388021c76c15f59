"""A file that another library writes, which appears under its name only when it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid
from pathlib import Path

from pipeline.errors import SetupError


@contextmanager
def whole_path(out: str) -> Iterator[Path]:
    """A path to write to, with the ending of `out`, that becomes `out` when the block ends well.

    Raises SetupError where the folder cannot be written or `out` is one.
    """
    target = Path(out).resolve()
    temporary = target.with_name(f".{getpid()}.part.{target.name}")
    if target.is_dir():
        raise SetupError(f"{target}: is a folder; name a file to write to")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise SetupError(f"{target}: cannot be written ({error.strerror})") from error
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
