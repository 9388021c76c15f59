"""The manifest of a run: what became of each article, and the digest of each part that is done.

It stands twice: in a database, which a run asks and changes as it goes on, and part by part in `manifest-00000.jsonl`
and so on, each written when its part is done. The database can be made again from these files.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.batch.files import Files
from pipeline.errors import ArticleError
from pipeline.record import Article, digest, quotes
from pipeline.records import ROWS, Line, as_jsonl, number_of, record_of

TABLES = """
CREATE TABLE IF NOT EXISTS articles (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT NOT NULL, story TEXT, part INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('todo', 'done', 'failed', 'skipped')), reason TEXT NOT NULL, ms REAL NOT NULL,
  fingerprint TEXT
);
CREATE INDEX IF NOT EXISTS by_text ON articles (sha256);
CREATE INDEX IF NOT EXISTS by_part ON articles (part);
CREATE TABLE IF NOT EXISTS parts (part INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, records INTEGER NOT NULL);
"""
FIELDS = "place, id, sha256, story, part, status, reason, ms"  # and fingerprint, which older runs lack


class Row(NamedTuple):
    """An article: its place in the input, its id, the digest of its text, its story, its part, what became of it and
    why, milliseconds; `fingerprint`: of all that decides its record, None where an older version did not note it."""

    place: int
    id: str
    sha256: str
    story: str | None
    part: int
    status: str
    reason: str = ""
    ms: float = 0.0
    fingerprint: str | None = None


class Mark(NamedTuple):
    """The digest and the number of records of a part that is done."""

    sha256: str
    records: int


@dataclass(frozen=True)
class Part:
    """What the manifest says of a part that is done; an older version noted neither `mark` nor `made`."""

    rows: Sequence[Row]
    mark: Mark | None
    made: dict[str, Any] | None


def fingerprint(article: Article) -> str:
    """A digest of all of an article that decides its record."""
    return hashlib.sha256(article.model_dump_json(exclude={"story", "text"}).encode()).hexdigest()


def file_of(number: int) -> str:
    return f"{ROWS}{number:05}.jsonl"


def to_bytes(part: Part) -> bytes:
    """The file of a part: a line about the part, then a line an article."""
    lines = [json.dumps(row) for row in part.rows]
    rows = as_jsonl(lines)
    mark = part.mark._asdict() if part.mark else None
    head = {"rows": len(lines), "rows_sha256": hashlib.sha256(rows).hexdigest(), "part": mark, "made": part.made}
    return as_jsonl([json.dumps(head)]) + rows


def from_bytes(data: bytes) -> Part | None:
    """What such a file says; None where it is not whole."""
    try:
        head, *rows = [json.loads(line) for line in data.decode("utf-8").splitlines()]
        if isinstance(head, list):  # of an older version
            return Part([Row(*row) for row in (head, *rows)], None, None)
        mark = Mark(**head["part"]) if head["part"] else None
        part = Part([Row(*row) for row in rows], mark, head["made"])
        return part if to_bytes(part) == data else None
    except (ValueError, KeyError, TypeError):
        return None


def opened(database: str, reading: bool = False) -> sqlite3.Connection | None:
    """A connection to a database that is there and sound; else None. An empty name stands for none.

    Raises sqlite3.OperationalError where it cannot be asked, such as while another program writes to it.
    """
    if not database or not Path(database).is_file():
        return None
    name = Path(database).absolute().as_uri()
    rows = sqlite3.connect(f"{name}?mode=ro" if reading else name, uri=True)
    try:
        tables = {row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "articles" in tables and rows.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]:
            rows.execute("PRAGMA synchronous = FULL")
            return rows
    except sqlite3.OperationalError:
        rows.close()
        raise
    except sqlite3.DatabaseError:  # no database, or torn
        pass
    rows.close()
    return None


def parts(files: Files, names: Iterable[str]) -> Iterator[Part]:
    """What those files of a run say of its parts that are whole."""
    for name in sorted(names):
        if number_of(name, ROWS) is not None and (part := from_bytes(files.read(name))):
            yield part


def begun(found: Iterable[Part]) -> sqlite3.Connection:
    """A connection to a new database of some parts, in a temporary file."""
    rows = sqlite3.connect("")
    rows.executescript(TABLES)
    with rows:
        for part in found:
            put(rows, part.rows)
            if part.mark and part.rows:
                mark(rows, part.rows[0].part, part.mark)
    return rows


def moved(rows: sqlite3.Connection, database: str) -> sqlite3.Connection:
    """A connection to a database file that holds what `rows` held, in place of what may be there."""
    for path in (database, f"{database}-journal"):
        Path(path).unlink(missing_ok=True)
    found = sqlite3.connect(database)
    found.execute("PRAGMA synchronous = FULL")
    rows.backup(found)
    rows.close()
    return found


def completed(rows: sqlite3.Connection) -> None:
    """Adds to a database of an older version what it lacks."""
    if "fingerprint" not in {column[1] for column in rows.execute("PRAGMA table_info(articles)")}:
        rows.execute("ALTER TABLE articles ADD COLUMN fingerprint TEXT")
    rows.executescript(f"BEGIN; {TABLES} COMMIT;")


def put(rows: sqlite3.Connection, part: Sequence[Row]) -> None:
    rows.executemany(
        f"INSERT OR REPLACE INTO articles ({FIELDS}, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", part
    )


def mark(rows: sqlite3.Connection, number: int, found: Mark) -> None:
    rows.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", (number, *found))


def rows_of(rows: sqlite3.Connection, number: int) -> list[Row]:
    """The articles of a part, in their order."""
    query = "SELECT * FROM articles WHERE part = ? ORDER BY place"  # the columns of Row, in their order
    return [Row(*row) for row in rows.execute(query, (number,))]


def mark_of(rows: sqlite3.Connection, number: int) -> Mark | None:
    found = rows.execute("SELECT sha256, records FROM parts WHERE part = ?", (number,)).fetchone()
    return Mark(*found) if found else None


def numbers(rows: sqlite3.Connection) -> list[int]:
    """Of the parts."""
    return [row[0] for row in rows.execute("SELECT DISTINCT part FROM articles ORDER BY part")]


def counts(rows: sqlite3.Connection) -> dict[str, int]:
    """How many articles there are in each state."""
    return dict(rows.execute("SELECT status, COUNT(*) FROM articles GROUP BY status").fetchall())


def failures(rows: sqlite3.Connection) -> bytes:
    """A line of JSON for each article that failed, with id and reason, in the order of the input."""
    found = rows.execute("SELECT id, reason FROM articles WHERE status = 'failed' ORDER BY place")
    return as_jsonl([json.dumps({"id": name, "reason": reason}, ensure_ascii=False) for name, reason in found])


def filled(rows: Sequence[Row], lines: Sequence[Line]) -> list[Row]:
    """The rows of a part with fingerprints out of its records, where they lack them."""
    records = [record_of(*line) for line in lines]
    found = {each.article.id: fingerprint(each.article) for each in records if not isinstance(each, ArticleError)}
    return [row._replace(fingerprint=row.fingerprint or found.get(row.id)) for row in rows]


def faults(rows: Sequence[Row], lines: Sequence[Line]) -> Iterator[str]:
    """What is wrong with the records of a part, held against its rows."""
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
        elif (done[article.id].fingerprint or fingerprint(article)) != fingerprint(article):
            yield f"line {place.number}: {article.id} is not the article that the manifest names"
        if digest(article.text) != article.sha256 or not all(
            article.text[quote.start : quote.end] == quote.text for quote in quotes(record)
        ):
            yield f"line {place.number}: {article.id} has another text than its digest or its quotes say"
    for name, times in found.items():
        if times > 1:
            yield f"{name} stands in it {times} times"
    missing = [name for name in done if name not in found]
    if missing:
        yield f"no record of {', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''} ({len(missing)} missing)"
    elif [name for name in found if name in done] != [*done]:
        yield "its records are in another order than the manifest's"
