"""Confidences that keep their word: of all that is said at 0.8, eight in ten are right, of commitments rather more.

Measured on articles that nothing learned from, since whatever learned is too sure of what it has seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path

from pipeline.errors import SetupError

CONFIDENCES = "confidences.json"
EDGE = 1e-4  # logs of 0 are infinite


@dataclass(frozen=True)
class Curve:
    """From a score to a confidence: beta calibration (Kull, Silva Filho, Flach 2017), which bends at either end."""

    rise: float = 1.0  # of the log of the score
    fall: float = 1.0  # of the log of what it lacks to 1
    intercept: float = 0.0

    def __call__(self, score: float) -> float:
        """The confidence of a score; both between 0 and 1."""
        up, down = parts(score)
        return 1 / (1 + exp(-self.rise * up - self.fall * down - self.intercept))


def parts(score: float) -> tuple[float, float]:
    """The two of which the log odds of a score are the sum."""
    inside = min(max(score, EDGE), 1 - EDGE)
    return log(inside), -log(1 - inside)


@cache
def curves(folder: Path) -> dict[str, Curve]:
    """The curves of a folder by what they are for; raises SetupError where they are missing or cut short."""
    path = folder / CONFIDENCES
    try:
        return {name: Curve(**told) for name, told in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor") from error
