"""Loads the knowledge in seeds/ and checks it on the way; a bad row is named by file and line.

Two forms: CSV with a header (facts in rows: countries, code lists) and YAML (nested lexicons, with comments).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import SetupError
from pipeline.settings import Settings

Row = dict[str, str]


@cache
def rows(name: str, *required: str, folder: Path | None = None) -> tuple[Row, ...]:
    """The rows of `seeds/NAME` (CSV). Lines that start with `#` are comments.

    `required` columns must be there and hold a value in every row, else SetupError names the file and the line.
    """
    path = (folder or Settings().seeds) / name
    with _open(path) as file:
        lines = [(number, line) for number, line in enumerate(file, 1) if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(line for _, line in lines)
    missing = set(required) - set(reader.fieldnames or ())
    if missing:
        raise SetupError(f"{path}: the header lacks the columns {sorted(missing)}")
    found = []
    for row, (number, _) in zip(reader, lines[1:], strict=True):
        _check_row(path, number, row, required)
        found.append({key: (value or "").strip() for key, value in row.items()})
    return tuple(found)


@cache
def table(name: str, folder: Path | None = None) -> Any:
    """The content of `seeds/NAME` (YAML)."""
    path = (folder or Settings().seeds) / name
    with _open(path) as file:
        try:
            return yaml.safe_load(file)
        except yaml.YAMLError as error:
            raise SetupError(f"{path}: not valid YAML: {error}") from error


def _open(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise SetupError(
            f"{path}: cannot be read ({error.strerror}); reinstall corridor or restore the file"
        ) from error


def _check_row(path: Path, number: int, row: Row, required: tuple[str, ...]) -> None:
    if None in row or None in row.values():
        raise SetupError(f"{path}:{number}: the row has not as many cells as the header")
    empty = [column for column in required if not row[column].strip()]
    if empty:
        raise SetupError(f"{path}:{number}: {', '.join(empty)} must not be empty")
