"""Gold and what was found are matched one to one, the best pairs first."""

from typing import Any

import pytest

from pipeline.gold.evaluate.matching import match, slots_of
from pipeline.record import Actor, Amount, Article, Commitment, Date, Evidence, Flow, Quote, Record

SURE: dict[str, Any] = {"confidence": 1.0, "method": "person"}
PLACE = {"start": 0, "end": 6}


def article(actors: list[list[str]], *commitments: dict[str, Any]) -> Record:
    """An article with actors of these names, and commitments."""
    return Record(
        article=Article(id="x", sha256="", text=""),
        sentences=[],
        mentions=[],
        actors=[
            Actor(id=f"a{n}", name=" ".join(names[:1]), aliases=names, kind="company", mentions=[], confidence=1.0)
            for n, names in enumerate(actors)
        ],
        projects=[],
        relations=[],
        commitments=[act(number, **values) for number, values in enumerate(commitments)],
        sectors=[],
    )


def act(number: int, trigger: str = "signed", spans: tuple[tuple[int, int], ...] = ((0, 10),), **values: Any) -> Any:
    usual = {"kind": "finance", "status": "agreed", "by": [], "to": [], "projects": [], "amounts": [], "dates": []}
    return Commitment(
        id=f"c{number}",
        trigger=Quote(text=trigger, **PLACE),
        evidence=[Evidence(sentence=0, start=start, end=end) for start, end in spans],
        **{**usual, "with": [], "sectors": [], "attributed_to": None, "negated": False, **SURE, **values},
    )


def dollars(value: float) -> list[Amount]:
    return [Amount(text="$", **PLACE, value=value, currency="USD")]


@pytest.mark.parametrize(
    ("gold", "found", "pairs"),
    [
        ([["adb"]], [["adb"]], [(0, 0)]),
        ([["asian development bank"]], [["development bank"]], [(0, 0)]),
        ([["imf"]], [["imf board"]], []),  # three characters are too few to count by containment
        ([["iran"]], [["iran railways"]], [(0, 0)]),  # four are enough
        ([["sadyrov"]], [["mehsud"]], []),
        ([[]], [["adb"]], []),
        ([["bank"], ["eastern bank", "bank", "eb"]], [["eastern bank", "bank"], ["bank"]], [(0, 1), (1, 0)]),
        ([["ministry of transport"]], [["transport"], ["ministry of transport"]], [(0, 1)]),
        ([["adb"], ["adb"]], [["adb"], ["adb"]], [(0, 0), (1, 1)]),  # equals in their order
    ],
)
def test_actors_are_matched_by_the_most_shared_names(
    gold: list[list[str]], found: list[list[str]], pairs: list[tuple[int, int]]
) -> None:
    assert match(article(gold), article(found)).actors == pairs


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"kind": "policy"}),
        ({}, {"status": "pledged"}),
        ({"status": "pledged"}, {"kind": "policy"}),  # the kind weighs more than the status
        ({}, {"trigger": "approved"}),
        ({"by": ["a0"]}, {}),
        ({"amounts": dollars(5)}, {"amounts": dollars(6)}),
    ],
)
def test_commitments_take_the_better_pair(better: dict[str, Any], worse: dict[str, Any]) -> None:
    gold = article([["bank"]], {"by": ["a0"], "amounts": dollars(5)})
    assert match(gold, article([["bank"]], worse, better)).commitments == [(0, 1)]


@pytest.mark.parametrize(("span", "pairs"), [((10, 40), []), ((45, 60), [(0, 0)])])
def test_commitments_need_a_sentence_in_common(span: tuple[int, int], pairs: list[tuple[int, int]]) -> None:
    assert match(article([], {"spans": ((0, 10), (40, 50))}), article([], {"spans": (span,)})).commitments == pairs


def test_found_commitments_have_the_ids_of_gold() -> None:
    date = Date(text="2027", **PLACE, iso="2027")
    flow = Flow(instrument="loan", provider=["a1"], recipient=["a0"])
    own = {"by": ["a1"], "to": ["a0"], "dates": [date], "flow": flow}
    (found,) = match(article([["bank"]]), article([["stranger"], ["bank"]], own)).found.commitments
    assert slots_of(found) == {("by", "a0"), ("to", "?a0"), ("date", "2027")}
    assert found.flow == Flow(instrument="loan", provider=["a0"], recipient=["?a0"])
