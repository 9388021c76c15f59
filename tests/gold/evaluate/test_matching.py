"""Gold and what was found are matched one to one, the best pairs first."""

from typing import Any

import pytest

from pipeline.gold.evaluate.facts import CommitmentFacts, EntityFacts, Facts, FlowFacts, match


def facts(actors: list[list[str]], *commitments: dict[str, Any]) -> Facts:
    """An article with actors of these names, and commitments."""
    usual = {"kind": "finance", "status": "agreed", "words": frozenset({"signed"}), "spans": ((0, 10),)}
    each = enumerate({**usual, "slots": frozenset(), **values} for values in commitments)
    rows = [CommitmentFacts(f"c{number}", "signed", **values) for number, values in each]
    entities = [EntityFacts(f"a{n}", f"a{n}", frozenset(names)) for n, names in enumerate(actors)]
    return Facts("x", "", frozenset(), {}, entities, [], {}, rows, frozenset())


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
    assert match(facts(gold), facts(found)).actors == pairs


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"kind": "policy"}),
        ({}, {"status": "pledged"}),
        ({"status": "pledged"}, {"kind": "policy"}),  # the kind weighs more than the status
        ({}, {"words": frozenset({"approved"})}),
        ({"slots": frozenset({("by", "a0")})}, {}),
        ({"slots": frozenset({("amount", "5 USD")})}, {"slots": frozenset({("amount", "6 USD")})}),
    ],
)
def test_commitments_take_the_better_pair(better: dict[str, Any], worse: dict[str, Any]) -> None:
    gold = facts([["bank"]], {"slots": frozenset({("by", "a0"), ("amount", "5 USD")})})
    assert match(gold, facts([["bank"]], worse, better)).commitments == [(0, 1)]


@pytest.mark.parametrize(("span", "pairs"), [((10, 40), []), ((45, 60), [(0, 0)])])
def test_commitments_need_a_sentence_in_common(span: tuple[int, int], pairs: list[tuple[int, int]]) -> None:
    assert match(facts([], {"spans": ((0, 10), (40, 50))}), facts([], {"spans": (span,)})).commitments == pairs


def test_found_commitments_have_the_ids_of_gold() -> None:
    slots = frozenset({("by", "a1"), ("to", "a0"), ("date", "a1")})
    flow = FlowFacts("loan", frozenset({"a1"}), frozenset({"a0"}))
    (act,) = match(facts([["bank"]]), facts([["stranger"], ["bank"]], {"slots": slots, "flow": flow})).found.commitments
    assert act.slots == {("by", "a0"), ("to", "?a0"), ("date", "a1")}
    assert act.flow == FlowFacts("loan", frozenset({"a0"}), frozenset({"?a0"}))
