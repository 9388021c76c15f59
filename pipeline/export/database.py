"""The tables as a DuckDB file, with types, comments and the views that an analyst asks for first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.export.batches import NOTHING, batches
from pipeline.export.tables import Table, closed_sets, tables
from pipeline.export.views import described, statements
from pipeline.export.whole import whole_path
from pipeline.knowledge import Knowledge
from pipeline.record import Record

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LIMITS: dict[str, Any] = {"memory_limit": "256MB"}  # while it is written; what is more goes to the file


def write(records: Iterable[Record], out: str, known: Knowledge = NOTHING) -> None:
    """Raises SetupError where the file cannot be written."""
    import duckdb

    with whole_path(out) as path, duckdb.connect(path, config=_LIMITS) as database:
        for statement in definitions():
            database.execute(statement)
        for name, batch in batches(records, known):
            _insert(database, name, batch)


def _insert(database: DuckDBPyConnection, name: str, batch: pa.RecordBatch) -> None:
    database.register("batch", pa.Table.from_batches([batch]))
    database.execute(f"INSERT INTO {name} SELECT * FROM batch")
    database.unregister("batch")


def definitions() -> Iterator[str]:
    """The statements that make types, tables, views and comments."""
    for name, values in closed_sets().items():
        yield f"CREATE TYPE {_name(name)} AS ENUM ({', '.join(map(_quoted, values))})"
    for table in tables().values():
        yield _definition(table)
        yield f"COMMENT ON TABLE {table.name} IS {_quoted(table.says)}"
        for column in table.columns:
            yield f"COMMENT ON COLUMN {table.name}.{_name(column.name)} IS {_quoted(column.says)}"
    yield from statements()
    for name, says in described().items():
        yield f"COMMENT ON VIEW {name} IS {_quoted(says)}"


def _definition(table: Table) -> str:
    columns = [f"{_name(c.name)} {c.duckdb}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    return f"CREATE TABLE {table.name} ({', '.join(columns)})"


def _name(word: str) -> str:
    return f'"{word}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
