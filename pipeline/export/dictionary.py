"""docs/tables.md, the data dictionary, made of what describes the tables: `python -m pipeline.export.dictionary`."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.export.tables import REFERS, Column, Table, tables
from pipeline.export.views import described

HEAD = """# Tables

What `corridor export` and `pipeline.frames` make of records. Made by `python -m pipeline.export.dictionary` from
`seeds/tables.yaml` and `pipeline/export/views.sql`; change those.

- A key is the article's id and the record's own: `ARTICLE/a3`. A column that refers to a table holds keys of it.
- Offsets count characters (Unicode code points) of `articles.text`, half-open: `text[start:end]` is the quoted text.
- Parquet (`pandas.read_parquet` gives the pandas types), CSV (UTF-8, a header, every text in quotes, an empty cell is
  null) and JSON lines are a folder with a file a table; DuckDB is one file with the tables and the views at the end of
  this page.
- Values are as the records have them, in CSV too: text of an article may begin with `=`, `+`, `-`, `@`, a tab or a line
  end, which a spreadsheet that opens the file by a double click takes for a formula. For a spreadsheet write
  `--to csv --safe-csv`: such text, keys too, then has a `'` before it, and `SAFE-CSV.txt` beside the tables says so.
- pandas has no dates without a time, so Parquet and `pipeline.frames` have midnights; all other forms have dates.
"""


def dictionary() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for table in tables().values() for line in _of_table(table)), *_of_views()])


def _of_table(table: Table) -> Iterator[str]:
    yield from (f"## {table.name}", "", table.says, "")
    yield from ("| column | type | pandas | DuckDB | meaning |", "| --- | --- | --- | --- | --- |")
    for column in table.columns:
        duckdb = column.duckdb if not column.values else "ENUM"
        yield f"| {column.name} | {_type(column)} | {_pandas(column)} | {duckdb} | {_says(column)} |"
    yield ""


def _type(column: Column) -> str:
    told = f"{REFERS} {', '.join(column.refers)}" if column.refers else column.type
    return f"{told}, may be null" if column.nullable else told


def _pandas(column: Column) -> str:
    return "category" if column.values else str(column.pandas)


def _says(column: Column) -> str:
    values = ", ".join(f"`{value}`" for value in column.values)
    return f"{column.says}: {values}" if values else column.says


def _of_views() -> Iterator[str]:
    yield from ("# Views of the DuckDB file", "")
    for name, says in described().items():
        yield from (f"## {name}", "", says, "")


if __name__ == "__main__":
    print(dictionary(), end="")
