"""What is not sound is named and costs no other."""

from typing import Any

import pytest
from export.builders import at, bare, commitment, mention, record, relation, within

from pipeline.errors import ArticleError
from pipeline.export.sound import sound
from pipeline.record import Amount, Record

NOWHERE = relation("a1", "funds", "m9", within("Peru"))
ENDLESS = Amount(**at("$700m"), value=float("inf"))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"commitments": [commitment(by=["a9"])]}, "speaks of a9"),
        ({"commitments": [commitment(attributed_to="p1")]}, "speaks of p1"),
        ({"commitments": [commitment(projects=["a1"])]}, "speaks of a1"),
        ({"commitments": [commitment(), commitment()]}, "has c1 twice"),
        ({"commitments": [commitment(evidence=[])]}, "no evidence"),
        ({"commitments": [commitment(amounts=[ENDLESS])]}, "no finite value"),
        ({"mentions": [mention(1, "ORG", "Peru", entity="a7")]}, "speaks of a7"),
        ({"mentions": [mention(1, "ORG", "Peru", sentence=5)]}, "speaks of 5"),
        ({"mentions": [mention(1, "ORG", "Peru", start=0, end=4)]}, "'Peru' is not at 0"),
        ({"relations": [NOWHERE]}, "speaks of m9"),
        ({"article": {"date": "2025-02-30"}}, "no day 2025-02-30"),
    ],
)
def test_a_record_at_odds_with_itself(values: dict[str, Any], reason: str) -> None:
    error, other = sound([record("bad", **values), bare("good")])
    assert isinstance(error, ArticleError)
    assert error.where == "bad"
    assert reason in error.reason
    assert isinstance(other, Record)


def test_an_article_that_came_before() -> None:
    first, second, third = sound([record(), record(), ArticleError("x:1", "cut")])
    assert first == record()
    assert "came before" in str(second)
    assert str(third) == "x:1: cut"
