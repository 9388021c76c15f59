"""The knowledge folder that `corridor resolve` writes: a file of sorted JSON lines for each kind of row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.errors import SetupError
from pipeline.knowledge.decisions import Published
from pipeline.knowledge.row_models import (
    Disagreement,
    Event,
    KnownActor,
    KnownArticle,
    KnownCommitment,
    KnownProject,
    Link,
    Proposal,
)
from pipeline.record import Part, fault
from pipeline.whole import whole_path

# the rows of NAME.jsonl, in the order of writing: after a stopped run, links whose articles are missing do not count
_ROWS: Mapping[str, type[Part]] = {
    "links": Link,
    "actors": KnownActor,
    "projects": KnownProject,
    "commitments": KnownCommitment,
    "disagreements": Disagreement,
    "timeline": Event,
    "proposals": Proposal,
    "articles": KnownArticle,
}


@dataclass
class Knowledge:
    """All rows of a folder, as docs/resolve.md describes them; `published`: of a table of `corridor match`."""

    articles: list[KnownArticle] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    actors: list[KnownActor] = field(default_factory=list)
    projects: list[KnownProject] = field(default_factory=list)
    commitments: list[KnownCommitment] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    published: Published = field(default_factory=Published)


def read(folder: Path) -> Knowledge:
    """The knowledge in a folder, none where there is no folder yet. Raises SetupError naming file and line."""
    rows: dict[str, Any] = {name: _read(folder / f"{name}.jsonl", row) for name, row in _ROWS.items()}
    return Knowledge(**rows)


def of_folder(folder: str | Path | None) -> Knowledge:
    """The knowledge of a folder that must exist; none for None.

    Raises:
        SetupError: The folder holds no knowledge, or a row that `corridor resolve` did not write (with file and line).
    """
    if folder is None:
        return Knowledge()
    if not (Path(folder) / "links.jsonl").is_file():
        raise SetupError(f"{folder}: holds no links.jsonl; `corridor resolve RECORDS -o {folder}` makes it")
    return read(Path(folder))


def _read(path: Path, row: type[Part]) -> list[Any]:
    try:
        with path.open("rb") as lines:
            return [_row(row, line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def _row(row: type[Part], line: bytes, where: str) -> Part:
    try:
        return row.model_validate_json(line)
    except ValidationError as error:
        raise SetupError(f"{where}: not a row of `corridor resolve`: {fault(error)}") from error


def write(knowledge: Knowledge, folder: Path) -> None:
    """Writes the files that changed, each whole or not at all.

    Args:
        knowledge: What to write.
        folder: Created where it is missing.

    Raises:
        SetupError: A file cannot be written.
    """
    try:
        for name in _ROWS:
            path = folder / f"{name}.jsonl"
            data = "".join(f"{row.model_dump_json()}\n" for row in getattr(knowledge, name)).encode()
            if not path.exists() or path.read_bytes() != data:
                with whole_path(str(path)) as part:
                    part.write_bytes(data)
    except OSError as error:
        raise SetupError(f"{folder}: cannot be written ({error.strerror or error})") from error
