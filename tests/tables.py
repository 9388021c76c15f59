"""Tables of cases beside the tests: semicolons between the cells, since the texts are full of commas."""

import csv
from pathlib import Path

Row = dict[str, str]


def table_of(test: str, name: str) -> list[Row]:
    """The rows of `cases/NAME` in the folder of a test (its `__file__`); lines that start with `#` are comments."""
    text = (Path(test).parent / "cases" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter=";", quoting=csv.QUOTE_NONE, strict=True))
