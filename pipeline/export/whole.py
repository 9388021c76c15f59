"""A file that another library writes, which appears under its name only when it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.records import STANDARD


def named(out: str) -> Path:
    """The place that a name stands for. Raises SetupError for standard output."""
    if out == STANDARD:
        raise SetupError("standard output cannot take this form; name a place with -o")
    return Path(out).resolve()


@contextmanager
def whole_path(out: str) -> Iterator[Path]:
    """A path to write to, with the ending of `out`, that becomes `out` when the block ends well.

    Raises SetupError where the folder cannot be written, or `out` is one or a device.
    """
    target = named(out)
    temporary = target.with_name(f".{getpid()}.part.{target.name}")
    if target.exists() and not target.is_file():
        raise SetupError(f"{target}: is no file; name a file to write to")
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
