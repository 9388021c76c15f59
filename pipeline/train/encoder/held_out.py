"""How well an encoder tells sectors and stages of coded projects that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline import seeds
from pipeline.encoder import SECTORS, STAGES, encoder
from pipeline.train.sectors.rows import SectorRow


def project_scores(folder: Path, rows: Sequence[SectorRow]) -> dict[str, float]:
    """Of descriptions coded by AidData, one sector and one stage each: the shares that are right (micro F1).

    `sectors` are told by the two-level code, as AidData has it.
    """
    group = {row["code"]: row["group"] for row in seeds.rows("sectors.csv", "code", "group", "label")}
    encodings = encoder(folder)([(row.text, [(0, len(row.text))]) for row in rows])
    sectors = [group[SECTORS[_best(told.sectors)]] == row.group for told, row in zip(encodings, rows, strict=True)]
    stages = [STAGES[_best(told.stages)] == row.stage for told, row in zip(encodings, rows, strict=True) if row.stage]
    return {
        "projects": len(rows),
        "sectors": round(float(np.mean(sectors)), 4),
        "stages": round(float(np.mean(stages)), 4),
    }


def _best(scores: np.ndarray) -> int:  # type: ignore[type-arg]
    return int(scores.mean(axis=0).argmax())
