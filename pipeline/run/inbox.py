"""The articles of a watch: `articles.jsonl`, which only grows, with each text in it once.

`seen.sqlite` is an index of it and of the files that were read. It is made anew where it does not fit the articles,
however a process ended: then every file is read again, and texts that are known are passed over.
"""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, digest
from pipeline.sources import READERS, ReadOptions, find, read

ARTICLES, SEEN = "articles.jsonl", "seen.sqlite"
SETTLED = 2_000_000_000  # nanoseconds after which another change of a file has another time
_TABLES = """
DROP TABLE IF EXISTS files; DROP TABLE IF EXISTS articles; DROP TABLE IF EXISTS kept;
CREATE TABLE files (path BLOB PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (sha256 TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE kept (size INTEGER NOT NULL);
"""
_log = logging.getLogger("corridor")


class Inbox:
    """The articles in a folder. `new`: how many were added.

    Raises SetupError where a line of articles.jsonl is damaged, OSError where the folder cannot be written. A last
    line that was not written to its end is removed; its source is read again.
    """

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.new = 0
        self._path, self._index, self._options = folder / ARTICLES, folder / SEEN, options
        self._had_index = self._index.exists()
        self._path.touch()
        try:
            self._rows = sqlite3.connect(self._index)
            if not self._fits():
                self._build()
        except sqlite3.Error:
            self._rows.close()
            for end in ("", "-journal"):
                Path(f"{self._index}{end}").unlink(missing_ok=True)
            with self._database():
                self._rows = sqlite3.connect(self._index)
                self._build()

    def __len__(self) -> int:
        count: int = self._rows.execute("SELECT count(*) FROM articles").fetchone()[0]
        return count

    def close(self) -> None:
        self._rows.close()

    def articles(self) -> Iterator[Article]:
        """The articles in the order in which they came. Raises SetupError for a damaged line."""
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                article = _article(line)
                if article is None:
                    raise self._damaged(number)
                yield article

    def collect(self, source: str, own: bool = False) -> list[str]:
        """Adds what is new in a file, folder or glob; returns a message for each thing that could not be read.

        What lies in the folder itself is passed over, unless `own`. Raises SetupError where the index cannot be
        written, OSError where the articles cannot.
        """
        failed = list[str]()
        with self._database():
            try:
                for found in () if _is_empty(Path(source)) else find([source], READERS):
                    if isinstance(found, ArticleError):
                        failed.append(str(found))
                    elif own or not Path(str(found)).resolve().is_relative_to(self._path.parent.resolve()):
                        failed += self._file(str(found))
            except SetupError as error:
                failed.append(str(error))
        return failed

    def _file(self, name: str) -> list[str]:
        """Adds what is new in a file, unless it was read as it is now."""
        key, state = os.fsencode(os.path.abspath(name)), _state(name)  # noqa: PTH100  an address is no path
        query = "SELECT size, changed FROM files WHERE path = ?"
        if state and self._rows.execute(query, (key,)).fetchone() == state:
            return []
        failed = list[str]()
        with self._rows, self._path.open("ab") as out:
            for result in read([name], self._options):
                if isinstance(result, ArticleError):
                    failed.append(str(result))
                else:
                    self._add(result, out)
            out.flush()
            os.fsync(out.fileno())
            if state and not failed and time.time_ns() - state[1] > SETTLED:
                self._rows.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (key, *state))
            self._keep_size()
        return failed

    def _add(self, article: Article, out: BinaryIO) -> None:
        if self._rows.execute("SELECT 1 FROM articles WHERE sha256 = ?", (article.sha256,)).fetchone():
            return
        name, number = article.id, 1
        while self._rows.execute("SELECT 1 FROM articles WHERE id = ?", (name,)).fetchone():
            number += 1
            name = f"{article.id}-{number}"
        kept = article.model_copy(update={"id": name})
        out.write(kept.model_dump_json(exclude_none=True).encode() + b"\n")
        self._rows.execute("INSERT INTO articles VALUES (?, ?)", (kept.sha256, name))
        self.new += 1

    @contextmanager
    def _database(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise SetupError(f"{self._index}: {error}; fix that, and run the same command again") from error

    def _fits(self) -> bool:
        """Whether the index is of the articles that are there."""
        with suppress(sqlite3.OperationalError):  # no such table
            return bool(self._rows.execute("SELECT size FROM kept").fetchone() == (self._path.stat().st_size,))
        return False

    def _build(self) -> None:
        """Makes the index of articles.jsonl anew."""
        self._rows.executescript(_TABLES)
        size = self._path.stat().st_size
        with self._rows, self._path.open("rb+") as lines:
            start = 0
            for number, line in enumerate(iter(lines.readline, b""), 1):
                article, end = _article(line), start + len(line)
                if article:
                    self._rows.execute("INSERT INTO articles VALUES (?, ?)", (article.sha256, article.id))
                    if not line.endswith(b"\n"):
                        lines.write(b"\n")
                elif end == size and self._had_index:
                    _log.warning("%s:%d: was not written to its end; its source is read again", self._path, number)
                    lines.truncate(start)
                    break
                else:
                    raise self._damaged(number)
                start = end
            lines.flush()
            self._keep_size()

    def _keep_size(self) -> None:
        self._rows.execute("DELETE FROM kept")
        self._rows.execute("INSERT INTO kept VALUES (?)", (self._path.stat().st_size,))

    def _damaged(self, number: int) -> SetupError:
        advice = "delete the line; if a source still holds the article, it is added again"
        return SetupError(f"{self._path}:{number}: damaged, or not written by `corridor watch`; {advice}")


def _article(line: bytes) -> Article | None:
    """The article of a line; None where the line is damaged."""
    try:
        article = Article.model_validate_json(line)
    except ValidationError:
        return None
    return article if digest(article.text) == article.sha256 else None


def _state(name: str) -> tuple[int, int] | None:
    """Size and time of change of a file; None for an address."""
    try:
        found = os.stat(name)  # noqa: PTH116  as above
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _is_empty(path: Path) -> bool:
    """Whether a folder holds nothing yet."""
    try:
        return path.is_dir() and all(child.name.startswith(".") for child in path.iterdir())
    except OSError:
        return False
