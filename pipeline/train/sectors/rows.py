"""The coded project descriptions, with the codes of three systems mapped to ours, or to alternatives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import seeds
from pipeline.errors import SetupError

FILES = ("aiddata_gcof.jsonl", "aiddata_activitycoding.jsonl", "worldbank_projects.jsonl")
STAGES = {  # of AidData's statuses; the cancelled and the suspended are too few
    "Pipeline: Pledge": "pledge",
    "Pipeline: Commitment": "commitment",
    "Implementation": "implementation",
    "Completion": "completion",
}
Alternatives = tuple[str, ...]  # our codes, of which one is meant


@dataclass(frozen=True, order=True)
class SectorRow:
    """One project. `key` names it for good; `group` (its two-level code) and `stage` are AidData's, empty elsewhere."""

    key: str
    title: str
    description: str
    sectors: tuple[Alternatives, ...]
    group: str = ""
    stage: str = ""

    @property
    def text(self) -> str:
        return f"{self.title}. {self.description}"

    @property
    def part(self) -> str:
        """train, calibrate (a tenth) or test (a fifth of AidData's Chinese finance), by a hash of the key."""
        draw = int(hashlib.sha256(self.key.encode()).hexdigest()[:8], 16) % 10
        return "test" if draw < 2 and self.group else "calibrate" if draw == 2 else "train"


def read_rows(data: Path) -> list[SectorRow]:
    """All rows of the three files that have a sector, by key. Raises SetupError, naming file and line."""
    return sorted([*_gcof(data), *_activities(data), *_world_bank(data)])


def _gcof(data: Path) -> Iterator[SectorRow]:
    crs = _mapping("sectors_crs.csv", "crs")
    for row in _lines(data / FILES[0], "project_id", "crs_sector_code"):
        group = str(row["crs_sector_code"])
        if group in crs:
            key = f"gcof:{row['project_id']:06}"
            stage = STAGES.get(row.get("status", ""), "")
            yield SectorRow(key, _text(row, "title"), _text(row, "description"), (crs[group],), group, stage)


def _activities(data: Path) -> Iterator[SectorRow]:
    crs = _mapping("sectors_crs.csv", "crs")
    for row in _lines(data / FILES[1], "aiddata_id", "crs5"):
        found = sorted({crs[code[:3]] for code in row["crs5"] if code[:3] in crs})
        if found:
            description = _text(row, "short_description", "long_description")
            yield SectorRow(f"activity:{row['aiddata_id']}", _text(row, "title"), description, tuple(found))


def _world_bank(data: Path) -> Iterator[SectorRow]:
    names = _mapping("sectors_worldbank.csv", "name")
    for row in _lines(data / FILES[2], "id", "sector1"):
        found = sorted({names[row[key]] for key in ("sector1", "sector2", "sector3") if row.get(key) in names})
        if found:
            yield SectorRow(f"worldbank:{row['id']}", _text(row, "project_name"), _text(row, "pdo"), tuple(found))


def _mapping(name: str, key: str) -> dict[str, Alternatives]:
    return {row[key]: tuple(row["codes"].split("|")) for row in seeds.rows(name, key, "codes")}


def _text(row: dict[str, Any], *keys: str) -> str:
    return " ".join(row[key] for key in keys if row.get(key))


def _lines(path: Path, *required: str) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # a description may hold other line ends
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); --data names the folder of coded projects"
        raise SetupError(f"{path}: {reason}") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _checked(path, number, line, required)


def _checked(path: Path, number: int, line: str, required: tuple[str, ...]) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(line)
        missing = [key for key in required if key not in row]
    except (ValueError, TypeError) as error:
        raise SetupError(f"{path}:{number}: not a JSON object: {error}") from error
    if missing:
        raise SetupError(f"{path}:{number}: lacks {', '.join(missing)}")
    return row
