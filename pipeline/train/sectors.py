"""Trains the sector model on coded projects: TF-IDF of words and pairs of words, a logistic regression a code.

The codes of three systems are mapped to ours, or to alternatives ("agriculture, forestry or fishing"). A first model,
fitted on the precise rows, picks one; the final model learns from all. Its calibration is fitted on rows kept apart,
the threshold on their titles, which are most like the sentences and names that the model classifies in use.

The same data give the same files, but for the date in the card: rows are sorted, the split is a hash of the key of the
row, and one thread does the work.
"""

import hashlib
import lzma
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from pipeline import seeds
from pipeline.errors import SetupError
from pipeline.gold.labels import json_lines
from pipeline.stages.models.sectors import VOCABULARY, WEIGHTS, Cut, Floats, Model, codes, log_odds
from pipeline.train.gold import CARD, write_json
from pipeline.values.codes import features, words

FILES = ("aiddata_gcof.jsonl", "aiddata_activitycoding.jsonl", "worldbank_projects.jsonl")
STAGES = {  # of AidData's statuses; the cancelled and the suspended are too few
    "Pipeline: Pledge": "pledge",
    "Pipeline: Commitment": "commitment",
    "Implementation": "implementation",
    "Completion": "completion",
}
PARTS = ("train", "calibrate", "test")
FEWEST_ROWS = 10  # in each part
FEATURES = 40_000
REGULARISATION = 5.0  # scikit-learn's C
GCOF_WEIGHT = 3.0  # of descriptions in the style of news; appraisal documents have 1
TITLE_WEIGHT = 0.5  # of a title as a row of its own, since names and single sentences are classified too
RARE = 3  # a code with fewer rows is left to the lexicon
NEVER = -9.0  # its decision value
FEWEST = 10  # rows that a code needs for a line of its own; the others share one
SLACK = 0.003  # the threshold is the middle of those whose F1 is so near to the best
THRESHOLDS = np.arange(0.05, 0.96, 0.01)

_micro_f1 = partial(f1_score, average="micro", zero_division=0.0)
Alternatives = tuple[str, ...]  # our codes, of which one is meant
Labels = npt.NDArray[np.int8]  # (rows, codes)


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


def train_sectors(data: Path, out: Path) -> dict[str, Any]:
    """Trains on a folder of coded projects, writes the model's three files to `out` and returns its card.

    `data` holds aiddata_gcof.jsonl, aiddata_activitycoding.jsonl and worldbank_projects.jsonl. Raises SetupError.
    """
    rows = read_rows(data)
    parts = {part: [row for row in rows if row.part == part] for part in PARTS}
    if min(map(len, parts.values())) < FEWEST_ROWS:
        raise SetupError(f"{data}: too few rows ({len(rows)}) to train, calibrate and test a sector model")
    model = _calibrated(_fitted(parts["train"]), parts["calibrate"])
    card = {
        "name": "sectors",
        "what": "TF-IDF of words and word pairs, one logistic regression a code, calibrated on rows kept apart",
        "codes": list(codes()),
        "files": {
            VOCABULARY: "one feature a line, in the order of the arrays",
            WEIGHTS: "weights int8 (features, codes) times scale (codes); idf; bias; slope, offset: the calibration",
        },
        "date": date.today().isoformat(),
        "rebuild": "corridor train sectors --data FOLDER --out DIR (same data, same seeds, same model)",
        "data": {name: f"sha256:{hashlib.sha256((data / name).read_bytes()).hexdigest()}" for name in FILES},
        "licence": "AidData and the World Bank state the terms of their data; the texts are not part of the model",
        "rows": {part: len(rows) for part, rows in parts.items()},
        "scores": _scores(model, parts["test"]),
        "cut": asdict(model.cut),
    }
    write_json(card, out / CARD)
    scale = _scale_of(model.weights)
    np.savez_compressed(
        out / WEIGHTS,
        weights=np.round(model.weights / scale).astype(np.int8),
        scale=scale,
        idf=model.idf.astype(np.float16),
        bias=model.bias,
        slope=model.slope,
        offset=model.offset,
    )
    lines = "".join(f"{feature}\n" for feature in sorted(model.vocabulary, key=model.vocabulary.__getitem__))
    (out / VOCABULARY).write_bytes(lzma.compress(lines.encode(), preset=9))
    return card


def read_rows(data: Path) -> list[SectorRow]:
    """All rows of the three files that have a sector, by key. Raises SetupError, naming file and line."""
    crs, names = (
        {row[own]: tuple(row["codes"].split("|")) for row in seeds.rows(file, own, "codes")}
        for file, own in (("sectors_crs.csv", "crs"), ("sectors_worldbank.csv", "name"))
    )
    if lacking := [name for name in FILES if not (data / name).is_file()]:
        raise SetupError(f"{data}: lacks {', '.join(lacking)}; --data names the folder of coded projects")
    found = []
    for row in json_lines(data / FILES[0], "project_id", "crs_sector_code"):
        group, stage = str(row["crs_sector_code"]), STAGES.get(row.get("status", ""), "")
        if group in crs:
            texts = _text(row, "title"), _text(row, "description")
            found.append(SectorRow(f"gcof:{row['project_id']:06}", *texts, (crs[group],), group, stage))
    for row in json_lines(data / FILES[1], "aiddata_id", "crs5"):
        if coded := {crs[code[:3]] for code in row["crs5"] if code[:3] in crs}:
            texts = _text(row, "title"), _text(row, "short_description", "long_description")
            found.append(SectorRow(f"activity:{row['aiddata_id']}", *texts, tuple(sorted(coded))))
    for row in json_lines(data / FILES[2], "id", "sector1"):
        if coded := {names[row[key]] for key in ("sector1", "sector2", "sector3") if row.get(key) in names}:
            texts = _text(row, "project_name"), _text(row, "pdo")
            found.append(SectorRow(f"worldbank:{row['id']}", *texts, tuple(sorted(coded))))
    return sorted(found)


