"""What came before, counted: the names of files and the ids of articles.

Hard because a million of them would fill the memory that is to stay flat: they lie in a temporary database, in memory
while they are few and on disk when they are many.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import SetupError

_TABLE = "CREATE TABLE seen (key PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID"
_ADD = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times"


class Seen:
    """How often each key came. Raises SetupError where the disk for temporary files is full."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", check_same_thread=False)
        self._rows.executescript(f"PRAGMA journal_mode = OFF; {_TABLE}")

    def __contains__(self, key: str | bytes) -> bool:
        with _told():
            return self._rows.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() is not None

    def add(self, key: str | bytes) -> int:
        """How often it has come now."""
        with _told():
            times: int = self._rows.execute(_ADD, (key,)).fetchone()[0]
            return times


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SetupError(f"temporary files cannot be written ({error}); set TMPDIR to a disk with room") from error
