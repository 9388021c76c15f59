"""Formats out."""

from typing import Literal

Form = Literal["parquet", "csv", "duckdb", "jsonl", "iati", "ftm", "graph"]

TABLES: tuple[Form, ...] = ("parquet", "csv", "jsonl")  # forms that are a folder, with a file for each table
