"""A run folder: records in parts, a manifest with a row for each article, and what the run was made with.

Hard because it must be true after a kill or a power cut at any moment: a part is written beside its name, forced to
disk and renamed, and only then do its articles count as done.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.batch.outcome import Outcome
from pipeline.errors import SetupError

MANIFEST, RUN, FAILED = "manifest.sqlite", "run.json", "failed.jsonl"
COLUMNS = """
CREATE TABLE IF NOT EXISTS articles (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT NOT NULL, story TEXT, part INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('todo', 'done', 'failed', 'skipped')), reason TEXT NOT NULL, ms REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS by_text ON articles (sha256);
CREATE INDEX IF NOT EXISTS by_part ON articles (part);
"""

Row = tuple[str, str, str | None]  # id and sha256 of an article, and the story that it tells
Known = tuple[str, str, str | None, str, str]  # the same, with what became of it: status and reason


class RunFolder:
    """The state of a run on disk. Raises SetupError where the folder holds a run made otherwise."""

    def __init__(self, folder: Path, made: dict[str, Any], resume: bool) -> None:
        self.folder, self.made = folder, made
        self._claim(resume)
        with writing(self.folder):
            self.rows = sqlite3.connect(folder / MANIFEST)
            self.rows.execute("PRAGMA synchronous = FULL")
            self.rows.executescript(COLUMNS)

    def _claim(self, resume: bool) -> None:
        path = self.folder / RUN
        if path.is_file():
            if not resume:
                raise SetupError(f"{self.folder}: holds a run already; go on with --resume, or name another folder")
            kept = json.loads(path.read_text(encoding="utf-8"))["made"]
            other = sorted(name for name in self.made.keys() | kept.keys() if self.made.get(name) != kept.get(name))
            if other:
                told = "; ".join(f"{name}: {kept.get(name)} then, {self.made.get(name)} now" for name in other)
                raise SetupError(f"{self.folder}: the run was made otherwise ({told}); name another folder")
        elif self.folder.is_dir() and any(self.folder.iterdir()):
            raise SetupError(f"{self.folder}: is a folder with other files in it; name another one")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.say(state="running")

    def close(self) -> None:
        self.rows.close()

    def say(self, **told: Any) -> None:
        """Writes `run.json`: what the run is made with, and how it stands."""
        text = json.dumps({"made": self.made, **told}, indent=1, ensure_ascii=False)
        with writing(self.folder):
            write_whole(self.folder / RUN, f"{text}\n")

    def part(self, number: int) -> Path:
        return self.folder / f"records-{number:05}.jsonl"

    def known(self, number: int) -> list[Known]:
        """The rows of a part that is done; none where it has yet to be done."""
        query = "SELECT id, sha256, story, status, reason FROM articles WHERE part = ? ORDER BY place"
        rows = self.rows.execute(query, (number,)).fetchall()
        done = self.part(number).is_file() and all(status != "todo" for *_, status, _ in rows)
        return rows if done else []

    def begin(self, number: int, first: int, rows: Sequence[Row]) -> None:
        """Enters the articles of a part as still to do; `first`: the place of the first one in the input."""
        told = [(first + at, *row, number, "todo", "", 0.0) for at, row in enumerate(rows)]
        with writing(self.folder), self.rows:
            self.rows.execute("DELETE FROM articles WHERE part = ?", (number,))
            self.rows.executemany("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)", told)

    def end(self, number: int, first: int, outcomes: Sequence[Outcome]) -> None:
        """Writes the records of a part, then what became of its articles."""
        told = [(o.state, o.reason, o.ms, first + at) for at, o in enumerate(outcomes)]
        with writing(self.folder):
            write_whole(self.part(number), "".join(f"{o.line}\n" for o in outcomes if o.state == "done"))
            with self.rows:
                self.rows.executemany("UPDATE articles SET status = ?, reason = ?, ms = ? WHERE place = ?", told)

    def copy_of(self, sha256: str, place: int) -> str | None:
        """The id of an earlier article with the very same text."""
        query = "SELECT id FROM articles WHERE sha256 = ? AND place < ? ORDER BY place LIMIT 1"
        row = self.rows.execute(query, (sha256, place)).fetchone()
        return row[0] if row else None

    def cut(self, places: int) -> None:
        """Takes away what an earlier, longer input left behind."""
        with writing(self.folder), self.rows:
            self.rows.execute("DELETE FROM articles WHERE place >= ?", (places,))
        last = self.rows.execute("SELECT COALESCE(MAX(part), -1) FROM articles").fetchone()[0]
        for path in records_of(self.folder):
            if int(path.stem.partition("-")[2]) > last:
                path.unlink()

    def counts(self) -> dict[str, int]:
        """How many articles there are in each state."""
        return dict(self.rows.execute("SELECT status, COUNT(*) FROM articles GROUP BY status").fetchall())

    def write_failures(self) -> None:
        """Writes `failed.jsonl`: id and reason of all that failed, in the order of the input."""
        rows = self.rows.execute("SELECT id, reason FROM articles WHERE status = 'failed' ORDER BY place")
        lines = (json.dumps({"id": name, "reason": reason}, ensure_ascii=False) + "\n" for name, reason in rows)
        with writing(self.folder):
            write_whole(self.folder / FAILED, "".join(lines))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What cannot be written ends the run; all that was written before stays true."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SetupError(f"{folder}: cannot be written ({told}); mend that and go on with --resume") from error


def records_of(folder: Path) -> list[Path]:
    """The parts of a run, in order."""
    return sorted(folder.glob("records-*.jsonl"))


def write_whole(path: Path, text: str) -> None:
    """Writes a file that is there whole or not at all, even when the power goes."""
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # the name itself has to reach the disk
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
