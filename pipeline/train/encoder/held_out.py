"""Scores an encoder on the sectors and stages of held-out coded projects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline import seeds
from pipeline.settings import Settings
from pipeline.stages.models.encoder import SECTORS, STAGES, encoder
from pipeline.stages.models.heads import Floats
from pipeline.stages.models.sectors import read_model
from pipeline.train.sectors.rows import SectorRow
from pipeline.values.gazetteer.sector_words import words


def project_scores(folder: Path, rows: Sequence[SectorRow]) -> dict[str, float]:
    """The shares (micro F1) of descriptions coded by AidData, one sector and one stage each, that are right.

    `sectors`: compared by the two-level code of AidData; `sectors_both`: the same with the probabilities of the encoder
    times the square root of those of the linear model.
    """
    group = {row["code"]: row["group"] for row in seeds.rows("sectors.csv", "code", "group", "label")}
    groups = sorted(set(group.values()))
    member = np.array([[group[code] == name for name in groups] for code in SECTORS], np.float32)
    encodings = encoder(folder)([(row.text, [(0, len(row.text))]) for row in rows])
    alone = np.array([np.exp(encoding.project()) for encoding in encodings])
    linear = read_model(Settings().models / "sectors").probabilities([words(row.text) for row in rows])
    found = [STAGES[encoding.stages.mean(axis=0).argmax()] for encoding in encodings]
    stages = [stage == row.stage for stage, row in zip(found, rows, strict=True)]

    def right(likely: Floats) -> float:
        best = (likely @ member).argmax(axis=1)
        return _share([groups[at] == row.group for at, row in zip(best, rows, strict=True)])

    return {
        "projects": len(rows),
        "sectors": right(alone),
        "sectors_both": right(alone * np.sqrt(linear)),
        "stages": _share([is_right for is_right, row in zip(stages, rows, strict=True) if row.stage]),
    }


def _share(answers: Sequence[bool]) -> float:
    return round(float(np.mean(answers)), 4)
