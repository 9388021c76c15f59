"""Formats out."""

from typing import Literal, get_args

TableForm = Literal["parquet", "csv", "jsonl"]  # a folder, with a file for each table
Form = Literal[TableForm, "duckdb", "iati", "ftm", "graph"]

TABLES: tuple[TableForm, ...] = get_args(TableForm)
