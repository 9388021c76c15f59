"""A run folder: records in parts, a manifest with a row for each article, and what the run was made with.

Hard because it must be true after a kill or a power cut at any moment: a part is written whole before its articles
count as done.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.batch.files import Files, files_at
from pipeline.batch.outcome import Outcome
from pipeline.errors import SetupError
from pipeline.export.parts import PARTS, as_jsonl
from pipeline.records import FAILED, PART, RUN

ROWS = "manifest-"  # how the names of files begin
COLUMNS = """
CREATE TABLE IF NOT EXISTS articles (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT NOT NULL, story TEXT, part INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('todo', 'done', 'failed', 'skipped')), reason TEXT NOT NULL, ms REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS by_text ON articles (sha256);
CREATE INDEX IF NOT EXISTS by_part ON articles (part);
"""
INSERT = "INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

Row = tuple[str, str, str | None]  # id and sha256 of an article, and the story that it tells
Known = tuple[str, str, str | None, str, str]  # the same, with what became of it: status and reason


class RunFolder:
    """The state of a run at `where`, a folder or an address. Raises SetupError where it holds a run made otherwise.

    `retry`: whether articles that failed are to be read once more; `refilled`: whether the manifest had to be put
    together again from its parts.
    """

    def __init__(self, where: str, made: dict[str, Any], resume: bool, retry: bool = False) -> None:
        self.where, self.made, self.refilled = where, made, False
        self._retry = retry
        self._form = made.get("to", "jsonl")
        with self.writing():
            self._files: Files = files_at(where)
            self._claim(resume)
            self.rows = sqlite3.connect(self._files.database)
            self.rows.execute("PRAGMA synchronous = FULL")
            self.rows.executescript(COLUMNS)
            if not self._files.lasting:
                self._refill()
            self._there = frozenset(self._files.names())

    def _claim(self, resume: bool) -> None:
        names = self._files.names()
        if RUN in names:
            if not resume:
                raise SetupError(f"{self.where}: holds a run already; go on with --resume, or name another folder")
            kept = json.loads(self._files.read(RUN))["made"]
            other = sorted(name for name in self.made.keys() | kept.keys() if self.made.get(name) != kept.get(name))
            if other:
                told = "; ".join(f"{name}: {kept.get(name)} then, {self.made.get(name)} now" for name in other)
                raise SetupError(f"{self.where}: the run was made otherwise ({told}); name another folder")
        elif names:
            raise SetupError(f"{self.where}: is a folder with other files in it; name another one")
        self.say(state="running")

    def _refill(self) -> None:
        for name in self._files.names():
            if name.startswith(ROWS):
                rows = [json.loads(line) for line in self._files.read(name).splitlines()]
                self.rows.executemany(INSERT, rows)
                self.refilled = True
        self.rows.commit()

    def close(self) -> None:
        self.rows.close()
        self._files.close()

    def say(self, **told: Any) -> None:
        """Writes `run.json`: what the run is made with, and how it stands."""
        text = json.dumps({"made": self.made, **told}, indent=1, ensure_ascii=False)
        with self.writing():
            self._files.write(RUN, as_jsonl([text]))

    def known(self, number: int) -> list[Known]:
        """The rows of a part that is done; none where it has yet to be done. What has no text cannot be read anew."""
        query = "SELECT id, sha256, story, status, reason FROM articles WHERE part = ? ORDER BY place"
        rows = self.rows.execute(query, (number,)).fetchall()
        left = any(
            status == "todo" or (self._retry and status == "failed" and sha256) for _, sha256, _, status, _ in rows
        )
        return rows if not left and self._part(number) in self._there else []

    def begin(self, number: int, first: int, rows: Sequence[Row]) -> None:
        """Enters the articles of a part as still to do; `first`: the place of the first one in the input."""
        told = [(first + at, *row, number, "todo", "", 0.0) for at, row in enumerate(rows)]
        with self.writing(), self.rows:
            self.rows.execute("DELETE FROM articles WHERE part = ?", (number,))
            self.rows.executemany(INSERT, told)
            if _rows(number) in self._there:
                self._files.delete(_rows(number))

    def end(self, number: int, first: int, outcomes: Sequence[Outcome]) -> None:
        """Writes the records of a part, then what became of its articles."""
        told = [(o.state, o.reason, o.ms, first + at) for at, o in enumerate(outcomes)]
        with self.writing():
            self._files.write(self._part(number), PARTS[self._form]([o.line for o in outcomes if o.state == "done"]))
            with self.rows:
                self.rows.executemany("UPDATE articles SET status = ?, reason = ?, ms = ? WHERE place = ?", told)
            if not self._files.lasting:
                rows = self.rows.execute("SELECT * FROM articles WHERE part = ? ORDER BY place", (number,))
                self._files.write(_rows(number), as_jsonl([json.dumps(row) for row in rows]))

    def copy_of(self, sha256: str, place: int) -> str | None:
        """The id of an earlier article with the very same text."""
        query = "SELECT id FROM articles WHERE sha256 = ? AND place < ? ORDER BY place LIMIT 1"
        row = self.rows.execute(query, (sha256, place)).fetchone()
        return row[0] if row else None

    def cut(self, places: int) -> None:
        """Takes away what an earlier, longer input left behind."""
        with self.writing():
            with self.rows:
                self.rows.execute("DELETE FROM articles WHERE place >= ?", (places,))
            last = self.rows.execute("SELECT COALESCE(MAX(part), -1) FROM articles").fetchone()[0]
            for name in self._files.names():
                number = name.partition("-")[2].partition(".")[0]
                if name.startswith((PART, ROWS)) and int(number) > last:
                    self._files.delete(name)

    def counts(self) -> dict[str, int]:
        """How many articles there are in each state."""
        return dict(self.rows.execute("SELECT status, COUNT(*) FROM articles GROUP BY status").fetchall())

    def write_failures(self) -> None:
        """Writes `failed.jsonl`: id and reason of all that failed, in the order of the input."""
        rows = self.rows.execute("SELECT id, reason FROM articles WHERE status = 'failed' ORDER BY place")
        lines = [json.dumps({"id": name, "reason": reason}, ensure_ascii=False) for name, reason in rows]
        with self.writing():
            self._files.write(FAILED, as_jsonl(lines))

    def _part(self, number: int) -> str:
        return f"{PART}{number:05}.{self._form}"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What cannot be written ends the run; all that was written before stays true."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise SetupError(f"{self.where}: cannot be written ({told}); mend that and go on with --resume") from error


def _rows(number: int) -> str:
    return f"{ROWS}{number:05}.jsonl"
