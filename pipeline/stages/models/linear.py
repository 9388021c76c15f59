"""Logistic regressions over named features, kept as JSON that people can read, and calibrated confidences.

Of what has a confidence of 0.8, eight in ten are right, of commitments rather more; the curves are fitted on held-out
articles.
"""

import json
import lzma
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from math import exp, log
from pathlib import Path

from pipeline.errors import SetupError

ANY = "*"
PACKED = ".xz"
CONFIDENCES, ROWS = "confidences.json", "rows.json"
EDGE = 1e-4  # logs of 0 are infinite


@dataclass(frozen=True)
class Weights:
    """`of`: log odds by label, then by feature (`ANY` label: for all); `bias`: log odds of a proposal with none.

    `thresholds`: by label the probability from which those found and those missed balance.
    """

    of: dict[str, dict[str, float]]
    bias: float
    thresholds: dict[str, float] = field(default_factory=lambda: {ANY: 0.5})

    def probability(self, label: str, names: Iterable[str]) -> float:
        """That a proposal of this label with these features is right."""
        bias, joined = self._joined[label if label in self.of else ANY]
        return 1 / (1 + exp(-(bias + sum([joined.get(name, 0.0) for name in names]))))

    @cached_property
    def _joined(self) -> dict[str, tuple[float, dict[str, float]]]:
        """By label the log odds with no feature, and those of each feature for all labels and for this one together."""
        every = self.of[ANY]
        return {
            label: (
                self.bias + own.get(ANY, 0.0),
                {name: every.get(name, 0.0) + own.get(name, 0.0) for name in every | own},
            )
            for label, own in (self.of | {ANY: {}}).items()
        }

    def stands(self, label: str, probability: float) -> bool:
        """Whether a proposal of a label is likely enough."""
        return probability >= self.thresholds.get(label, self.thresholds[ANY])

    def write(self, path: Path) -> None:
        """As JSON, a feature a line; packed where the path ends in `.xz`."""
        stored = {"bias": self.bias, "thresholds": self.thresholds, "weights": self.of}
        text = (json.dumps(stored, indent=0, ensure_ascii=False) + "\n").encode()
        path.write_bytes(lzma.compress(text) if path.suffix == PACKED else text)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raises SetupError where what is read in the block is missing or damaged."""
    try:
        yield
    except (OSError, ValueError, TypeError, KeyError, lzma.LZMAError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor") from error


@cache
def weights(path: Path) -> Weights:
    """The weights in a file of `models/`. Raises SetupError where it is missing or damaged."""
    with readable(path):
        read = json.loads(lzma.decompress(path.read_bytes()) if path.suffix == PACKED else path.read_bytes())
        return Weights(read["weights"], read["bias"], read["thresholds"])


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
    with readable(folder / ROWS):
        read = json.loads((folder / ROWS).read_text(encoding="utf-8"))
        return RowModel(LogOdds(**read["row"]), {name: Curve(**values) for name, values in read["slots"].items()})


@cache
def curves(folder: Path) -> dict[str, Curve]:
    """The curves in a folder by family. Raises SetupError where they are missing or damaged."""
    with readable(folder / CONFIDENCES):
        read = json.loads((folder / CONFIDENCES).read_text(encoding="utf-8"))
        return {name: Curve(**values) for name, values in read.items()}
