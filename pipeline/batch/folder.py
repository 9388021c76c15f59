"""A run folder: records in parts, a manifest with a row for each article, and what the run was made with.

It is true after a kill or a power cut at any moment: a part is written whole before its articles count as done.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.batch import manifest
from pipeline.batch.files import Files, files_at
from pipeline.batch.manifest import Mark, Part, Row
from pipeline.batch.outcome import Outcome
from pipeline.errors import ArticleError, SetupError
from pipeline.records import FAILED, MANIFEST, PART, PARTS, ROWS, RUN, as_jsonl, is_run, lines_of, number_of, record_of

_log = logging.getLogger("corridor")


class RunFolder:
    """The state of a run at `where`, a folder or an address, which no other process may write to until it is closed.

    Raises SetupError where another process does, and where it holds a run made otherwise. An earlier run is only read
    before `start`. `retry`: whether articles that failed are to be read once more; `refilled`: whether the database of
    the manifest had to be made again from its parts.
    """

    def __init__(self, where: str, made: dict[str, Any], resume: bool, retry: bool = False) -> None:
        self.where, self.made, self.refilled = where, made, False
        self._retry = retry
        self._form = made.get("to", "jsonl")
        with self.writing():
            self._files: Files = files_at(where)
            self._files.lock()
            try:
                self._open(resume)
            except BaseException:
                self._files.close()
                raise

    def _open(self, resume: bool) -> None:
        self._there = set(self._files.names())
        if is_run(self._there):
            self._claim(resume)
        elif self._there:
            raise SetupError(f"{self.where}: is a folder with other files in it; name another one")
        found = manifest.opened(self._files.database)
        self._torn = found is None
        self.rows = found or manifest.begun(manifest.parts(self._files, self._there))
        self.refilled = self._torn and bool(self.counts())

    def _claim(self, resume: bool) -> None:
        if not resume:
            raise SetupError(f"{self.where}: holds a run already; go on with --resume, or name another folder")
        kept = self._made_before()
        other = sorted(name for name in self.made.keys() | kept.keys() if self.made.get(name) != kept.get(name))
        if other:
            said = "; ".join(f"{name}: {kept.get(name)} then, {self.made.get(name)} now" for name in other)
            raise SetupError(f"{self.where}: the run was made otherwise ({said}); name another folder")

    def _made_before(self) -> dict[str, Any]:
        """What the run was made with, by run.json or a part of the manifest; where nothing is done yet, as now."""
        if RUN in self._there and (run := run_of(self._files.read(RUN))):
            return run["made"]  # type: ignore[no-any-return]
        for part in manifest.parts(self._files, self._there):
            if part.made is not None:
                return part.made
        if any(number_of(name) is not None for name in self._there):
            raise SetupError(
                f"{self.where}: {RUN} is missing or damaged, and no {ROWS}*.jsonl says what the run was made with; "
                "put a copy of it back, or name another folder"
            )
        return self.made

    def finished(self) -> Iterator[str]:
        """The ids of articles that have a record here, those in parts that the manifest does not name too."""
        yield from (row[0] for row in self.rows.execute("SELECT id FROM articles WHERE status = 'done' ORDER BY place"))
        for name in self._strangers():
            try:
                records = [record_of(*line) for line in lines_of(name, self._files.read(name))]
            except SetupError:  # no Parquet
                continue
            yield from (each.article.id for each in records if not isinstance(each, ArticleError))

    def start(self) -> None:
        """Makes the folder ready to be written."""
        with self.writing():
            if self._torn and self._files.database:
                if self.refilled:
                    _log.warning("%s: %s was missing or damaged; made again from %s*.jsonl", self.where, MANIFEST, ROWS)
                self.rows = manifest.moved(self.rows, self._files.database)
            manifest.completed(self.rows)
        self.say(state="running")

    def close(self) -> None:
        self.rows.close()
        self._files.close()

    def say(self, **state: Any) -> None:
        """Writes `run.json`: what the run is made with, and how it stands."""
        text = json.dumps({"made": self.made, **state}, indent=1, ensure_ascii=False)
        with self.writing():
            self._files.write(RUN, as_jsonl([text]))

    def known(self, number: int) -> list[Row]:
        """The rows of a part that is done and whole; none where it has yet to be done. What has no text cannot be read
        anew."""
        with self.writing():
            rows = manifest.rows_of(self.rows, number)
            left = any(row.status == "todo" or (self._retry and row.status == "failed" and row.sha256) for row in rows)
            return rows if rows and not left and self._whole(number, rows) else []

    def _whole(self, number: int, rows: Sequence[Row]) -> bool:
        """Whether a part is as it was written, which is said where it is not."""
        name, side = self._part(number), manifest.file_of(number)
        kept = manifest.from_bytes(self._files.read(side)) if side in self._there else None
        problem = f"{name} is missing"
        if name in self._there:
            data = self._files.read(name)
            mark = manifest.mark_of(self.rows, number) or self._adopted(number, rows, name, data)
            if not mark or mark.sha256 != hashlib.sha256(data).hexdigest():
                problem = f"{name} is not as it was written"
            elif mark.records != sum(row.status == "done" for row in rows) or (
                kept and kept.mark and (kept.mark, kept.rows) != (mark, rows)
            ):
                problem = f"{MANIFEST} does not agree with {name} and {side}"
            else:
                self._keep(number)
                return True
        _log.warning("%s: %s; made anew", self.where, problem)
        return False

    def _adopted(self, number: int, rows: Sequence[Row], name: str, data: bytes) -> Mark | None:
        """The mark of a part that an older version wrote without one; None where its records do not fit its rows."""
        try:
            lines = lines_of(name, data)
        except SetupError:
            return None
        if any(manifest.faults(rows, lines)):
            return None
        mark = Mark(hashlib.sha256(data).hexdigest(), len(lines))
        with self.rows:
            manifest.put(self.rows, manifest.filled(rows, lines))
            manifest.mark(self.rows, number, mark)
        return mark

    def _keep(self, number: int) -> None:
        """Writes what the manifest says of a part into a file of its own, where it does not stand there already."""
        name = manifest.file_of(number)
        rows = manifest.rows_of(self.rows, number)
        data = manifest.to_bytes(Part(rows, manifest.mark_of(self.rows, number), self.made))
        if name not in self._there or self._files.read(name) != data:
            self._write(name, data)

    def begin(self, number: int, rows: Sequence[Row]) -> None:
        """Enters the articles of a part as still to do."""
        with self.writing():
            if manifest.file_of(number) in self._there:
                self._delete(manifest.file_of(number))
            with self.rows:
                self.rows.execute("DELETE FROM articles WHERE part = ?", (number,))
                self.rows.execute("DELETE FROM parts WHERE part = ?", (number,))
                manifest.put(self.rows, rows)

    def end(self, number: int, first: int, outcomes: Sequence[Outcome]) -> None:
        """Writes the records of a part, then what became of its articles; `first`: the place of the first."""
        states = [(o.state, o.reason, o.ms, first + at) for at, o in enumerate(outcomes)]
        lines = [o.line for o in outcomes if o.state == "done"]
        data = PARTS[self._form](lines)
        with self.writing():
            self._write(self._part(number), data)
            with self.rows:
                self.rows.executemany("UPDATE articles SET status = ?, reason = ?, ms = ? WHERE place = ?", states)
                manifest.mark(self.rows, number, Mark(hashlib.sha256(data).hexdigest(), len(lines)))
            self._keep(number)

    def copy_of(self, sha256: str, place: int) -> str | None:
        """The id of an earlier article with the very same text."""
        query = "SELECT id FROM articles WHERE sha256 = ? AND place < ? ORDER BY place LIMIT 1"
        row = self.rows.execute(query, (sha256, place)).fetchone()
        return row[0] if row else None

    def cut(self, places: int) -> None:
        """Takes away what an earlier, longer input left behind, and parts that the manifest does not name."""
        with self.writing():
            with self.rows:
                self.rows.execute("DELETE FROM articles WHERE place >= ?", (places,))
                self.rows.execute("DELETE FROM parts WHERE part NOT IN (SELECT part FROM articles)")
            known = {manifest.file_of(number) for number in manifest.numbers(self.rows)}
            old = [name for name in sorted(self._there) if number_of(name, ROWS) is not None and name not in known]
            for name in [*self._strangers(), *old]:
                self._delete(name)

    def counts(self) -> dict[str, int]:
        """How many articles there are in each state."""
        return manifest.counts(self.rows)

    def write_failures(self) -> None:
        """Writes `failed.jsonl`: id and reason of all that failed, in the order of the input."""
        with self.writing():
            self._write(FAILED, manifest.failures(self.rows))

    def _part(self, number: int) -> str:
        return part_name(number, self._form)

    def _strangers(self) -> list[str]:
        """Files of records that the manifest does not name."""
        known = {self._part(number) for number in manifest.numbers(self.rows)}
        return [name for name in sorted(self._there) if number_of(name) is not None and name not in known]

    def _write(self, name: str, data: bytes) -> None:
        self._files.write(name, data)
        self._there.add(name)

    def _delete(self, name: str) -> None:
        self._files.delete(name)
        self._there.discard(name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What cannot be written ends the run; all that was written before stays true."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise SetupError(
                f"{self.where}: cannot be written ({reason}); mend that and go on with --resume"
            ) from error


def part_name(number: int, form: str) -> str:
    return f"{PART}{number:05}.{form}"


def run_of(data: bytes) -> dict[str, Any] | None:
    """What `run.json` says; None where it is damaged."""
    try:
        found = json.loads(data)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("made"), dict) else None
