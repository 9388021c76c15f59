"""Records as Arrow batches of every table, a few articles at a time, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from pipeline.export.keys import Keyed
from pipeline.export.lasting_rows import lasting
from pipeline.export.rows import ROWS, Row
from pipeline.export.tables import Column, Table, tables
from pipeline.knowledge import Knowledge
from pipeline.record import Record

_TOGETHER = 1_000_000  # characters of article text after which a batch ends
NOTHING = Knowledge()
Batch = tuple[str, pa.RecordBatch]  # the name of its table, and some of its rows


def batches(records: Iterable[Record], known: Knowledge = NOTHING) -> Iterator[Batch]:
    """The rows of the records, table by table and again; what all articles make comes last: `sources`, lasting ids.

    `known`: what `corridor resolve` made of them; what it has of other articles is left out.
    """
    outlets, rows, characters, read = Outlets(), _none(), 0, set[str]()
    for record in records:
        read.add(record.article.id)
        outlets.count(record)
        of = Keyed(record)
        for name, maker in ROWS.items():
            rows[name] += maker(of)
        characters += len(record.article.text)
        if characters >= _TOGETHER:
            yield from _all(rows)
            rows, characters = _none(), 0
    yield from _all(rows)
    yield "sources", batch(tables()["sources"], list(outlets.rows()))
    for name, lasting_rows in lasting(known, read):
        yield name, batch(tables()[name], lasting_rows)


def _none() -> dict[str, list[Row]]:
    return {name: [] for name in ROWS}


def _all(rows: dict[str, list[Row]]) -> Iterator[Batch]:
    return ((name, batch(tables()[name], some)) for name, some in rows.items())


def batch(table: Table, rows: list[Row]) -> pa.RecordBatch:
    """Rows of a table in its schema; what a row lacks is null."""
    columns = [_array(column, [row.get(column.name) for row in rows]) for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _array(column: Column, values: list[Any]) -> pa.Array:
    if not column.values:
        return pa.array(values, column.arrow)
    places = {value: place for place, value in enumerate(column.values)}
    codes = [None if value is None else places[value] for value in values]
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(column.values, pa.string()))


class Outlets:
    """How many articles each outlet has, and from when to when."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, date | None, date | None]] = {}

    def count(self, record: Record) -> None:
        source, told = record.article.source, record.article.date
        if source is None:
            return
        number, first, last = self._known.get(source, (0, None, None))
        if told:
            day = date.fromisoformat(told)
            first, last = min(first or day, day), max(last or day, day)
        self._known[source] = (number + 1, first, last)

    def rows(self) -> Iterator[Row]:
        for source, (number, first, last) in sorted(self._known.items()):
            yield {"source": source, "articles": number, "first_date": first, "last_date": last}
