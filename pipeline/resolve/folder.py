"""Writes a folder of knowledge: a file of JSON lines for each kind of row, in an order that a diff can be read in.

Hard only in that a run may be stopped: every file is whole or as it was, and the rest is made again from the links.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.knowledge import FILES, Knowledge, lines
from pipeline.resolve.decisions import HEADER, NAME


def write(knowledge: Knowledge, folder: Path) -> None:
    """Writes what changed, `articles` last; the file of decisions is laid where there is none, and else left alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in sorted(FILES, key="articles".__eq__):
            _write(folder / f"{name}.jsonl", lines(getattr(knowledge, name)))
        if not (folder / NAME).exists():
            _write(folder / NAME, HEADER)
    except OSError as error:
        raise SetupError(f"{folder}: cannot be written ({error.strerror or error})") from error


def _write(path: Path, text: str) -> None:
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
