"""Checks a run folder: its files against each other and against the schema of records."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import SetupError
from pipeline.records import FAILED, FORMS, MANIFEST, NO_FILE, ROWS, RUN, is_run, is_run_file, lines_of, number_of
from pipeline.run import manifest
from pipeline.run.files import Files, files_at
from pipeline.run.folder import made_in, part_name, read_state
from pipeline.run.manifest import Mark, Row

EXTRACT, WRITE = "--resume extracts it again", "--resume writes it again"
CONTINUE = "continue with --resume"


class Finding(NamedTuple):
    """A problem with a file of a run, and its remedy."""

    file: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}; {self.remedy}"


def verify(where: str) -> Iterator[Finding]:
    """All problems of the run at a folder or an address; changes nothing.

    Raises SetupError if there is no run, another process writes to it, or it cannot be read.
    """
    if Path(where).is_file():
        raise SetupError(f"{where}: a file; name a run folder, which `corridor extract INPUT -o RUN/` makes")
    files = files_at(where)
    try:
        files.lock(reading=True)
        names = frozenset(files.names())
        if not is_run(names):
            raise SetupError(f"{where}: holds no run of `corridor extract`")
        with closing(_Run(files, names)) as run:
            yield from run.findings()
    except (OSError, sqlite3.Error) as error:
        raise SetupError(f"{where}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    finally:
        files.close()


class _Run:
    """The files of a run, and a connection to its manifest."""

    def __init__(self, files: Files, names: frozenset[str]) -> None:
        self._odd = files.odd(filter(is_run_file, names))
        self._files, self._names = files, names - {*self._odd}
        names = self._names
        self._state = read_state(files, names)
        found, self._damage = self._open_database()
        self._rows = found or manifest.build_database(manifest.read_parts(files, names))

    def _open_database(self) -> tuple[sqlite3.Connection | None, str]:
        """The manifest database, or what is wrong with it; a store has none."""
        try:
            found = manifest.open_database(self._files.database, reading=True)
        except sqlite3.DatabaseError:
            if f"{MANIFEST}-journal" not in self._names:
                raise
            return None, "a write to it was interrupted"
        return found, "" if found or not self._files.database else "is missing or damaged"

    def close(self) -> None:
        self._rows.close()

    def findings(self) -> Iterator[Finding]:
        for name in self._odd:
            yield Finding(name, NO_FILE, "move it away, then --resume writes it again")
        yield from self._check_state()
        if not manifest.is_as_written(self._rows):
            yield Finding(MANIFEST, "its rows are not those that were written", "--resume repairs it")
        if self._damage:
            yield Finding(MANIFEST, self._damage, "--resume repairs it")
        query = "SELECT id, COUNT(*) FROM articles WHERE sha256 != '' GROUP BY id HAVING COUNT(*) > 1 ORDER BY id"
        for name, times in self._rows.execute(query):
            yield Finding(MANIFEST, f"holds {name} {times} times", EXTRACT)
        numbers = manifest.part_numbers(self._rows)
        form = str((made_in(self._files, self._names) or {}).get("to", FORMS[0]))
        for number in numbers:
            yield from self._check_part(number, part_name(number, form))
        known = {part_name(number, form) for number in numbers}
        for name in sorted(self._names):
            if number_of(name) is not None and name not in known:
                yield Finding(name, "is not in the manifest", "--resume extracts it again or deletes it")
            elif (part := number_of(name, ROWS)) is not None and part not in numbers:
                yield Finding(name, "is damaged, or of a part that the manifest does not list", WRITE)
        yield from self._check_failures()

    def _check_state(self) -> Iterator[Finding]:
        if self._state is None:
            yield Finding(RUN, "is damaged" if RUN in self._names else "is missing", WRITE)
        elif self._state.get("state") != "finished":
            yield Finding(RUN, "the run is not finished", CONTINUE)
        else:
            counts = manifest.counts(self._rows)
            stated, articles = self._state.get("counts"), self._state.get("articles")
            if (stated, articles) != (counts, sum(counts.values())) and not self._damage:
                yield Finding(RUN, f"counts {articles} articles, {stated}; the manifest {counts}", WRITE)

    def _check_part(self, number: int, name: str) -> Iterator[Finding]:
        rows = manifest.rows_of(self._rows, number)
        if any(row.status == "todo" for row in rows):
            yield Finding(name, "has articles that are still to do", CONTINUE)
            return
        mark, side = manifest.mark_of(self._rows, number), manifest.part_file(number)
        if side not in self._names:
            yield Finding(side, "is missing", WRITE)
        elif (part := manifest.decode(self._files.read(side))) is None:
            yield Finding(side, "is damaged", WRITE)
        elif (part.rows, part.mark) != (rows, mark):
            yield Finding(side, f"does not agree with {MANIFEST}", "--resume extracts its part again")
        if name not in self._names:
            yield Finding(name, "is missing", EXTRACT)
            return
        for problem in _problems(name, self._files.read(name), rows, mark):
            yield Finding(name, problem, EXTRACT)

    def _check_failures(self) -> Iterator[Finding]:
        if self._state and self._state.get("state") != "finished":
            return
        if FAILED not in self._names:
            yield Finding(FAILED, "is missing", WRITE)
        elif self._files.read(FAILED) != manifest.failures(self._rows) and not self._damage:
            yield Finding(FAILED, "does not list what failed", WRITE)


def _problems(name: str, data: bytes, rows: list[Row], mark: Mark | None) -> Iterator[str]:
    """What is wrong with the records of a part: the first three problems, and how many more."""
    try:
        lines = lines_of(name, data)
    except SetupError as error:
        yield str(error).removeprefix(f"{name}: ")
        return
    if mark and len(lines) != mark.records:
        yield f"holds {len(lines)} records, not {mark.records}"
    elif mark and mark.sha256 != manifest.sha256(data):
        yield "differs from what was written"
    found = list(manifest.faults(rows, lines))
    yield from found[:3]
    if found[3:]:
        yield f"{len(found) - 3} more records are wrong"
