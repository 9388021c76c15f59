"""Whether a run folder is whole: its files held against each other and against the schema of records."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.batch import manifest
from pipeline.batch.files import Files, files_at
from pipeline.batch.folder import part_name, run_of
from pipeline.batch.manifest import Mark, Row
from pipeline.errors import SetupError
from pipeline.records import FAILED, FORMS, MANIFEST, ROWS, RUN, is_run, lines_of, number_of

ANEW, AGAIN = "--resume makes it anew", "--resume writes it again"
STRANGE = "--resume makes it anew or takes it away"


class Finding(NamedTuple):
    """What is wrong with a file of a run, and what to do."""

    file: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}; {self.remedy}"


def verify(where: str) -> Iterator[Finding]:
    """All that is wrong with the run at a folder or an address; nothing is changed.

    Raises SetupError where there is no run, where another process writes to it, and where it cannot be read.
    """
    files = files_at(where)
    try:
        files.lock(reading=True)
        names = frozenset(files.names())
        if not is_run(names):
            raise SetupError(f"{where}: holds no run of `corridor extract`")
        with _Run(files, names) as run:
            yield from run.findings()
    except (OSError, sqlite3.OperationalError) as error:
        raise SetupError(f"{where}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    finally:
        files.close()


class _Run:
    """The files of a run, and a connection to its manifest."""

    def __init__(self, files: Files, names: frozenset[str]) -> None:
        self._files, self._names = files, names
        self._run = run_of(files.read(RUN)) if RUN in names else None
        found, self._torn = self._opened()
        self._rows = found or manifest.begun(manifest.parts(files, names))
        self._older = found is not None and not self._has_marks()

    def _opened(self) -> tuple[sqlite3.Connection | None, str]:
        """A connection to the database of the manifest, or what is wrong with it; on a store there is none."""
        try:
            found = manifest.opened(self._files.database, reading=True)
        except sqlite3.OperationalError:
            if f"{MANIFEST}-journal" not in self._names:
                raise
            return None, "was cut off while it was written"
        return found, "" if found or not self._files.database else "is missing or damaged"

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()

    def _has_marks(self) -> bool:
        return bool(self._rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'parts'").fetchall())

    def findings(self) -> Iterator[Finding]:
        yield from self._of_run()
        if self._torn:
            yield Finding(MANIFEST, self._torn, "--resume mends it")
        yield from self._of_ids()
        numbers = manifest.numbers(self._rows)
        form = self._form()
        for number in numbers:
            yield from self._of_part(number, part_name(number, form))
        known = {part_name(number, form) for number in numbers}
        for name in sorted(self._names):
            if number_of(name) is not None and name not in known:
                yield Finding(name, "is not in the manifest", STRANGE)
            elif (part := number_of(name, ROWS)) is not None and part not in numbers:
                yield Finding(name, "is damaged, or of a part that the manifest does not name", AGAIN)
        yield from self._of_failures()

    def _form(self) -> str:
        if self._run:
            return str(self._run["made"].get("to", FORMS[0]))
        made = next((part.made for part in manifest.parts(self._files, self._names) if part.made), {})
        return str(made.get("to", FORMS[0]))

    def _of_run(self) -> Iterator[Finding]:
        if RUN not in self._names:
            yield Finding(RUN, "is missing", AGAIN)
        elif self._run is None:
            yield Finding(RUN, "is damaged", AGAIN)
        elif self._run.get("state") != "finished":
            yield Finding(RUN, "the run is not finished", "go on with --resume")
        else:
            counts = manifest.counts(self._rows)
            said, articles = self._run.get("counts"), self._run.get("articles")
            if (said, articles) != (counts, sum(counts.values())) and not self._torn:
                yield Finding(RUN, f"counts {articles} articles, {said}; the manifest {counts}", AGAIN)

    def _of_ids(self) -> Iterator[Finding]:
        query = "SELECT id, COUNT(*) FROM articles WHERE sha256 != '' GROUP BY id HAVING COUNT(*) > 1 ORDER BY id"
        for name, times in self._rows.execute(query):
            yield Finding(MANIFEST, f"{name} stands in it {times} times", ANEW)

    def _of_part(self, number: int, name: str) -> Iterator[Finding]:
        rows = manifest.rows_of(self._rows, number)
        if any(row.status == "todo" for row in rows):
            yield Finding(name, "has articles that are still to do", "go on with --resume")
            return
        mark = None if self._older else manifest.mark_of(self._rows, number)
        yield from self._of_side(number, mark, rows)
        if name not in self._names:
            yield Finding(name, "is missing", ANEW)
            return
        data = self._files.read(name)
        altered = mark is not None and mark.sha256 != hashlib.sha256(data).hexdigest()
        for problem in _problems(name, data, rows, mark, altered):
            yield Finding(name, problem, ANEW)

    def _of_side(self, number: int, mark: Mark | None, rows: list[Row]) -> Iterator[Finding]:
        """What the file of its own says that the manifest keeps of a part."""
        if self._older:
            return
        name = manifest.file_of(number)
        if name not in self._names:
            yield Finding(name, "is missing", AGAIN)
        elif (part := manifest.from_bytes(self._files.read(name))) is None:
            yield Finding(name, "is damaged", AGAIN)
        elif (part.rows, part.mark) != (rows, mark):
            yield Finding(name, f"does not agree with {MANIFEST}", "--resume makes its part anew")

    def _of_failures(self) -> Iterator[Finding]:
        if self._run and self._run.get("state") != "finished":
            return
        wanted = manifest.failures(self._rows)
        if FAILED not in self._names:
            yield Finding(FAILED, "is missing", AGAIN)
        elif self._files.read(FAILED) != wanted and not self._torn:
            yield Finding(FAILED, "does not name what failed", AGAIN)


def _problems(name: str, data: bytes, rows: list[Row], mark: Mark | None, altered: bool) -> Iterator[str]:
    """What is wrong with the records of a part; the first three, and how many more."""
    try:
        lines = lines_of(name, data)
    except SetupError as error:
        yield str(error).removeprefix(f"{name}: ")
        return
    found = list(manifest.faults(rows, lines))
    if mark and len(lines) != mark.records:
        yield f"holds {len(lines)} records, not {mark.records}"
    elif altered:
        yield "has other bytes than were written"
    yield from found[:3]
    if found[3:]:
        yield f"{len(found) - 3} more records are not as they should be"
