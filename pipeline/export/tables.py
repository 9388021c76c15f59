"""The tables that records become, as `seeds/tables.yaml` describes them, and their types in Arrow, pandas and DuckDB.

Hard because the three differ in what they call a date, a closed set or a missing number, and an analyst who opens the
same table in each must meet the same values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, get_args

import pyarrow as pa

from pipeline.errors import SetupError
from pipeline.record import ActorKind, Basis, CommitmentKind, Label, Precision, RelationType, Status
from pipeline.seeds import table
from pipeline.values.statuses import stages

REFERS, KEY = "->", "key"
ROLES = ("by", "with", "to", "attributed_to")
ARROW = {
    KEY: pa.string(), REFERS: pa.string(), "text": pa.string(), "integer": pa.int64(), "number": pa.float64(),
    "boolean": pa.bool_(), "date": pa.date32(),
}  # fmt: skip
PANDAS = {"text": ("string", "string"), "integer": ("int64", "Int64"), "number": ("float64", "float64"),
          "boolean": ("bool", "boolean"), "date": ("datetime64[ms]", "datetime64[ms]")}  # fmt: skip
DUCKDB = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}


@lru_cache(maxsize=1)
def closed_sets() -> dict[str, tuple[str, ...]]:
    """The values of every closed set, by the name that a column's type has."""
    kinds = {"label": Label, "actor_kind": ActorKind, "relation_type": RelationType, "commitment_kind": CommitmentKind}
    more = {"status": Status, "precision": Precision, "basis": Basis}
    found = {name: get_args(values) for name, values in (kinds | more).items()}
    return found | {"aiddata_stage": stages(), "party_role": ROLES, "recipient_basis": ("project", "to")}


@dataclass(frozen=True)
class Column:
    """`type`: as in `seeds/tables.yaml`, without the `?` and the tables that it refers to."""

    name: str
    type: str
    nullable: bool
    says: str
    refers: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """Of a closed set."""
        return closed_sets().get(self.type, ())

    @property
    def arrow(self) -> pa.DataType:
        return pa.dictionary(pa.int8(), pa.string()) if self.values else ARROW[self.type]

    @property
    def pandas(self) -> Any:
        """A dtype; of a closed set with all its values."""
        import pandas as pd  # takes its time, so only for those who need it

        if self.values:
            return pd.CategoricalDtype(list(self.values))
        return PANDAS["text" if self.arrow == pa.string() else self.type][self.nullable]

    @property
    def duckdb(self) -> str:
        if self.values:
            return f'"{self.type}"'
        return DUCKDB["text" if self.arrow == pa.string() else self.type]


@dataclass(frozen=True)
class Table:
    name: str
    says: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(column.name, column.arrow, column.nullable) for column in self.columns])


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """All tables by name, in the order of `seeds/tables.yaml`. Raises SetupError for a type that is none."""
    return {name: _table(name, told) for name, told in table("tables.yaml").items()}


def _table(name: str, told: dict[str, Any]) -> Table:
    columns = (_column(f"{name}.{column}", column, cell) for column, cell in told["columns"].items())
    return Table(name, told["says"], tuple(columns))


def _column(where: str, name: str, cell: str) -> Column:
    told, _, says = cell.partition(", ")
    kind, _, refers = told.rstrip("?").partition(" ")
    if kind not in ARROW and kind not in closed_sets():
        raise SetupError(f"seeds/tables.yaml: {where} has the unknown type {kind!r}")
    return Column(name, kind, told.endswith("?"), says, tuple(refers.split(" | ")) if refers else ())


@cache
def for_pandas(name: str) -> pa.Schema:
    """The schema of a table with which Arrow and Parquet give the pandas types, also through `pandas.read_parquet`.

    pandas has no dates without a time: here they are timestamps of midnight.
    """
    import pandas as pd

    columns = tables()[name].columns
    empty = pd.DataFrame({column.name: pd.Series(dtype=column.pandas) for column in columns})
    told = pa.Schema.from_pandas(empty, preserve_index=False).metadata
    fields = [field.with_type(pa.timestamp("ms") if field.type == pa.date32() else field.type)
              for field in tables()[name].schema]  # fmt: skip
    return pa.schema(fields, metadata=told)
