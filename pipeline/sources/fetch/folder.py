"""The folder of fetched pages: articles.jsonl, pages/ and the seen list.

However a run ends, each page is there once or not at all: its file first, then its row, then its line. A line that is
about to be written stands in the seen list too, so that the next run completes it.
"""

import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain, count
from pathlib import Path
from typing import Literal, Self

from pipeline.atomic import locked, whole_path
from pipeline.errors import SetupError
from pipeline.sources.articles import ReadOptions
from pipeline.sources.fetch.download import Reply
from pipeline.sources.pages import read_page

ARTICLES, PAGES, SEEN, LOCK = "articles.jsonl", "pages", "seen.sqlite", "fetch.lock"
TABLES = """
CREATE TABLE IF NOT EXISTS seen (
  final TEXT PRIMARY KEY, url TEXT NOT NULL, etag TEXT, modified TEXT, page TEXT NOT NULL, text TEXT NOT NULL,
  first TEXT NOT NULL, last TEXT NOT NULL, status TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seen_url ON seen (url);
CREATE TABLE IF NOT EXISTS articles (
  id TEXT PRIMARY KEY, final TEXT NOT NULL, page TEXT NOT NULL, text TEXT NOT NULL, fetched TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (start INTEGER NOT NULL, line TEXT NOT NULL);
"""
_TAKEN = "SELECT 1 FROM articles WHERE id = ?"
State = Literal["new", "unchanged", "changed"]


class Folder:
    """A folder of pages, created or continued, and locked until the end of the block.

    Raises SetupError where another process writes to it, or its seen list cannot be read; OSError if not writable.
    """

    def __init__(self, path: Path) -> None:
        (path / PAGES).mkdir(parents=True, exist_ok=True)
        self._path, self._lines = path, path / ARTICLES
        self._lock = locked(path / LOCK, f"{path}: another process fetches into it")
        self._seen = sqlite3.connect(path / SEEN)
        self._seen.row_factory = sqlite3.Row
        with self._rows() as rows:
            rows.executescript(TABLES)
            self.find("")  # the tables of another program have other columns
            pending = rows.execute("SELECT start, line FROM pending").fetchall()
        self._mend(pending)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._seen.close()
        self._lock.release()

    @contextmanager
    def _rows(self) -> Iterator[sqlite3.Connection]:
        """The seen list, for one transaction."""
        try:
            with self._seen:
                yield self._seen
        except (sqlite3.Error, TypeError) as error:
            raise SetupError(f"{self._path / SEEN}: {error}; fix that, or name another folder with -o") from error

    def find(self, final: str) -> sqlite3.Row | None:
        """What is known of the page at this URL, after redirects, by the columns of `seen`."""
        with self._rows() as rows:
            row: sqlite3.Row | None = rows.execute("SELECT * FROM seen WHERE final = ?", (final,)).fetchone()
            return row

    def known(self) -> list[str]:
        """The URLs of all pages, those first that were not asked for longest."""
        with self._rows() as rows:
            return [url for (url,) in rows.execute("SELECT url FROM seen ORDER BY last, url")]

    def unchanged(self, final: str) -> None:
        """The page is there, and is as it was."""
        with self._rows() as rows:
            rows.execute("UPDATE seen SET last = ?, status = 'unchanged' WHERE final = ?", (_now(), final))

    def gone(self, url: str) -> str | None:
        """The page is no longer there. Returns when it last was; None if it is not known."""
        with self._rows() as rows:
            row = rows.execute("SELECT max(last) FROM seen WHERE ? IN (final, url)", (url,)).fetchone()
            rows.execute("UPDATE seen SET status = 'gone' WHERE ? IN (final, url)", (url,))
            return row[0] if row else None

    def keep(self, url: str, reply: Reply) -> tuple[State, str]:
        """Keeps a page that `url` led to, unless it has the text that is known; with when that was last there.

        Raises ArticleError for a page without an article.
        """
        known, page = self.find(reply.url), hashlib.sha256(reply.body).hexdigest()
        same = known is not None and known["page"] == page
        article = None if same else read_page(BytesIO(reply.body), reply.url, ReadOptions())
        if known and (article is None or article.sha256 == known["text"]):
            with self._rows() as rows:
                rows.execute("UPDATE seen SET etag = ?, modified = ? WHERE final = ?", (*_tags(reply), reply.url))
            self.unchanged(reply.url)
            return "unchanged", known["last"]
        assert article is not None
        path = self._path / PAGES / f"{page}.html.gz"
        if not path.exists():
            with whole_path(str(path)) as part, part.open("wb") as file:
                file.write(gzip.compress(reply.body, mtime=0))
                file.flush()
                os.fsync(file.fileno())
        now, start = _now(), self._lines.stat().st_size
        first, state = (known["first"], "changed") if known else (now, "new")
        with self._rows() as rows:
            names = chain([article.id], (f"{article.id}-{number}" for number in count(2)))  # it may be an earlier text
            name = next(name for name in names if not rows.execute(_TAKEN, (name,)).fetchone())
            row = {"id": name, "title": article.title, "date": article.date, "source": article.source}
            line = json.dumps(row | {"url": article.url or reply.url, "text": article.text}, ensure_ascii=False) + "\n"
            values = (reply.url, url, *_tags(reply), page, article.sha256, first, now, state)
            rows.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            rows.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", (name, reply.url, page, article.sha256, now))
            rows.execute("INSERT INTO pending VALUES (?, ?)", (start, line))
        self._append(line.encode())
        return ("changed", known["last"]) if known else ("new", "")

    def _append(self, line: bytes) -> None:
        with self._lines.open("ab", buffering=0) as file:
            while line:
                line = line[file.write(line) :]
            os.fsync(file.fileno())
        with self._rows() as rows:
            rows.execute("DELETE FROM pending")

    def _mend(self, pending: list[tuple[int, str]]) -> None:
        """Completes the line that a killed run was about to write; ends the last line."""
        self._lines.touch()
        for start, text in pending:
            line = text.encode()
            with self._lines.open("rb+") as file:
                file.seek(start)
                if line.startswith(file.read(len(line) + 1)):  # nothing, a part or all of it, and nothing else
                    file.truncate(start)
            self._end_line()
            self._append(line)
        self._end_line()

    def _end_line(self) -> None:
        with self._lines.open("rb+") as file:
            if file.seek(0, os.SEEK_END) and file.seek(-1, os.SEEK_END) >= 0 and file.read(1) != b"\n":
                file.write(b"\n")


def _tags(reply: Reply) -> tuple[str | None, str | None]:
    return reply.headers.get("ETag"), reply.headers.get("Last-Modified")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
