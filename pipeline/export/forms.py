"""Every form that records are exported in, by its name: how it is written, and what it asks of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pipeline.errors import ArticleError
from pipeline.export import TABLES, Form, database, files, ftm, graph, iati
from pipeline.export.batches import NOTHING
from pipeline.export.sound import sound
from pipeline.knowledge import Knowledge
from pipeline.record import Record


def export(
    found: Iterable[tuple[str, Record | ArticleError]],
    out: str,
    form: Form,
    reporter: iati.Reporter,
    failed: Callable[[ArticleError], None],
    known: Knowledge = NOTHING,
    safe: bool = False,
) -> int:
    """Writes what is sound, calls `failed` for what is not, and returns how many records were written.

    `found`: as `pipeline.export.sound.sound` takes it; `safe`: of CSV, see `files.write`. Raises SetupError.
    """
    checked = iati.dated(sound(found)) if form == "iati" else sound(found)
    counted = _Counted(checked, failed)
    if form in TABLES:
        files.write(counted, out, form, known, safe)
    elif form == "duckdb":
        database.write(counted, out, known)
    elif form == "iati":
        iati.write(counted, out, reporter)
    elif form == "graph":
        graph.write(counted, out, known)
    else:
        ftm.write(counted, out)
    return counted.number


class _Counted:
    """The records alone, counted."""

    def __init__(self, found: Iterable[Record | ArticleError], failed: Callable[[ArticleError], None]) -> None:
        self._found, self._failed, self.number = found, failed, 0

    def __iter__(self) -> Iterator[Record]:
        for record in self._found:
            if isinstance(record, Record):
                self.number += 1
                yield record
            else:
                self._failed(record)
