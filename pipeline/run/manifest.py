"""The manifest of a run: the state of each article, and the digest of each finished part.

It is stored twice: in an SQLite database, which the run queries and updates, and in one file per finished part
(`manifest-00000.jsonl`, ...), from which the database can be rebuilt.
"""

import hashlib
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from pipeline.errors import ArticleError
from pipeline.record import Article, digest, quotes
from pipeline.records import ROWS, Line, as_jsonl, number_of, record_of
from pipeline.run.files import Files

TABLES = """
CREATE TABLE IF NOT EXISTS articles (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT NOT NULL, story TEXT, part INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('todo', 'done', 'failed', 'skipped')), reason TEXT NOT NULL, ms REAL NOT NULL,
  fingerprint TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_text ON articles (sha256);
CREATE INDEX IF NOT EXISTS by_part ON articles (part);
CREATE TABLE IF NOT EXISTS parts (part INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, records INTEGER NOT NULL);
"""
CHECKED = {"articles", "parts", "heads", "bands"}  # tables with a checksum


class Row(NamedTuple):
    """An article of the run; the columns of the table `articles`, in order.

    `place`: index in the input; `sha256`: of the text, empty if it could not be read; `fingerprint`: see `fingerprint`.
    """

    place: int
    id: str
    sha256: str
    story: str | None
    part: int
    status: str
    reason: str = ""
    ms: float = 0.0
    fingerprint: str = ""


class Mark(NamedTuple):
    """The digest of a finished part's file, and its number of records."""

    sha256: str
    records: int


@dataclass(frozen=True)
class Part:
    """The manifest of a finished part; `made`: what the run was made with."""

    rows: Sequence[Row]
    mark: Mark
    made: dict[str, Any]


def fingerprint(article: Article) -> str:
    """A digest of everything in an article that affects its record."""
    return sha256(article.model_dump_json(exclude={"story", "text"}).encode())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def part_file(number: int) -> str:
    return f"{ROWS}{number:05}.jsonl"


def encode(part: Part) -> bytes:
    """The file of a part: one line about the part, then one line per article."""
    rows = as_jsonl([json.dumps(row) for row in part.rows])
    head = {"rows": len(part.rows), "rows_sha256": sha256(rows), "part": part.mark._asdict(), "made": part.made}
    return as_jsonl([json.dumps(head)]) + rows


def decode(data: bytes) -> Part | None:
    """The part in such a file; None if the file is damaged."""
    try:
        head, *rows = [json.loads(line) for line in data.decode("utf-8").splitlines()]
        part = Part([Row(*row) for row in rows], Mark(**head["part"]), head["made"])
        return part if encode(part) == data else None
    except (ValueError, KeyError, TypeError):
        return None


def open_database(path: str, reading: bool = False) -> sqlite3.Connection | None:
    """A connection to a sound database; None if `path` is empty, or the file is missing or damaged.

    Raises sqlite3.DatabaseError if it cannot be queried, as while another program writes to it.
    """
    if not path or not Path(path).is_file():
        return None
    name = Path(path).absolute().as_uri()
    rows = sqlite3.connect(f"{name}?mode=ro" if reading else name, uri=True)
    try:
        tables = {row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables >= {"articles", "parts"} and rows.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]:
            rows.execute("SELECT status, reason, story, part, place FROM articles LIMIT 0")  # a name may be damaged
            checksum(rows)
            rows.execute("PRAGMA synchronous = FULL")
            return rows
    except sqlite3.DatabaseError as error:
        is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if is_busy or not os.access(path, os.R_OK) or (reading and Path(f"{path}-journal").exists()):
            rows.close()
            raise
    rows.close()  # not a database, or damaged
    return None


