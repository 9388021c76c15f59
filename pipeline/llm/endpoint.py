"""A language model behind an OpenAI-compatible endpoint, what it may answer, and a file of its answers.

The file is SQLite, so that nothing is asked twice. The key of an answer covers instructions, schema, prompt, model and
endpoint. An answer that could not be used is kept too, with the reason.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pipeline.errors import SetupError
from pipeline.llm.prompt import Broken, Request, digest_of

KEYS = ("CORRIDOR_LLM_KEY", "OPENAI_API_KEY")  # environment variables, the first that is set
TOKENS = 10**9  # more than any model reads or writes for one answer
NAME = "llm.sqlite"  # of the file in a run folder
TABLES = """
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, model TEXT NOT NULL, content TEXT NOT NULL, broken TEXT,
  calls INTEGER NOT NULL, tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches (
  name TEXT PRIMARY KEY, id TEXT NOT NULL, collected INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
  article TEXT PRIMARY KEY, line TEXT NOT NULL
) WITHOUT ROWID;
"""
ANSWER = f"""
SELECT content, tokens_in, tokens_out, calls, broken FROM answers
WHERE key = ? AND typeof(content) = 'text' AND typeof(broken) IN ('text', 'null')
  AND typeof(calls) || typeof(tokens_in) || typeof(tokens_out) = 'integerintegerinteger'
  AND min(calls, tokens_in, tokens_out) >= 0 AND max(calls, tokens_in, tokens_out) <= {2 * TOKENS}
"""  # an answer may be asked for twice
RECORD = "SELECT line FROM records WHERE article = ?"
READ = "cannot be read ({}); name another file, or delete it"
WRITTEN = "cannot be written ({}); fix that and run again"


@dataclass(frozen=True)
class Endpoint:
    """`url`: up to and with `/v1`; `timeout`: seconds for one try, to its end; `concurrency`: requests at once.

    `max_tokens`: of one answer. Raises SetupError where the address is none, or holds a name, password or query.
    """

    url: str
    model: str
    timeout: float = 120.0
    concurrency: int = 4
    retries: int = 5
    max_tokens: int = 8_000

    def __post_init__(self) -> None:
        if set(self.url) & set("@?#"):  # before anything repeats it
            raise SetupError(f"the address of the endpoint holds a secret; set {KEYS[0]} in the environment instead")
        if not _is_address(self.url):
            raise SetupError(f"{self.url}: no address of an endpoint; give one such as http://localhost:8080/v1")
        if not self.model.strip():
            raise SetupError("the language model has no name; give --llm-model NAME")

    @property
    def made(self) -> dict[str, Any]:
        """What of it decides an answer."""
        return {"model": self.model, "url": self.url.rstrip("/"), "max_tokens": self.max_tokens}


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port that is no number
        return False


def require_client() -> None:
    """Raises SetupError where the client is not installed."""
    if not (find_spec("openai") and find_spec("httpx2")):
        raise SetupError("a language model is reached through the openai client: pip install 'corridor[llm]'")


@dataclass(frozen=True)
class Reply:
    """What a model wrote, or why it cannot be used (`broken`); `calls` and tokens are those that it took.

    `estimated`: the server did not count its tokens; `cut`: the answer was too long.
    """

    content: str
    tokens_in: int
    tokens_out: int
    calls: int = 1
    broken: str | None = None
    estimated: bool = False
    cut: bool = False
    retries: int = 0


@dataclass(frozen=True)
class Failure:
    """A request without a reply. `fatal`: every other request would fail too; `gone`: the endpoint did not answer."""

    reason: str
    fatal: bool = False
    gone: bool = False
    retries: int = 0


class Cache:
    """The file of answers at `path`; without it everything is forgotten at the end.

    Raises SetupError for another file, and where the file cannot be read or written.
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

    def get(self, endpoint: Endpoint, request: Request) -> Reply | None:
        """The answer of an endpoint to a request; None also for a row that holds what no answer can be."""
        row = self._row(READ, ANSWER, key_of(endpoint, request))
        reply = Reply(*row) if row else None
        try:
            if reply and not reply.broken:
                request.parse(reply.content)
        except Broken:
            return None
        return reply

    def put(self, endpoint: Endpoint, request: Request, reply: Reply) -> None:
        """Keeps an answer; it is on disk when this returns. Raises SetupError where the disk is full."""
        row = (key_of(endpoint, request), endpoint.model, "" if reply.broken else reply.content, reply.broken)
        counts = (reply.calls, reply.tokens_in, reply.tokens_out)
        self._row(WRITTEN, "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", *row, *counts)

    def offline(self, article: str) -> str | None:
        """The line of a record before a language model read it; `article`: a digest of all that is known of it."""
        row = self._row(READ, RECORD, article)
        return row[0] if row else None

    def offline_lines(self) -> Iterator[str]:
        """The lines of all records as they were before a language model read them."""
        yield from (row[0] for row in self._rows.execute("SELECT line FROM records ORDER BY article"))

    def keep_offline(self, article: str, line: str) -> None:
        """Keeps the line of a record before a language model reads it."""
        self._row(WRITTEN, "INSERT OR REPLACE INTO records VALUES (?, ?)", article, line)

    def open_batches(self) -> dict[str, str]:
        """The ids of batches without their answers here, by the digests of their files; "" where none is known."""
        return dict(self._rows.execute("SELECT name, id FROM batches WHERE collected = 0 ORDER BY name"))

    def ended_batches(self) -> int:
        """How many batches have been collected."""
        return int(self._rows.execute("SELECT count(*) FROM batches WHERE collected = 1").fetchone()[0])

    def note_batch(self, name: str, batch: str, collected: bool = False) -> None:
        """Keeps the id of the batch of a file, and whether its answers are here."""
        self._row(WRITTEN, "INSERT OR REPLACE INTO batches VALUES (?, ?, ?)", name, batch, int(collected))

    def _row(self, reason: str, statement: str, *values: object) -> Any:
        """The first row of a statement, which is then on disk. Raises SetupError with the reason where it fails."""
        try:
            with self._lock, self._rows:
                return self._rows.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            raise SetupError(f"{self._where}: {reason.format(error)}") from error


def key_of(endpoint: Endpoint, request: Request) -> str:
    """What stands for a request to an endpoint."""
    made = json.dumps({**endpoint.made, "prompt": digest_of(request)}, sort_keys=True)
    return hashlib.sha256(made.encode()).hexdigest()
