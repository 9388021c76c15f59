"""Prints docs/tables.md, the data dictionary: every table and column of an export, and the views of DuckDB."""

from collections.abc import Iterator

from pipeline.publish.tables.database import view_comments
from pipeline.publish.tables.schema import REFERS, Column, Table, tables

HEAD = """# Tables

The tables that `corridor export` and `pipeline.frames` make of records. `make tables` writes this page from
`seeds/tables.yaml` and `pipeline/publish/tables/views.sql`: edit those.

- A key joins the article's id and the id in the record: `ARTICLE/a3`. A column that refers to a table holds its keys.
- Offsets are half-open and count Unicode code points of `articles.text`: `text[start:end]` is the quoted text.
- Parquet, CSV and JSON lines are a folder with one file per table. `pandas.read_parquet` gives the pandas types. CSV is
  UTF-8 with a header; every text is quoted, an empty cell is null. DuckDB is one file with the tables and the views at
  the end of this page.
- Values are never altered, not even in CSV. Text that begins with `=`, `+`, `-`, `@`, a tab or a line end becomes a
  formula if a spreadsheet opens the CSV file by double click. For a spreadsheet write `--to csv --safe-csv`: such text,
  keys too, then has a `'` before it, and `SAFE-CSV.txt` beside the tables says so.
- pandas has no dates without a time, so Parquet and `pipeline.frames` hold midnights; all other forms hold dates.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for table in tables().values() for line in _of_table(table)), *_of_views()])


def _of_table(table: Table) -> Iterator[str]:
    yield from (f"## {table.name}", "", table.says, "")
    yield from ("| column | type | pandas | DuckDB | meaning |", "| --- | --- | --- | --- | --- |")
    for column in table.columns:
        pandas, duckdb = ("category", "ENUM") if column.values else (str(column.pandas), column.duckdb)
        yield f"| {column.name} | {_type(column)} | {pandas} | {duckdb} | {_says(column)} |"
    yield ""


def _type(column: Column) -> str:
    plain = f"{REFERS} {', '.join(column.refers)}" if column.refers else column.type
    return f"{plain}, may be null" if column.nullable else plain


def _says(column: Column) -> str:
    values = ", ".join(f"`{value}`" for value in column.values)
    return f"{column.says}: {values}" if values else column.says


def _of_views() -> Iterator[str]:
    yield from ("# Views of the DuckDB file", "")
    for name, says in view_comments().items():
        yield from (f"## {name}", "", says, "")


if __name__ == "__main__":
    print(page(), end="")