def _text(row: dict[str, Any], *keys: str) -> str:
    return " ".join(row[key] for key in keys if row.get(key))


def _fitted(rows: Sequence[SectorRow]) -> Model:
    """The model of the rows, weights in eight bits a value, not yet calibrated."""
    precise = [row for row in rows if all(len(alternatives) == 1 for alternatives in row.sectors)]
    first = _fitted_once(precise, _labels(precise, None))
    model = _fitted_once(rows, _labels(rows, first))
    scale = _scale_of(model.weights)
    return replace(model, weights=np.round(model.weights / scale) * scale)


def _labels(rows: Sequence[SectorRow], model: Model | None) -> Labels:
    """1 where a row has a code; among alternatives the one that the model prefers, without a model the first."""
    found = np.zeros((len(rows), len(codes())), np.int8)
    preferred = None if model is None else model.decisions([words(row.text) for row in rows])
    for at, row in enumerate(rows):
        for alternatives in row.sectors:
            columns = [codes().index(code) for code in alternatives]
            found[at, columns[0] if preferred is None else columns[preferred[at, columns].argmax()]] = 1
    return found


def _fitted_once(rows: Sequence[SectorRow], wanted: Labels) -> Model:
    titled = [at for at, row in enumerate(rows) if row.title and row.description]
    texts = [row.text for row in rows] + [rows[at].title for at in titled]
    weight = np.array([GCOF_WEIGHT if row.group else 1.0 for row in rows])
    weight = np.concatenate([weight, weight[titled] * TITLE_WEIGHT])
    wanted = np.concatenate([wanted, wanted[titled]])
    vectorizer = TfidfVectorizer(
        analyzer=features, sublinear_tf=True, min_df=2, max_features=FEATURES, dtype=np.float32
    )
    matrix = vectorizer.fit_transform(texts)
    weights = np.zeros((matrix.shape[1], len(codes())), np.float32)
    bias = np.full(len(codes()), NEVER, np.float32)
    for column in range(len(codes())):
        if wanted[:, column].sum() >= RARE:
            learner = LogisticRegression(C=REGULARISATION, solver="liblinear", random_state=0)
            learner.fit(matrix, wanted[:, column], sample_weight=weight)
            weights[:, column], bias[column] = learner.coef_[0], learner.intercept_[0]
    vocabulary = {feature: int(at) for feature, at in vectorizer.vocabulary_.items()}
    idf, ones = vectorizer.idf_.astype(np.float16).astype(np.float32), np.ones(len(codes()), np.float32)
    return Model(vocabulary, idf, weights, bias, slope=ones, offset=0 * ones)


def _scale_of(weights: Floats) -> Floats:
    """The step of the eight-bit weights for each code."""
    return np.asarray(np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127, np.float32)


def _calibrated(model: Model, rows: Sequence[SectorRow]) -> Model:
    """The model with a line a code from decision value to log-odds, and with its cut."""
    wanted = _labels(rows, model)
    decisions = model.decisions([words(row.text) for row in rows])
    shared = _line(decisions.ravel(), wanted.ravel())
    lines = [
        _line(decisions[:, column], wanted[:, column]) if wanted[:, column].sum() >= FEWEST else shared
        for column in range(len(codes()))
    ]
    slope, offset = np.array(lines, np.float32).T
    model = replace(model, slope=slope, offset=offset)
    return replace(model, cut=_cut(model.blends([words(row.title) for row in rows]), wanted))


def _cut(blended: Floats, wanted: Labels) -> Cut:
    slope, offset = _line(log_odds(blended).ravel(), wanted.ravel())
    confidences = Cut(slope, offset, 0).confidences(blended)
    scores = np.array([_micro_f1(wanted, confidences >= threshold) for threshold in THRESHOLDS])
    good = THRESHOLDS[scores >= scores.max() - SLACK]
    return Cut(slope, offset, round(float(good[len(good) // 2]), 2))


def _line(value: Floats, wanted: Labels) -> tuple[float, float]:
    """Slope and offset of Platt scaling, to six digits so that the last bit of a sum does not matter."""
    learner = LogisticRegression(C=1e3, solver="liblinear", random_state=0).fit(value.reshape(-1, 1), wanted)
    return round(float(learner.coef_[0, 0]), 6), round(float(learner.intercept_[0]), 6)


def _scores(model: Model, rows: Sequence[SectorRow]) -> dict[str, Any]:
    """On the fifth of AidData's Chinese finance that is kept for testing, the trained model alone."""
    group = {row["code"]: row["group"] for row in seeds.rows("sectors.csv", "code", "group", "label")}
    decisions = model.decisions([words(row.text) for row in rows])
    hits = [group[codes()[at]] == row.group for at, row in zip(decisions.argmax(axis=1), rows, strict=True)]
    above = model.slope * decisions + model.offset > 0
    return {
        "test": "a fifth of aiddata_gcof, title and description",
        "micro_f1_two_level": round(float(np.mean(hits)), 4),
        "micro_f1_three_level_at_one_half": round(_micro_f1(_labels(rows, model), above), 4),
    }
