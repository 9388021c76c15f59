"""A lock by which one process at a time writes to a folder of this machine."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import SetupError


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
