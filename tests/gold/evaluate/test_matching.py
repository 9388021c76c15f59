"""One to one, the best pairs first."""

import pytest

from pipeline.gold.evaluate.facts import CommitmentFacts, EntityFacts, Facts, greedy, match, overlapping, shared_names


def entity(name: str, *names: str) -> EntityFacts:
    return EntityFacts(name, name, frozenset(names))


def commitment(name: str, kind: str = "finance", status: str = "agreed", **parts: object) -> CommitmentFacts:
    values = {"words": frozenset({"signed"}), "spans": ((0, 10),), "slots": frozenset[tuple[str, str]]()} | parts
    return CommitmentFacts(name, "signed", kind, status, **values)  # type: ignore[arg-type]


def facts(actors: list[EntityFacts] | None = None, commitments: list[CommitmentFacts] | None = None) -> Facts:
    return Facts("x", "", frozenset(), {}, actors or [], [], {}, commitments or [], frozenset())


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ({"adb"}, {"adb"}, 1),
        ({"adb", "asian development bank"}, {"adb", "asian development bank"}, 2),
        ({"asian development bank"}, {"development bank"}, 0.5),
        ({"imf"}, {"imf board"}, 0),  # three characters are too few to count by containment
        ({"iran"}, {"iran railways"}, 0.5),  # four are enough
        ({"sadyrov"}, {"mehsud"}, 0),
        ({"ministry", "ministry of transport"}, {"ministry"}, 1.5),
        (set(), {"adb"}, 0),
    ],
)
def test_shared_names(one: set[str], other: set[str], shared: float) -> None:
    assert shared_names(frozenset(one), frozenset(other)) == shared


def test_greedy_takes_the_best_pair_first_and_equals_in_their_order() -> None:
    ranks = {("a", "x"): 2, ("a", "y"): 3, ("b", "y"): 1}
    pairs = greedy("ab", "xy", lambda g, f: (ranks[g, f],) if (g, f) in ranks else None)
    assert pairs == [(0, 1)]  # a-y outranks a-x and b-y, even where that costs a pair
    assert greedy("ab", "xy", lambda g, f: (1.0,)) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(
    ("gold", "found", "pairs"),
    [
        ([("bank",), ("eastern bank", "bank", "eb")], [("eastern bank", "bank"), ("bank",)], [(0, 1), (1, 0)]),
        ([("ministry of transport",)], [("transport",), ("ministry of transport",)], [(0, 1)]),
    ],
)
def test_actors_are_matched_by_the_most_shared_names(gold: list, found: list, pairs: list) -> None:  # type: ignore[type-arg]
    one, other = ([entity(f"a{n}", *names) for n, names in enumerate(side)] for side in (gold, found))
    assert match(facts(one), facts(other)).actors == pairs


@pytest.mark.parametrize(
    ("gold", "found", "pairs"),
    [
        ([(0, 5, "ORG")], [(0, 5, "ORG")], [(0, 0)]),
        ([(0, 5, "ORG")], [(4, 9, "ORG")], [(0, 0)]),
        ([(0, 5, "ORG")], [(5, 9, "ORG")], []),  # they touch and share no character
        ([(0, 5, "ORG")], [(0, 5, "PLACE")], []),
        ([(0, 9, "ORG")], [(0, 3, "ORG"), (4, 9, "ORG")], [(0, 1)]),  # one to one, the wider overlap
    ],
)
def test_overlapping(gold: list, found: list, pairs: list) -> None:  # type: ignore[type-arg]
    assert overlapping(gold, found) == pairs


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"kind": "policy"}),
        ({}, {"status": "pledged"}),
        ({"status": "pledged"}, {"kind": "policy"}),  # the kind weighs more than the status
        ({}, {"words": frozenset({"approved"})}),
        ({"slots": frozenset({("by", "a1")})}, {}),
        ({"slots": frozenset({("amount", "5 USD")})}, {"slots": frozenset({("amount", "6 USD")})}),
    ],
)
def test_commitments_take_the_better_pair(better: dict, worse: dict) -> None:  # type: ignore[type-arg]
    bank = [entity("a1", "bank")]
    gold = [commitment("c1", slots=frozenset({("by", "a1"), ("amount", "5 USD")}))]
    found = [commitment("f1", **worse), commitment("f2", **better)]
    assert match(facts(bank, gold), facts(bank, found)).commitments == [(0, 1)]


@pytest.mark.parametrize(("span", "pairs"), [((10, 40), []), ((45, 60), [(0, 0)])])
def test_commitments_need_a_sentence_in_common(span: tuple[int, int], pairs: list[tuple[int, int]]) -> None:
    gold = [commitment("c1", spans=((0, 10), (40, 50)))]
    assert match(facts(commitments=gold), facts(commitments=[commitment("f1", spans=(span,))])).commitments == pairs


def test_found_commitments_have_the_ids_of_gold() -> None:
    gold = facts([entity("a7", "bank")])
    slots = frozenset({("by", "f1"), ("to", "f2"), ("date", "f1")})
    found = facts([entity("f1", "bank"), entity("f2", "stranger")], [commitment("c", slots=slots)])
    assert match(gold, found).found.commitments[0].slots == {("by", "a7"), ("to", "?f2"), ("date", "f1")}
