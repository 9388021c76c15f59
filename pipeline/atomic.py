"""Files and folders that appear under their names only when they are complete, and one writer at a folder."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout

from pipeline.errors import SetupError, unwritable
from pipeline.records import STANDARD


def output_path(out: str) -> Path:
    """The absolute path of `out`. Raises SetupError for standard output."""
    if out == STANDARD:
        raise SetupError("this form cannot be written to standard output; name a file or folder with -o")
    return Path(out).resolve()


@contextmanager
def whole_file(out: str) -> Iterator[TextIO]:
    """A text file that appears as `out` when the block ends without an error.

    Standard output (`-`), devices and pipes are written directly. Raises SetupError where the file cannot be written.
    """
    if out == STANDARD:
        yield sys.stdout
        return
    target = Path(out).resolve()
    if target.exists() and not target.is_file() and not target.is_dir():
        try:
            with target.open("w", encoding="utf-8", newline="\n") as device:
                yield device
        except OSError as error:
            raise error if error.filename not in (None, str(target)) else _not_written(target, error) from error
        return
    with whole_path(out) as path, path.open("w", encoding="utf-8", newline="\n") as file:
        yield file


@contextmanager
def whole_path(out: str) -> Iterator[Path]:
    """A path to write to, which becomes `out` when the block ends without an error.

    Raises SetupError where the folder cannot be written, or `out` is a folder or a device.
    """
    target = output_path(out)
    temporary = _temporary(target)
    if target.exists() and not target.is_file():
        raise SetupError(f"{target}: is no file; name a file to write to")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise _not_written(target, error) from error
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(out: str) -> Iterator[Path]:
    """A folder to fill, whose files move into the folder `out` when the block ends without an error.

    Other files in `out` stay. Raises SetupError where the folder cannot be written.
    """
    target = output_path(out)
    temporary = _temporary(target)
    if target.exists() and not target.is_dir():
        raise SetupError(f"{target}: cannot be written as a folder, it is a file")
    try:
        temporary.mkdir(parents=True)
    except OSError as error:
        raise _not_written(target, error) from error
    try:
        yield temporary
        target.mkdir(exist_ok=True)
        for file in sorted(temporary.iterdir()):
            file.replace(target / file.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def locked(path: Path, busy: str) -> FileLock:
    """An acquired lock on the file at `path`; the system releases it when the process ends.

    Raises SetupError with the message `busy` where another process holds it, OSError where it cannot be made.
    """
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise SetupError(busy) from error
    return lock


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.{getpid()}.part")


def _not_written(target: Path, error: OSError) -> SetupError:
    return SetupError(f"{target}: cannot be written ({unwritable(error)}); name another path")
