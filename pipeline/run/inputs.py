"""The input of a run: the selection of articles, and a check of all input before a resumed run changes anything."""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article
from pipeline.run.folder import RunFolder
from pipeline.run.manifest import Row, fingerprint

Read = Article | ArticleError  # what a reader yields
Source = Callable[[], Iterable[Read]]  # reads the whole input each time it is called

NAMED = 3  # ids in a message
_TABLE = "CREATE TABLE input (place INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT, fingerprint TEXT)"
_log = logging.getLogger("corridor")


@dataclass
class Selection:
    """Part of an input. `since`: a day (YYYY-MM-DD); earlier and undated articles are left out.

    `sample`: share of the articles, the same ones whatever else is in the input; `limit`: at most so many. `undated`:
    how many of the selected articles have no date, once they are read.
    """

    since: str | None = None
    sample: float = 1.0
    limit: int | None = None
    undated: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if not 0 < self.sample <= 1:
            raise SetupError(f"--sample {self.sample:g}: not a share above 0 and at most 1")

    def __call__(self, items: Iterable[Read]) -> Iterator[Read]:
        """The selected articles, and every error, so that it is reported."""
        self.undated = 0
        for item in islice(self._selected(items), self.limit):
            self.undated += isinstance(item, Article) and item.date is None
            yield item

    def _selected(self, items: Iterable[Read]) -> Iterator[Read]:
        undated = 0
        for item in items:
            if isinstance(item, ArticleError) or self._selects(item):
                yield item
            else:
                undated += item.date is None and self.since is not None
        if undated:
            _log.warning("--since left out %d article%s without a date", undated, "" if undated == 1 else "s")

    def expected(self, total: int | None) -> int | None:
        """About how many of `total` articles are selected; None if unknown."""
        if total is None or self.since is not None:
            return None
        return min(round(total * self.sample), self.limit or total)

    def _selects(self, article: Article) -> bool:
        if self.since is not None and (article.date is None or article.date < self.since):
            return False
        drawn = hashlib.sha256(article.sha256.encode()).hexdigest()[:8]  # depends on the text alone
        return self.sample == 1 or int(drawn, 16) / 16**8 < self.sample


class Key(NamedTuple):
    """Identifies an article; for an unreadable input `id` is its location, and the digests are empty."""

    id: str
    sha256: str
    fingerprint: str

    def matches(self, row: Row) -> bool:
        return self == (row.id, row.sha256, row.fingerprint)


def key(result: Read) -> Key:
    if isinstance(result, ArticleError):
        return Key(result.where, "", "")
    return Key(result.id, result.sha256, fingerprint(result))


@contextmanager
def checked(source: Source, folder: RunFolder, prune: bool) -> Iterator[Iterable[Read]]:
    """The articles of an input. If the folder has finished articles, the whole input is read once before the block.

    Raises SetupError if a finished article is missing from the input and `prune` is not set, and, while the articles
    are read for the second time, if they differ from the first time.
    """
    if prune or next(folder.finished(), None) is None:
        yield source()
        return
    with closing(sqlite3.connect("")) as rows:
        _log.disabled = True  # the second reading gives the same warnings
        try:
            with folder.writing():
                _require_finished(rows, folder, source())
        finally:
            _log.disabled = False
        yield _read_again(rows, source(), folder)


def _require_finished(rows: sqlite3.Connection, folder: RunFolder, results: Iterable[Read]) -> None:
    """Stores the keys of all articles; raises SetupError where a finished article is not among them."""
    unread = list[str]()
    rows.executescript(f"PRAGMA journal_mode = OFF; {_TABLE}")
    with rows:
        for place, result in enumerate(results):
            rows.execute("INSERT INTO input VALUES (?, ?, ?, ?)", (place, *key(result)))
            if isinstance(result, ArticleError):
                unread.append(str(result))
        rows.execute("CREATE INDEX by_id ON input (id)")
    query = "SELECT 1 FROM input WHERE id = ? AND sha256 != ''"
    missing = [name for name in folder.finished() if rows.execute(query, (name,)).fetchone() is None]
    if missing:
        number = "1 finished article is" if len(missing) == 1 else f"{len(missing):,} finished articles are"
        names = ", ".join(missing[:NAMED]) + (", ..." if len(missing) > NAMED else "")
        failed = f" (inputs that cannot be read: {len(unread):,}, such as {unread[0]})" if unread else ""
        raise SetupError(
            f"{folder.where}: {number} not in this input{failed}: {names}. Nothing was changed. Name the whole input "
            "(with --since, --sample and --limit as before), or add --prune to delete these records"
        )


def _read_again(rows: sqlite3.Connection, results: Iterable[Read], folder: RunFolder) -> Iterator[Read]:
    stored = rows.execute("SELECT id, sha256, fingerprint FROM input ORDER BY place")
    changed = f"{folder.where}: the input changed while it was read; continue with --resume when it no longer changes"
    for result in results:
        if stored.fetchone() != key(result):
            raise SetupError(changed)
        yield result
    if stored.fetchone() is not None:
        raise SetupError(changed)
