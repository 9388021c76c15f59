"""A logistic regression over named features, kept as JSON that people can read.

`weights`: log odds by label, then by feature (`*`: all labels, or no feature); `bias`; `thresholds`: by label (`*`: the
others) the probability from which a proposal stands.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import exp
from pathlib import Path

from pipeline.errors import SetupError

ANY = "*"
PACKED = ".xz"


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


@cache
def weights(path: Path) -> Weights:
    """The weights in a file of `models/`. Raises SetupError where it is missing or damaged."""
    try:
        read = json.loads(lzma.decompress(path.read_bytes()) if path.suffix == PACKED else path.read_bytes())
        return Weights(read["weights"], read["bias"], read["thresholds"])
    except (OSError, ValueError, KeyError, lzma.LZMAError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor") from error
