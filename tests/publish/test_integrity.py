"""A record that is not valid is named and costs no other."""

from typing import Any

import pytest
from builders import bare, commitment, mention, record, relation, within

from pipeline.errors import ArticleError
from pipeline.publish.integrity import valid
from pipeline.record import Flow, Record

NOWHERE = relation("a1", "funds", "m9", within("Peru"))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"commitments": [commitment(by=["a9"])]}, "there is no 'a9' in"),
        ({"commitments": [commitment(attributed_to="p1")]}, "there is no 'p1' in"),
        ({"commitments": [commitment(projects=["a1"])]}, "there is no 'a1' in"),
        ({"commitments": [commitment(flow=Flow(instrument="loan", provider=["a9"]))]}, "there is no 'a9' in"),
        ({"commitments": [commitment(), commitment()]}, "id: has 'c1' twice"),
        ({"mentions": [mention(1, "ORG", "Peru", entity="a7")]}, "there is no 'a7' in"),
        ({"mentions": [mention(1, "ORG", "Peru", sentence=5)]}, "there is no 5 in"),
        ({"mentions": [mention(1, "ORG", "Peru", start=0, end=4)]}, "'Peru' is not at 0"),
        ({"relations": [NOWHERE]}, "there is no 'm9' in"),
    ],
)
def test_a_record_at_odds_with_itself(values: dict[str, Any], reason: str) -> None:
    error, other = valid([("x.jsonl:7", record("bad", **values)), ("", bare("good"))])
    assert isinstance(error, ArticleError)
    assert error.where == "x.jsonl:7: bad"
    assert reason in error.reason
    assert isinstance(other, Record)


def test_an_article_that_came_before() -> None:
    first, second, third = valid([("", record()), ("x:2", record()), ("", ArticleError("x:1", "cut"))])
    assert first == record()
    assert "x:2: peru/1: an article of this id came before" in str(second)
    assert str(third) == "x:1: cut"
