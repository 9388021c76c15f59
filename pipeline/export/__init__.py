"""Formats out."""

from typing import Literal

Form = Literal["parquet", "csv", "duckdb", "jsonl", "iati", "ftm", "graph"]
