"""Scores of clusters against the truth: pairs (a big cluster weighs most) and B-cubed (Bagga and Baldwin 1998)."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple


class Score(NamedTuple):
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def pairwise(found: Mapping[str, str], truth: Mapping[str, str]) -> Score:
    """Of the pairs that are put together those that belong together, and the other way round."""
    both = _pairs(Counter((found[link], truth[link]) for link in truth))
    return Score(
        both / (_pairs(Counter(found[link] for link in truth)) or 1), both / (_pairs(Counter(truth.values())) or 1)
    )


def _pairs(sizes: Counter[object]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def b_cubed(found: Mapping[str, str], truth: Mapping[str, str]) -> Score:
    """The same share for each link, averaged."""
    both = Counter((found[link], truth[link]) for link in truth)
    ours, theirs = Counter(found[link] for link in truth), Counter(truth.values())
    shared = [(both[found[link], name], ours[found[link]], theirs[name]) for link, name in truth.items()]
    return Score(
        sum(common / size for common, size, _ in shared) / len(shared),
        sum(common / size for common, _, size in shared) / len(shared),
    )
