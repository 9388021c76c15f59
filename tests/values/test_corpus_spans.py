"""The finders against the annotated corpus: floors under what was measured, so that a new rule breaks no old one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.gold.gold import read_corpus
from pipeline.values.dates import find_dates
from pipeline.values.money import find_money
from pipeline.values.quantities import find_quantities

Finder = Callable[[str], list[tuple[int, int]]]


@pytest.mark.parametrize(
    ("label", "find", "precision", "recall"),
    [("MONEY", find_money, 0.96, 0.96), ("DATE", find_dates, 0.92, 0.97), ("QUANTITY", find_quantities, 0.75, 0.98)],
)
def test_strict_spans(corpus: Path, label: str, find: Finder, precision: float, recall: float) -> None:
    gold, found = set(), set()
    for article in read_corpus(corpus):
        first, last = article.numbered[0][0], article.numbered[-1][1]
        gold |= {(article.id, m.start, m.end) for m in article.mentions if m.label == label}
        found |= {(article.id, *span) for span in find(article.text) if first <= span[0] < last}
    assert len(gold & found) / len(found) >= precision
    assert len(gold & found) / len(gold) >= recall
