"""Which actor or project a typed name means."""

import pytest

from pipeline.record import Actor
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.names import Names, did_you_mean, labels


def actor(name: str, *words: str, id: str) -> Actor:
    return Actor(id=id, name=name, kind="group", aliases=list(words), confidence=1.0)


PAKISTAN = actor("Pakistan", "Islamabad", "the government", id="a1")
CHINA = actor("China", "the government", id="a2")
ONE = actor("Ministry of Finance", id="a3")
OTHER = actor("Ministry of  Finance", id="a4")
STEEL = actor("Lee; Kim, Park and Co", id="a5")
ALL = [PAKISTAN, CHINA, ONE, OTHER, STEEL]


def test_labels_tell_equal_names_apart() -> None:
    assert labels(ALL) == {
        "a1": "Pakistan", "a2": "China", "a3": "Ministry of Finance [a3]", "a4": "Ministry of Finance [a4]",
        "a5": "Lee, Kim, Park and Co",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Pakistan", ["a1"]), ("PAKISTAN", ["a1"]), ("Pakistan's", ["a1"]), ("islamabad", ["a1"]), ("a2", ["a2"]),
        ("Ministry of Finance [a4]", ["a4"]), ("ministry of finance [ a3 ]", ["a3"]), ("anything [a1]", ["a1"]),
        ("Pakistan, China", ["a1", "a2"]), ("Lee, Kim, Park and Co", ["a5"]), ("China, China", ["a2"]),
    ],
)  # fmt: skip
def test_a_typed_name_is_found(typed: str, found: list[str]) -> None:
    assert Names("actor", ALL, labels(ALL)).find_all([typed]) == found


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("Pakistann", "'Pakistann' is no actor of this article; did you mean 'Pakistan'?"),
        ("Ministry of Finance", "means several actors of this article; put [a3] or [a4] behind it"),
        ("the government", "means several actors of this article; put [a1] or [a2] behind it"),
        ("Peru", "'Peru' is no actor of this article"),
        ("China, Peru", "'China, Peru' is no actor of this article; did you mean 'China'?"),
        ("[a9]", "is no actor of this article"),
    ],
)
def test_what_is_not_found_is_refused_with_near_names(typed: str, reason: str) -> None:
    with pytest.raises(Refused) as error:
        Names("actor", ALL, labels(ALL)).find_all([typed])
    assert reason in str(error.value)


def test_a_label_of_before_means_the_same_after_a_renaming() -> None:
    """And it goes before the new name of another one."""
    renamed = [actor("China", id="a1"), actor("People's Republic", id="a2")]
    names = Names("actor", renamed, {"a1": "Pakistan", "a2": "China"})
    assert names.find("Pakistan") == "a1"
    assert names.find("People's Republic") == "a2"
    with pytest.raises(Refused, match="several"):
        names.find("China")


def test_nothing_is_offered_where_nothing_is_near() -> None:
    assert did_you_mean("xyz", ["Pakistan"]) == did_you_mean("", []) == ""
