"""The tables of `seeds/tables.yaml`, and the types of their columns in Arrow, pandas and DuckDB."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, get_args

import pyarrow as pa

from pipeline.errors import SetupError
from pipeline.record import ActorKind, Basis, CommitmentKind, Instrument, Label, Precision, RelationType, Status
from pipeline.seeds import table
from pipeline.values.codes import stages

REFERS, KEY = "->", "key"
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
    types = {
        "label": Label, "actor_kind": ActorKind, "relation_type": RelationType, "commitment_kind": CommitmentKind,
        "status": Status, "instrument": Instrument, "precision": Precision, "basis": Basis,
    }  # fmt: skip
    return {
        **{name: get_args(values) for name, values in types.items()},
        "aiddata_stage": stages(),
        "party_role": ("by", "with", "to", "attributed_to"),
        "flow_side": ("provider", "recipient"),
        "recipient_basis": ("project", "to"),
    }


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
        """The values of a closed set; none for other types."""
        return closed_sets().get(self.type, ())

    @property
    def arrow(self) -> pa.DataType:
        return pa.dictionary(pa.int8(), pa.string()) if self.values else ARROW[self.type]

    @property
    def pandas(self) -> Any:
        """The dtype; of a closed set a category with all its values."""
        import pandas as pd  # slow to import

        return pd.CategoricalDtype(list(self.values)) if self.values else PANDAS[self._plain][self.nullable]

    @property
    def duckdb(self) -> str:
        return f'"{self.type}"' if self.values else DUCKDB[self._plain]

    @property
    def _plain(self) -> str:
        """The type, "text" for keys."""
        return "text" if self.arrow == pa.string() else self.type


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
    """All tables by name, in the order of `seeds/tables.yaml`. Raises SetupError for an unknown type."""
    return {name: _table(name, described) for name, described in table("tables.yaml").items()}


def _table(name: str, described: dict[str, Any]) -> Table:
    columns = (_column(f"{name}.{column}", column, cell) for column, cell in described["columns"].items())
    return Table(name, described["says"], tuple(columns))


def _column(where: str, name: str, cell: str) -> Column:
    """The column of "TYPE, MEANING"."""
    type_, _, says = cell.partition(", ")
    kind, _, refers = type_.rstrip("?").partition(" ")
    if kind not in ARROW and kind not in closed_sets():
        raise SetupError(f"seeds/tables.yaml: {where} has the unknown type {kind!r}")
    return Column(name, kind, type_.endswith("?"), says, tuple(refers.split(" | ")) if refers else ())


@cache
def for_pandas(name: str) -> pa.Schema:
    """The schema of a table with which Arrow and Parquet give the pandas types, also through `pandas.read_parquet`.

    pandas has no dates without a time, so dates are timestamps of midnight.
    """
    import pandas as pd

    columns = tables()[name].columns
    empty = pd.DataFrame({column.name: pd.Series(dtype=column.pandas) for column in columns})
    metadata = pa.Schema.from_pandas(empty, preserve_index=False).metadata
    fields = [field.with_type(pa.timestamp("ms") if field.type == pa.date32() else field.type)
              for field in tables()[name].schema]  # fmt: skip
    return pa.schema(fields, metadata=metadata)
