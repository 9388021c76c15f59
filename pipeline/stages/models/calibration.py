"""Calibrated confidences: of what has 0.8, eight in ten are right, of commitments rather more.

The curves are fitted on held-out articles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from math import exp, log
from pathlib import Path

from pipeline.errors import SetupError

CONFIDENCES, ROWS = "confidences.json", "rows.json"
EDGE = 1e-4  # logs of 0 are infinite


@dataclass(frozen=True)
class Curve:
    """Beta calibration from a score to a confidence (Kull, Silva Filho, Flach 2017)."""

    rise: float = 1.0  # of log(score)
    fall: float = 1.0  # of -log(1 - score)
    intercept: float = 0.0

    def __call__(self, score: float) -> float:
        """The confidence of a score; both between 0 and 1."""
        up, down = parts(score)
        return 1 / (1 + exp(-self.rise * up - self.fall * down - self.intercept))


def parts(score: float) -> tuple[float, float]:
    """The two terms whose sum is the log odds of a score."""
    inside = min(max(score, EDGE), 1 - EDGE)
    return log(inside), -log(1 - inside)


@dataclass(frozen=True)
class LogOdds:
    """A logistic regression over a few numbers: `weights` by name, `bias`."""

    weights: dict[str, float]
    bias: float

    def __call__(self, values: Mapping[str, float]) -> float:
        """The probability; a name without a weight counts nothing."""
        return 1 / (1 + exp(-self.bias - sum(self.weights.get(name, 0.0) * value for name, value in values.items())))


@dataclass(frozen=True)
class RowModel:
    """`row`: of a whole commitment; `slots`: a curve for each kind of field, see `SLOT_CURVES`."""

    row: LogOdds
    slots: dict[str, Curve]

    def write(self, folder: Path) -> None:
        (folder / ROWS).write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")


@cache
def row_model(folder: Path) -> RowModel:
    """The model of rows in a folder. Raises SetupError where it is missing or damaged."""
    path = folder / ROWS
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return RowModel(LogOdds(**read["row"]), {name: Curve(**values) for name, values in read["slots"].items()})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor") from error


@cache
def curves(folder: Path) -> dict[str, Curve]:
    """The curves in a folder by family. Raises SetupError where they are missing or damaged."""
    path = folder / CONFIDENCES
    try:
        return {name: Curve(**values) for name, values in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor") from error
