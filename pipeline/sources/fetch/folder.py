"""The folder of fetched pages: articles.jsonl, pages/ and the seen list.

However a run ends, each page is there once or not at all: its file first, then its row, then its line. A line that is
about to be written stands in the seen list too, so that the next run completes it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, Self

from pipeline.errors import SetupError
from pipeline.record import Article
from pipeline.sources.fetch.download import Reply
from pipeline.sources.options import ReadOptions
from pipeline.sources.pages import read_page
from pipeline.whole import locked

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
State = Literal["new", "unchanged", "changed"]


@dataclass(frozen=True)
class Seen:
    """What is known of a page. `page` and `text`: SHA-256 of what was kept; `first` and `last`: when it was there."""

    final: str
    url: str
    etag: str | None
    modified: str | None
    page: str
    text: str
    first: str
    last: str
    status: str


class Folder:
    """A folder of pages, created or continued, and locked until the end of the block.

    Raises SetupError where another process writes to it, or its seen list cannot be read; OSError if not writable.
    """

    def __init__(self, path: Path) -> None:
        (path / PAGES).mkdir(parents=True, exist_ok=True)
        self._path, self._lines = path, path / ARTICLES
        self._lock = locked(path / LOCK, f"{path}: another process fetches into it")
        with self._database():
            self._rows = sqlite3.connect(path / SEEN)
            self._rows.executescript(TABLES)
            self.find("")  # the tables of another program have other columns
        self._mend()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()
        self._lock.release()

    def find(self, final: str) -> Seen | None:
        """What is known of the page at this URL, after redirects."""
        with self._database():
            row = self._rows.execute("SELECT * FROM seen WHERE final = ?", (final,)).fetchone()
            return Seen(*row) if row else None

    def known(self) -> list[str]:
        """The URLs of all pages, those first that were not asked for longest."""
        with self._database():
            return [url for (url,) in self._rows.execute("SELECT url FROM seen ORDER BY last, url")]

    def unchanged(self, final: str) -> None:
        """The page is there, and is as it was."""
        self._run("UPDATE seen SET last = ?, status = 'unchanged' WHERE final = ?", (_now(), final))

    def gone(self, url: str) -> str | None:
        """The page is no longer there. Returns when it last was; None if it is not known."""
        with self._database():
            row = self._rows.execute("SELECT max(last) FROM seen WHERE ? IN (final, url)", (url,)).fetchone()
        self._run("UPDATE seen SET status = 'gone' WHERE ? IN (final, url)", (url,))
        return row[0] if row else None

    def keep(self, url: str, reply: Reply) -> tuple[State, str]:
        """Keeps a page that `url` led to, unless it has the text that is known; with when that was last there.

        Raises ArticleError for a page without an article.
        """
        known, page = self.find(reply.url), hashlib.sha256(reply.body).hexdigest()
        same = known is not None and known.page == page
        article = None if same else read_page(BytesIO(reply.body), reply.url, ReadOptions())
        if known and (article is None or article.sha256 == known.text):
            self._run("UPDATE seen SET etag = ?, modified = ? WHERE final = ?", (*_tags(reply), reply.url))
            self.unchanged(reply.url)
            return "unchanged", known.last
        assert article is not None
        self._keep_page(page, reply.body)
        self._write(url, reply, page, article, known)
        return ("changed", known.last) if known else ("new", "")

    def _write(self, url: str, reply: Reply, page: str, article: Article, known: Seen | None) -> None:
        now, name, tags = _now(), self._unused(article.id), _tags(reply)
        first, state = (known.first, "changed") if known else (now, "new")
        row = {"id": name, "title": article.title, "date": article.date, "source": article.source}
        line = json.dumps(row | {"url": article.url or reply.url, "text": article.text}, ensure_ascii=False) + "\n"
        start = self._lines.stat().st_size
        values = (reply.url, url, *tags, page, article.sha256, first, now, state)
        with self._database(), self._rows:
            self._rows.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            kept = (name, reply.url, page, article.sha256, now)
            self._rows.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?)", kept)
            self._rows.execute("INSERT INTO pending VALUES (?, ?)", (start, line))
        self._append(line.encode())

    def _unused(self, name: str) -> str:
        """The id, with a number if it is that of another line: a page may go back to an earlier text."""
        with self._database():
            query, number, found = "SELECT 1 FROM articles WHERE id = ?", 1, name
            while self._rows.execute(query, (found,)).fetchone():
                number += 1
                found = f"{name}-{number}"
        return found

    def _append(self, line: bytes) -> None:
        with self._lines.open("ab", buffering=0) as file:
            while line:
                line = line[file.write(line) :]
            os.fsync(file.fileno())
        self._run("DELETE FROM pending", ())

    def _mend(self) -> None:
        """Completes the line that a killed run was about to write; ends the last line."""
        with self._database():
            pending = self._rows.execute("SELECT start, line FROM pending").fetchall()
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

    def _keep_page(self, name: str, data: bytes) -> None:
        path = self._path / PAGES / f"{name}.html.gz"
        if path.exists():
            return
        part = path.with_name(f".{name}.part")
        with part.open("wb") as file:
            file.write(gzip.compress(data, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def _run(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._database(), self._rows:
            self._rows.execute(statement, values)

    @contextmanager
    def _database(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, TypeError) as error:
            raise SetupError(f"{self._path / SEEN}: {error}; fix that, or name another folder with -o") from error


def _tags(reply: Reply) -> tuple[str | None, str | None]:
    return reply.headers.get("ETag"), reply.headers.get("Last-Modified")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
