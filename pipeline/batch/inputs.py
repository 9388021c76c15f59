"""The input of a run: what distinguishes its articles, and a look at it before a resumed run changes anything."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

from pipeline.batch.folder import RunFolder
from pipeline.batch.manifest import Row, fingerprint
from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article

Read = Article | ArticleError  # what a reader gives
Source = Callable[[], Iterable[Read]]  # the articles of an input, from the first one, as often as it is called

NAMED = 3  # ids that a message names
_TABLE = "CREATE TABLE input (place INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT, fingerprint TEXT)"
_log = logging.getLogger("corridor")


class Key(NamedTuple):
    """Of an article; what could not be read has where it stands as its id, and nothing else."""

    id: str
    sha256: str
    fingerprint: str

    def is_of(self, row: Row) -> bool:
        """Whether the manifest means the same article; a row of an older version knows its text only."""
        return (self.id, self.sha256) == (row.id, row.sha256) and row.fingerprint in (None, self.fingerprint)


def key(result: Read) -> Key:
    if isinstance(result, ArticleError):
        return Key(result.where, "", "")
    return Key(result.id, result.sha256, fingerprint(result))


@contextmanager
def looked_through(source: Source, folder: RunFolder, prune: bool) -> Iterator[Iterable[Read]]:
    """The articles of an input. Where the folder has finished ones, the whole input is read once before the block.

    Raises SetupError where finished articles are not in the input, unless `prune` allows to take them away, and, as the
    articles are read for the second time, where they are others than the first time.
    """
    if prune or next(folder.finished(), None) is None:
        yield source()
        return
    with closing(sqlite3.connect("")) as rows:
        with folder.writing(), _silence():
            rows.executescript(f"PRAGMA journal_mode = OFF; {_TABLE}")
            _refuse_loss(rows, folder, _note(rows, source()))
        yield _again(rows, source(), folder)


def _note(rows: sqlite3.Connection, results: Iterable[Read]) -> list[str]:
    """Notes the keys of all articles; returns what could not be read."""
    unread = list[str]()
    with rows:
        for place, result in enumerate(results):
            rows.execute("INSERT INTO input VALUES (?, ?, ?, ?)", (place, *key(result)))
            if isinstance(result, ArticleError):
                unread.append(str(result))
        rows.execute("CREATE INDEX by_id ON input (id)")
    return unread


def _refuse_loss(rows: sqlite3.Connection, folder: RunFolder, unread: list[str]) -> None:
    there = "SELECT 1 FROM input WHERE id = ? AND sha256 != ''"
    missing = [name for name in folder.finished() if rows.execute(there, (name,)).fetchone() is None]
    if missing:
        number = "1 finished article is" if len(missing) == 1 else f"{len(missing):,} finished articles are"
        names = ", ".join(missing[:NAMED]) + (", ..." if len(missing) > NAMED else "")
        failed = f" (inputs that cannot be read: {len(unread):,}, such as {unread[0]})" if unread else ""
        raise SetupError(
            f"{folder.where}: {number} not in this input{failed}: {names}. Nothing was changed. Name the whole input "
            "(with --since, --sample and --limit as before), or add --prune to take these records away"
        )


def _again(rows: sqlite3.Connection, results: Iterable[Read], folder: RunFolder) -> Iterator[Read]:
    noted = rows.execute("SELECT id, sha256, fingerprint FROM input ORDER BY place")
    changed = f"{folder.where}: the input changed while it was read; go on with --resume when it is at rest"
    for result in results:
        if noted.fetchone() != key(result):
            raise SetupError(changed)
        yield result
    if noted.fetchone() is not None:
        raise SetupError(changed)


@contextmanager
def _silence() -> Iterator[None]:
    """Of the first reading: the second one warns."""

    def nothing(_: logging.LogRecord) -> bool:
        return False

    _log.addFilter(nothing)
    try:
        yield
    finally:
        _log.removeFilter(nothing)
