"""A folder of knowledge, read back; every row is checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import SetupError
from pipeline.knowledge.known import Event, KnownActor, KnownCommitment, KnownProject, Proposal
from pipeline.knowledge.said import KnownArticle, Link
from pipeline.record import Part, fault

FILES = ("articles", "links", "actors", "projects", "commitments", "timeline", "proposals")  # NAME.jsonl of a folder


@dataclass
class Knowledge:
    """All rows of a folder."""

    articles: list[KnownArticle] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    actors: list[KnownActor] = field(default_factory=list)
    projects: list[KnownProject] = field(default_factory=list)
    commitments: list[KnownCommitment] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)


def read(folder: Path) -> Knowledge:
    """The knowledge in a folder, none where there is no folder yet. Raises SetupError naming file and line."""
    return Knowledge(
        articles=_rows(folder, "articles", KnownArticle),
        links=_rows(folder, "links", Link),
        actors=_rows(folder, "actors", KnownActor),
        projects=_rows(folder, "projects", KnownProject),
        commitments=_rows(folder, "commitments", KnownCommitment),
        timeline=_rows(folder, "timeline", Event),
        proposals=_rows(folder, "proposals", Proposal),
    )


def of_folder(folder: str | Path | None) -> Knowledge:
    """The knowledge of a folder that must be there; none where none is named. Raises SetupError."""
    if folder is None:
        return Knowledge()
    if not (Path(folder) / "links.jsonl").is_file():
        raise SetupError(f"{folder}: holds no links.jsonl; `corridor resolve RECORDS -o {folder}` makes it")
    return read(Path(folder))


def _rows[Row: Part](folder: Path, name: str, row: type[Row]) -> list[Row]:
    path = folder / f"{name}.jsonl"
    try:
        with path.open("rb") as lines:
            return [_row(row, line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def _row[Row: Part](row: type[Row], line: bytes, where: str) -> Row:
    try:
        return row.model_validate_json(line)
    except ValidationError as error:
        raise SetupError(f"{where}: not a row of `corridor resolve`: {fault(error)}") from error


def lines(rows: Iterable[Part]) -> str:
    """Rows as lines of JSON."""
    return "".join(f"{row.model_dump_json()}\n" for row in rows)
