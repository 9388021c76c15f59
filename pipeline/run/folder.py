"""A run folder: records in parts, a manifest with a row per article, and what the run was made with.

It is consistent after a kill or a power cut at any moment: a part is written completely before its articles count as
done.
"""

import json
import logging
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.errors import ArticleError, SetupError, unwritable
from pipeline.record import Record
from pipeline.records import (
    FAILED,
    MANIFEST,
    NO_FILE,
    PART,
    PARTS,
    ROWS,
    RUN,
    as_jsonl,
    is_run,
    is_run_file,
    lines_of,
    number_of,
    record_of,
)
from pipeline.run import manifest
from pipeline.run.duplicates import forget_all
from pipeline.run.files import Files, files_at
from pipeline.run.manifest import Mark, Part, Row, sha256
from pipeline.run.workers.worker import Outcome

EXTRACTOR, BOTH = "extractor", "both"  # in what a run is made with, where it is not `small`
READER = "reader"  # in what a run is made with: the second reader, if there is one
_log = logging.getLogger("corridor")


class RunFolder:
    """The run at `where`, a folder or an address, locked until `close`; `start` is the first call that writes.

    `made`: what the run is made with; `retry`: failed articles are read again; `rebuilt`: the manifest database was
    missing, damaged or altered. Raises SetupError if another process writes there, if the run was made with other
    settings, or one of its files is a folder, a pipe or a device.
    """

    def __init__(self, where: str, made: dict[str, Any], resume: bool, retry: bool = False) -> None:
        self.where, self.made, self.rebuilt = where, made, False
        self._retry = retry
        self._form = made.get("to", "jsonl")
        with self.writing():
            self._files: Files = files_at(where)
            if (names := self._files.names()) and not is_run(names):
                raise SetupError(f"{where}: is a folder with other files in it; name another one")
            self._files.lock()
            try:
                self._open(resume)
            except BaseException:
                self._files.close()
                raise

    def _open(self, resume: bool) -> None:
        self._names = set(self._files.names())
        for name in self._files.odd(filter(is_run_file, self._names)):
            raise SetupError(f"{self.where}: {name}: {NO_FILE}; move it away")
        if is_run(self._names):
            self._require_same_run(resume)
        found = manifest.open_database(self._files.database)
        self._temporary = found is None
        self.rows = found or manifest.build_database(manifest.read_parts(self._files, self._names))
        self._doubtful = not manifest.is_as_written(self.rows)
        self.rebuilt = (self._temporary and bool(self.counts())) or self._doubtful

    def _require_same_run(self, resume: bool) -> None:
        if not resume:
            raise SetupError(f"{self.where}: already holds a run; continue it with --resume, or name another folder")
        before = made_in(self._files, self._names)
        if before is None:
            if any(number_of(name) is not None for name in self._names):
                raise SetupError(
                    f"{self.where}: {RUN} is missing or damaged, and no {ROWS}*.jsonl says what the run was made with; "
                    "restore a copy of it, or name another folder"
                )
            return  # nothing is finished yet
        new = set[str]()
        if before.get(READER) is None:  # what the small models read may be read again
            new = {READER, EXTRACTOR} if (before.get(EXTRACTOR), self.made.get(EXTRACTOR)) == (None, BOTH) else {READER}
        names = (self.made.keys() | before.keys()) - new
        other = sorted(name for name in names if self.made.get(name) != before.get(name))
        if other:
            changes = "; ".join(f"{name}: {before.get(name)} then, {self.made.get(name)} now" for name in other)
            raise SetupError(f"{self.where}: the run was made with other settings ({changes}); name another folder")

    def finished(self) -> Iterator[str]:
        """Ids of the articles that have a record here, also in parts that the manifest does not list."""
        yield from (row[0] for row in self.rows.execute("SELECT id FROM articles WHERE status = 'done' ORDER BY place"))
        for name in self._unlisted():
            try:
                records = [record_of(*line) for line in lines_of(name, self._files.read(name))]
            except SetupError:  # not Parquet
                continue
            yield from (each.article.id for each in records if not isinstance(each, ArticleError))

    def start(self) -> None:
        """Prepares the folder for writing."""
        if self._temporary and self._files.database:
            if self.rebuilt:
                _log.warning("%s: %s was missing or damaged; rebuilt from %s*.jsonl", self.where, MANIFEST, ROWS)
            with self.writing():
                self.rows = manifest.save_database(self.rows, self._files.database)
        if self._doubtful:
            _log.warning("%s: rows of %s are not those that were written; all parts are checked", self.where, MANIFEST)
            with self.writing(), self.rows:
                forget_all(self.rows)
        self.write_state(state="running")

    def close(self) -> None:
        self.rows.close()
        self._files.close()

    def write_state(self, **state: Any) -> None:
        """Writes `run.json`: what the run is made with, and its state."""
        text = json.dumps({"made": self.made, **state}, indent=1, ensure_ascii=False)
        with self.writing():
            manifest.seal(self.rows, state.get("state") == "finished")
            self._files.write(RUN, as_jsonl([text]))

    def known(self, number: int) -> list[Row]:
        """The rows of a finished, undamaged part; none if it has to be done. An unreadable input is not retried."""
        with self.writing():
            rows = manifest.rows_of(self.rows, number)
            left = any(row.status == "todo" or (self._retry and row.status == "failed" and row.sha256) for row in rows)
            return rows if rows and not left and self._is_sound(number, rows) else []

    def _is_sound(self, number: int, rows: Sequence[Row]) -> bool:
        """Whether the files of a part are as they were written; warns if not."""
        name, side = self._part(number), manifest.part_file(number)
        kept = manifest.decode(self._files.read(side)) if side in self._names else None
        mark = manifest.mark_of(self.rows, number)
        if name not in self._names:
            problem = f"{name} is missing"
        elif not mark or mark.sha256 != sha256(self._files.read(name)):
            problem = f"{name} is not as it was written"
        elif mark.records != sum(row.status == "done" for row in rows) or (
            kept and (kept.mark, kept.rows) != (mark, rows)
        ):
            problem = f"{MANIFEST} does not agree with {name} and {side}"
        else:
            self._write_rows(number, mark)
            return True
        _log.warning("%s: %s; its articles are read again", self.where, problem)
        return False

    def _write_rows(self, number: int, mark: Mark) -> None:
        """Writes the manifest file of a part, unless it is there already."""
        name = manifest.part_file(number)
        data = manifest.encode(Part(manifest.rows_of(self.rows, number), mark, self.made))
        if name not in self._names or self._files.read(name) != data:
            self._write(name, data)

    def begin(self, number: int, rows: Sequence[Row]) -> None:
        """Enters the articles of a part as still to do."""
        with self.writing():
            if manifest.part_file(number) in self._names:
                self._delete(manifest.part_file(number))
            with self.rows:
                self.rows.execute("DELETE FROM articles WHERE part = ?", (number,))
                self.rows.execute("DELETE FROM parts WHERE part = ?", (number,))
                manifest.put_rows(self.rows, rows)

    def end(self, number: int, first: int, outcomes: Sequence[Outcome]) -> None:
        """Writes the records of a part, then the states of its articles; `first`: the place of the first one."""
        states = [(o.state, o.reason, o.ms, place) for place, o in enumerate(outcomes, first)]
        self.replace(number, [o.line for o in outcomes if o.state == "done"], states)

    def parts(self) -> list[int]:
        """The numbers of the finished parts."""
        return manifest.part_numbers(self.rows)

    def records(self, number: int) -> list[Record]:
        """The records of a finished part."""
        name = self._part(number)
        found = [record_of(*line) for line in lines_of(name, self._files.read(name))]
        return [record for record in found if isinstance(record, Record)]

    def lines(self, number: int) -> list[str]:
        """The records of a finished part as they are written."""
        name = self._part(number)
        return [line.decode().rstrip("\n") for _, line in lines_of(name, self._files.read(name))]

    def replace(self, number: int, lines: Sequence[str], states: Sequence[tuple[Any, ...]] = ()) -> None:
        """Writes the records of a part, if they differ from what is there, then the states of its articles."""
        data = PARTS[self._form](lines)
        mark = Mark(sha256(data), len(lines))
        if mark == manifest.mark_of(self.rows, number):
            return
        with self.writing():
            self._write(self._part(number), data)
            with self.rows:
                self.rows.executemany("UPDATE articles SET status = ?, reason = ?, ms = ? WHERE place = ?", states)
                manifest.put_mark(self.rows, number, mark)
            self._write_rows(number, mark)

    def state(self) -> dict[str, Any]:
        """What `run.json` says beside what the run was made with."""
        found = read_state(self._files, self._names | {RUN}) or {}
        return {name: value for name, value in found.items() if name != "made"}

    def copy_of(self, sha256: str, place: int) -> str | None:
        """The id of an earlier article with exactly the same text."""
        query = "SELECT id FROM articles WHERE sha256 = ? AND place < ? ORDER BY place LIMIT 1"
        row = self.rows.execute(query, (sha256, place)).fetchone()
        return row[0] if row else None

    def truncate(self, places: int) -> None:
        """Removes what is left of an earlier, longer input, and parts that the manifest does not list."""
        with self.writing():
            with self.rows:
                self.rows.execute("DELETE FROM articles WHERE place >= ?", (places,))
                self.rows.execute("DELETE FROM parts WHERE part NOT IN (SELECT part FROM articles)")
            known = {manifest.part_file(number) for number in manifest.part_numbers(self.rows)}
            old = [name for name in sorted(self._names) if number_of(name, ROWS) is not None and name not in known]
            for name in [*self._unlisted(), *old]:
                self._delete(name)

    def counts(self) -> dict[str, int]:
        """The number of articles in each state."""
        return manifest.counts(self.rows)

    def write_failures(self) -> None:
        """Writes `failed.jsonl`."""
        with self.writing():
            self._write(FAILED, manifest.failures(self.rows))

    def _part(self, number: int) -> str:
        return part_name(number, self._form)

    def _unlisted(self) -> list[str]:
        """Files of records that the manifest does not list."""
        known = {self._part(number) for number in manifest.part_numbers(self.rows)}
        return [name for name in sorted(self._names) if number_of(name) is not None and name not in known]

    def _write(self, name: str, data: bytes) -> None:
        self._files.write(name, data)
        self._names.add(name)

    def _delete(self, name: str) -> None:
        self._files.delete(name)
        self._names.discard(name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A failed write ends the run with a SetupError; what was written before stays valid."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            reason = unwritable(error) if isinstance(error, OSError) else str(error)
            raise SetupError(f"{self.where}: cannot be written ({reason}); fix that, continue with --resume") from error


def part_name(number: int, form: str) -> str:
    return f"{PART}{number:05}.{form}"


def read_state(files: Files, names: Collection[str]) -> dict[str, Any] | None:
    """The content of `run.json`; None if it is missing or damaged."""
    try:
        found = json.loads(files.read(RUN)) if RUN in names else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("made"), dict) else None


def made_in(files: Files, names: Collection[str]) -> dict[str, Any] | None:
    """What a run was made with, from `run.json`, else from the manifest of a part; None if neither says so."""
    if run := read_state(files, names):
        made: dict[str, Any] = run["made"]
        return made
    return next((part.made for part in manifest.read_parts(files, names)), None)