def checksum(rows: sqlite3.Connection) -> int:
    """The CRC-32 of all rows, in 31 bits; never 0."""
    found = 0
    tables = {row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in sorted(tables & CHECKED):
        cursor = rows.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        while block := cursor.fetchmany(1_000):
            found = crc32(repr(block).encode(), found)
    return found >> 1 or 1


def seal(rows: sqlite3.Connection, finished: bool) -> None:
    """Stores the checksum of the rows of a finished run; of another one, that there is none."""
    with rows:
        rows.execute(f"PRAGMA user_version = {checksum(rows) if finished else 0}")


def is_as_written(rows: sqlite3.Connection) -> bool:
    """Whether the rows have their checksum, if there is one."""
    (stored,) = rows.execute("PRAGMA user_version").fetchone()
    return stored in (0, checksum(rows))


def read_parts(files: Files, names: Iterable[str]) -> Iterator[Part]:
    """The undamaged part files of a run."""
    for name in sorted(names):
        if number_of(name, ROWS) is not None and (part := decode(files.read(name))):
            yield part


def build_database(parts: Iterable[Part]) -> sqlite3.Connection:
    """A connection to a new temporary database that holds the parts."""
    rows = sqlite3.connect("")
    rows.executescript(TABLES)
    with rows:
        for part in parts:
            put_rows(rows, part.rows)
            if part.rows:
                put_mark(rows, part.rows[0].part, part.mark)
    return rows


def save_database(rows: sqlite3.Connection, path: str) -> sqlite3.Connection:
    """Moves a temporary database to a file, replacing what is there; returns the connection to the file."""
    for old in (path, f"{path}-journal"):
        Path(old).unlink(missing_ok=True)
    saved = sqlite3.connect(path)
    saved.execute("PRAGMA synchronous = FULL")
    rows.backup(saved)
    rows.close()
    return saved


def put_rows(rows: sqlite3.Connection, part: Sequence[Row]) -> None:
    rows.executemany("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", part)


def put_mark(rows: sqlite3.Connection, number: int, mark: Mark) -> None:
    rows.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", (number, *mark))


def rows_of(rows: sqlite3.Connection, number: int) -> list[Row]:
    """The articles of a part, in order."""
    found = rows.execute("SELECT * FROM articles WHERE part = ? ORDER BY place", (number,))
    return [Row(*row) for row in found]


def mark_of(rows: sqlite3.Connection, number: int) -> Mark | None:
    found = rows.execute("SELECT sha256, records FROM parts WHERE part = ?", (number,)).fetchone()
    return Mark(*found) if found else None


def part_numbers(rows: sqlite3.Connection) -> list[int]:
    return [row[0] for row in rows.execute("SELECT DISTINCT part FROM articles ORDER BY part")]


def counts(rows: sqlite3.Connection) -> dict[str, int]:
    """The number of articles in each state."""
    return dict(rows.execute("SELECT status, COUNT(*) FROM articles GROUP BY status").fetchall())


def failures(rows: sqlite3.Connection) -> bytes:
    """JSON lines with the id and reason of each failed article, in the order of the input."""
    found = rows.execute("SELECT id, reason FROM articles WHERE status = 'failed' ORDER BY place")
    return as_jsonl([json.dumps({"id": name, "reason": reason}, ensure_ascii=False) for name, reason in found])


def faults(rows: Sequence[Row], lines: Sequence[Line]) -> Iterator[str]:
    """What is wrong with the records of a part, compared with its rows."""
    done = {row.id: row for row in rows if row.status == "done"}
    found = Counter[str]()
    for place, line in lines:
        record = record_of(place, line)
        if isinstance(record, ArticleError):
            yield f"line {place.number}: {record.reason}"
            continue
        article = record.article
        found[article.id] += 1
        if article.id not in done:
            yield f"line {place.number}: the manifest has no finished article {article.id}"
        elif done[article.id].fingerprint != fingerprint(article):
            yield f"line {place.number}: {article.id} is not the article that the manifest names"
        if digest(article.text) != article.sha256 or not all(
            article.text[quote.start : quote.end] == quote.text for quote in quotes(record)
        ):
            yield f"line {place.number}: the text of {article.id} does not match its digest or its quotes"
    for name, times in found.items():
        if times > 1:
            yield f"holds {name} {times} times"
    missing = [name for name in done if name not in found]
    if missing:
        yield f"no record of {', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''} ({len(missing)} missing)"
    elif [name for name in found if name in done] != [*done]:
        yield "its records are in another order than the manifest"
