"""Answers of language models in a SQLite file, so that nothing is asked twice.

The key of an answer covers instructions, schema, prompt, model and endpoint. An answer that could not be used is kept
too, with the reason.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pipeline.errors import SetupError
from pipeline.llm.answer import Broken, parse
from pipeline.llm.endpoint import TOKENS, Endpoint
from pipeline.llm.prompt import Prompt

NAME = "llm.sqlite"  # in a run folder
MOST = 2 * TOKENS  # of an answer that was asked for twice
TABLES = """
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, model TEXT NOT NULL, content TEXT NOT NULL, broken TEXT,
  calls INTEGER NOT NULL, tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
  article TEXT PRIMARY KEY, line TEXT NOT NULL
) WITHOUT ROWID;
"""
ANSWER = f"""
SELECT content, broken, calls, tokens_in, tokens_out FROM answers
WHERE key = ? AND typeof(content) = 'text' AND typeof(broken) IN ('text', 'null')
  AND typeof(calls) || typeof(tokens_in) || typeof(tokens_out) = 'integerintegerinteger'
  AND min(calls, tokens_in, tokens_out) >= 0 AND max(calls, tokens_in, tokens_out) <= {MOST}
"""
RECORD = "SELECT line FROM records WHERE article = ?"


@dataclass(frozen=True)
class Cached:
    """An answer: its text, or why it is `broken`; `calls` and tokens are those that it took."""

    content: str
    broken: str | None
    calls: int
    tokens_in: int
    tokens_out: int


class Cache:
    """`path`: of the file; without it everything is forgotten at the end.

    Raises SetupError for another file, and where the file cannot be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._where = str(path) if path else ""  # "": a temporary file that SQLite removes
        self._lock = threading.Lock()  # answers come in another thread
        try:
            self._rows = sqlite3.connect(self._where, check_same_thread=False)
            with self._rows:
                self._rows.executescript(TABLES)
            for query in (ANSWER, RECORD):  # the tables of another program have other columns
                self._rows.execute(query, ("",))
        except sqlite3.Error as error:
            raise SetupError(f"{path}: no cache of answers ({error}); name another file, or delete it") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def get(self, endpoint: Endpoint, prompt: Prompt) -> Cached | None:
        """The answer of an endpoint to a prompt; None also for a row that holds what no answer can be."""
        row = self._first(ANSWER, key(endpoint, prompt))
        found = Cached(*row) if row else None
        try:
            if found and not found.broken:
                parse(found.content)
        except Broken:
            return None
        return found

    def put(self, endpoint: Endpoint, prompt: Prompt, answer: Cached) -> None:
        """Keeps an answer; it is on disk when this returns. Raises SetupError where the disk is full."""
        row = (key(endpoint, prompt), endpoint.model, answer.content, answer.broken)
        counts = (answer.calls, answer.tokens_in, answer.tokens_out)
        self._write("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, *counts))

    def offline(self, article: str) -> str | None:
        """The line of a record before a language model read it; `article`: a digest of all that is known of it."""
        row = self._first(RECORD, article)
        return row[0] if row else None

    def offline_lines(self) -> Iterator[str]:
        """The lines of all records as they were before a language model read them."""
        yield from (row[0] for row in self._rows.execute("SELECT line FROM records ORDER BY article"))

    def keep_offline(self, article: str, line: str) -> None:
        """Keeps the line of a record before a language model reads it."""
        self._write("INSERT OR REPLACE INTO records VALUES (?, ?)", (article, line))

    def _first(self, query: str, name: str) -> Any:
        try:
            with self._lock:
                return self._rows.execute(query, (name,)).fetchone()
        except sqlite3.Error as error:
            raise SetupError(f"{self._where}: cannot be read ({error}); name another file, or delete it") from error

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            with self._lock, self._rows:
                self._rows.execute(statement, values)
        except sqlite3.Error as error:
            raise SetupError(f"{self._where}: cannot be written ({error}); fix that and run again") from error


def key(endpoint: Endpoint, prompt: Prompt) -> str:
    """The key of an answer."""
    made = json.dumps({**endpoint.made, "prompt": prompt.digest}, sort_keys=True)
    return hashlib.sha256(made.encode()).hexdigest()
