"""The tables as a DuckDB file, with types, comments and the views of `views.sql`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.atomic import whole_path
from pipeline.publish.formats import Options
from pipeline.publish.tables.batches import batches
from pipeline.publish.tables.schema import Table, closed_sets, tables
from pipeline.record import Record

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LIMITS: dict[str, Any] = {"memory_limit": "256MB"}  # while writing; beyond it DuckDB writes to the file
_VIEW = re.compile(r"((?:^--.*\n)+)(CREATE (?:VIEW|MACRO) (\w+)[^;]*);", re.MULTILINE)


def write(records: Iterable[Record], out: str, options: Options) -> None:
    """Raises SetupError where the file cannot be written."""
    import duckdb

    with whole_path(out) as path, duckdb.connect(path, config=_LIMITS) as database:
        for statement in definitions():
            database.execute(statement)
        for name, batch in batches(records, options.knowledge):
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
    yield from (statement for _, statement, _ in _views())
    for name, says in view_comments().items():
        yield f"COMMENT ON VIEW {name} IS {_quoted(says)}"


def view_comments() -> dict[str, str]:
    """What each view shows, by its name: the comment before it in `views.sql`."""
    return {name: " ".join(line.removeprefix("-- ") for line in says.splitlines()) for says, _, name in _views()}


@lru_cache(maxsize=1)
def _views() -> list[tuple[str, str, str]]:
    """Comment, statement and name of each view, in an order in which each uses only earlier ones."""
    return _VIEW.findall(Path(__file__).with_name("views.sql").read_text(encoding="utf-8"))


def _definition(table: Table) -> str:
    columns = [f"{_name(c.name)} {c.duckdb}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    return f"CREATE TABLE {table.name} ({', '.join(columns)})"


def _name(word: str) -> str:
    return f'"{word}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
