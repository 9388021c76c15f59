"""Trains the sector model on coded project descriptions.

The same data give the same files, but for the date in the card: rows are sorted, the split is a hash of the key of the
row, and one thread does the work.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import seeds
from pipeline.errors import SetupError
from pipeline.stages.models.sectors import VOCABULARY, WEIGHTS, Model, codes
from pipeline.train.cards import today, write_card
from pipeline.train.sectors.calibrate import calibrated, f1
from pipeline.train.sectors.fit import fitted, labels, scale_of
from pipeline.train.sectors.rows import FILES, SectorRow, read_rows
from pipeline.values.gazetteer.sector_words import words

PARTS = ("train", "calibrate", "test")
FEWEST_ROWS = 10  # in each part


def train_sectors(data: Path, out: Path) -> dict[str, Any]:
    """Trains on a folder of coded projects, writes the model's three files to `out` and returns its card.

    `data` holds aiddata_gcof.jsonl, aiddata_activitycoding.jsonl and worldbank_projects.jsonl. Raises SetupError.
    """
    rows = read_rows(data)
    parts = {part: [row for row in rows if row.part == part] for part in PARTS}
    if min(map(len, parts.values())) < FEWEST_ROWS:
        raise SetupError(f"{data}: too few rows ({len(rows)}) to train, calibrate and test a sector model")
    model = calibrated(fitted(parts["train"]), parts["calibrate"])
    card = _card(data, parts, model)
    _write(model, card, out)
    return card


def _write(model: Model, card: dict[str, Any], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    scale = scale_of(model.weights)
    np.savez_compressed(
        out / WEIGHTS,
        weights=np.round(model.weights / scale).astype(np.int8),
        scale=scale,
        idf=model.idf.astype(np.float16),
        bias=model.bias,
        slope=model.slope,
        offset=model.offset,
    )
    features = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    lines = "".join(f"{feature}\n" for feature in features)
    (out / VOCABULARY).write_bytes(lzma.compress(lines.encode(), preset=9))
    write_card(card, out)


def _card(data: Path, parts: dict[str, list[SectorRow]], model: Model) -> dict[str, Any]:
    return {
        "name": "sectors",
        "what": "TF-IDF of words and word pairs, one logistic regression a code, calibrated on rows kept apart",
        "codes": list(codes()),
        "files": {
            VOCABULARY: "one feature a line, in the order of the arrays",
            WEIGHTS: "weights int8 (features, codes) times scale (codes); idf; bias; slope, offset: the calibration",
        },
        "date": today(),
        "rebuild": "corridor train sectors --data FOLDER --out models/sectors (same data, same seeds, same model)",
        "data": {name: _digest(data / name) for name in FILES},
        "licence": "AidData and the World Bank state the terms of their data; the texts are not part of the model",
        "rows": {part: len(rows) for part, rows in parts.items()},
        "scores": _scores(model, parts["test"]),
        "cut": asdict(model.cut),
    }


def _scores(model: Model, rows: Sequence[SectorRow]) -> dict[str, Any]:
    """On the fifth of AidData's Chinese finance that is kept for testing, the trained model alone."""
    group = {row["code"]: row["group"] for row in seeds.rows("sectors.csv", "code", "group", "label")}
    decisions = model.decisions([words(row.text) for row in rows])
    hits = [group[codes()[at]] == row.group for at, row in zip(decisions.argmax(axis=1), rows, strict=True)]
    found = (model.slope * decisions + model.offset > 0).astype(np.int8)
    return {
        "test": "a fifth of aiddata_gcof, title and description",
        "micro_f1_two_level": round(float(np.mean(hits)), 4),
        "micro_f1_three_level_at_one_half": round(f1(found, labels(rows, model)), 4),
    }


def _digest(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
