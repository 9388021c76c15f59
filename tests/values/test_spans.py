"""What the finders find in texts; against the annotated corpus, floors under what was reached."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tables import Row, table_of

from pipeline.gold.folder import read_gold
from pipeline.values.dates import find_dates
from pipeline.values.money import find_money
from pipeline.values.numbers import find_quantities

Finder = Callable[[str], list[tuple[int, int]]]


FINDERS: dict[str, Finder] = {"date": find_dates, "money": find_money, "quantity": find_quantities}


@pytest.mark.parametrize("case", table_of(__file__, "spans.csv"), ids=lambda case: f"{case['kind']} {case['text']}")
def test_spans(case: Row) -> None:
    spans = FINDERS[case["kind"]](case["text"])
    assert " | ".join(case["text"][start:end] for start, end in spans) == case["found"]


def test_an_amount_may_run_over_a_line_end() -> None:
    assert find_money("The lender said a\n100 mln dlr loan is near.") == [(18, 29)]


@pytest.mark.parametrize(
    ("label", "find", "precision", "recall"),
    [("MONEY", find_money, 0.96, 0.96), ("DATE", find_dates, 0.92, 0.97), ("QUANTITY", find_quantities, 0.75, 0.98)],
)
def test_strict_spans(corpus: Path, label: str, find: Finder, precision: float, recall: float) -> None:
    gold, found = set(), set()
    for article in read_gold(corpus):
        first, last = article.sentences[0].start, article.sentences[-1].end
        gold |= {(article.article.id, m.start, m.end) for m in article.mentions if m.label == label}
        found |= {(article.article.id, *span) for span in find(article.article.text) if first <= span[0] < last}
    assert len(gold & found) / len(found) >= precision
    assert len(gold & found) / len(gold) >= recall
