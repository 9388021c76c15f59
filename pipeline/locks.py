"""A lock on a folder of this machine: one process writes there at a time."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import SetupError


def locked(path: Path, busy: str) -> FileLock:
    """A lock on the file at `path`, to be released; the system releases it when the process ends, however it ends.

    Raises SetupError with the message `busy` where another process holds it, and OSError where it cannot be made.
    """
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise SetupError(busy) from error
    return lock
