"""How many articles an input will give, without reading them: for the time left, so roughly is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.readers import KINDS
from pipeline.readers.remote import Remote
from pipeline.readers.sources import STDIN, find

BLOCK = 1 << 20  # bytes


def expected(inputs: Sequence[str]) -> int | None:
    """The number of articles; None where it cannot be told beforehand (standard input, CSV)."""
    total = 0
    for source in find(inputs, KINDS):
        if source == STDIN or isinstance(source, Remote):
            return None
        count = _COUNTERS.get(source.suffix.lower(), _one)(source) if isinstance(source, Path) else 1
        if count is None:
            return None
        total += count
    return total


def _one(path: Path) -> int:
    return 1


def _lines(path: Path) -> int | None:
    try:
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))
    except OSError:
        return None


def _rows(path: Path) -> int | None:
    try:
        return int(pq.read_metadata(path).num_rows)
    except Exception:  # what is broken is named when it is read
        return None


_COUNTERS: dict[str, Callable[[Path], int | None]] = {
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".parquet": _rows,
    ".csv": lambda _: None,
}
