"""Tables of cases beside the tests: semicolons between the cells, since the texts are full of commas."""

import csv
import inspect
from pathlib import Path

Row = dict[str, str]


def table_of(name: str) -> list[Row]:
    """The rows of `cases/NAME` in the folder of the test that asks; lines that start with `#` are comments."""
    path = Path(inspect.stack()[1].filename).parent / "cases" / name
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter=";", quoting=csv.QUOTE_NONE, strict=True))
