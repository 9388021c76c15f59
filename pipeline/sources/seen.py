"""Counts how often names of files and ids of articles occur, in a temporary database.

SQLite keeps it in memory while it is small and on disk when it grows, so that memory stays flat.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import SetupError

_TABLE = "CREATE TABLE seen (key PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID"
_ADD = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times"


class Seen:
    """Counts keys. Raises SetupError if the disk for temporary files is full."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", check_same_thread=False)
        self._rows.executescript(f"PRAGMA journal_mode = OFF; {_TABLE}")

    def __contains__(self, key: str | bytes) -> bool:
        with _disk_errors():
            return self._rows.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() is not None

    def add(self, key: str | bytes) -> int:
        """Counts the key; returns how often it has occurred."""
        with _disk_errors():
            times: int = self._rows.execute(_ADD, (key,)).fetchone()[0]
            return times


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SetupError(f"temporary files cannot be written ({error}); set TMPDIR to a disk with room") from error
