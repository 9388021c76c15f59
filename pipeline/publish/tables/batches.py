"""Records as Arrow batches of every table, a few articles at a time, so that memory does not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import batched
from tempfile import TemporaryFile
from typing import Any, Self

import pyarrow as pa

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.ledger import Ledger
from pipeline.publish.index import RecordIndex
from pipeline.publish.tables.flat import DAYS, FLAT, commitments_flat, judged
from pipeline.publish.tables.lasting import lasting
from pipeline.publish.tables.rows import ROWS, Row
from pipeline.publish.tables.schema import Column, tables
from pipeline.record import Record

_MOST = 1_000_000  # characters of article text after which a batch ends
_ROWS = 10_000  # rows of the flat table in a batch
Batch = tuple[str, pa.RecordBatch]  # the name of a table, and some of its rows


def batches(records: Iterable[Record], knowledge: Knowledge) -> Iterator[Batch]:
    """Batches of all tables for some articles at a time; last those over all articles.

    These are `commitments_flat`, `sources` and the lasting ids.
    """
    outlets, ledger, rows, characters, read = Outlets(), Ledger(knowledge), _none(), 0, set[str]()
    named = {actor.id: actor.name for actor in knowledge.actors}
    named |= {project.id: project.name for project in knowledge.projects}
    names = {link.link: named[link.entity] for link in knowledge.links if link.entity in named}
    with Spool() as spool:
        for record in records:
            read.add(record.article.id)
            outlets.count(record)
            ledger.add(record)
            index = RecordIndex(record)
            for name, make in ROWS.items():
                rows[name] += make(index)
            spool.add(commitments_flat(index, names))
            characters += len(record.article.text)
            if characters >= _MOST:
                yield from (_batch(name, some) for name, some in rows.items())
                rows, characters = _none(), 0
        yield from (_batch(name, some) for name, some in rows.items())
        entries = ledger.entries()
        for some in batched(spool, _ROWS):
            yield _batch(FLAT, list(judged(some, entries)))
    yield _batch("sources", list(outlets.rows()))
    yield from (_batch(name, some) for name, some in lasting(knowledge, read))


def _none() -> dict[str, list[Row]]:
    return {name: [] for name in ROWS}


def _batch(name: str, rows: list[Row]) -> Batch:
    """Rows in the schema of a table; a field that a row lacks is null."""
    table = tables()[name]
    columns = [_array(column, [row.get(column.name) for row in rows]) for column in table.columns]
    return name, pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _array(column: Column, values: list[Any]) -> pa.Array:
    if not column.values:
        return pa.array(values, column.arrow)
    codes = {value: code for code, value in enumerate(column.values)}
    coded = [None if value is None else codes[value] for value in values]
    return pa.DictionaryArray.from_arrays(pa.array(coded, pa.int8()), pa.array(column.values, pa.string()))


class Spool:
    """Rows on disk until all records are read."""

    def __enter__(self) -> Self:
        self._file = TemporaryFile("w+", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, rows: Iterable[Row]) -> None:
        self._file.writelines(json.dumps(row, default=str) + "\n" for row in rows)

    def __iter__(self) -> Iterator[Row]:
        self._file.seek(0)
        for line in self._file:
            row = json.loads(line)
            yield row | {name: row[name] and date.fromisoformat(row[name]) for name in DAYS}


class Outlets:
    """How many articles each outlet has, and the first and last day of those."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, date | None, date | None]] = {}

    def count(self, record: Record) -> None:
        source = record.article.source
        if source is None:
            return
        number, first, last = self._known.get(source, (0, None, None))
        if record.article.date:
            day = date.fromisoformat(record.article.date)
            first, last = min(first or day, day), max(last or day, day)
        self._known[source] = (number + 1, first, last)

    def rows(self) -> Iterator[Row]:
        for source, (number, first, last) in sorted(self._known.items()):
            yield {"source": source, "articles": number, "first_date": first, "last_date": last}
