"""The rows of flows and boilerplate, on counts worked out by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.gold.evaluate.facts import Facts, FlowFacts, facts_of
from pipeline.gold.evaluate.report import table
from pipeline.gold.evaluate.rows import OPTIONAL
from pipeline.gold.evaluate.score import Row, Scores, score, score_facts
from pipeline.record import Record

Change = Callable[[Facts], Facts]

# authored-001: of 6 commitments 5 have a flow, and 4 of these an amount
# c1 loan a1 -> a2, c2 grant a1 -> a5, c3 budget a2 ->, c5 other a6 ->, c6 loan a7 -> (without an amount)


def counts(row: Row) -> tuple[int, int, int]:
    return row.tp, row.fp, row.fn


def flow(instrument: str, provider: str, recipient: str) -> FlowFacts:
    return FlowFacts(instrument, frozenset(provider.split()), frozenset(recipient.split()))


def altered(facts: Facts, position: int, **values: Any) -> Facts:
    commitments = list(facts.commitments)
    commitments[position] = replace(commitments[position], **values)
    return replace(facts, commitments=commitments)


@pytest.fixture
def gold(golds: dict[str, Record]) -> Facts:
    return facts_of(golds["authored-001"])


def scored(gold: Facts, found: Facts) -> Scores:
    return score_facts([gold], {gold.id: found})


CASES: list[tuple[str, Change, dict[str, tuple[int, int, int]]]] = [
    (
        "nothing changed",
        lambda f: f,
        {"flow": (5, 0, 0), "flow.instrument": (5, 0, 0), "flow.direction": (5, 0, 0), "flow.cells": (4, 0, 0)},
    ),
    (
        "another instrument",
        lambda f: altered(f, 0, flow=flow("bond", "a1", "a2")),
        {"flow": (4, 1, 1), "flow.instrument": (4, 1, 1), "flow.direction": (5, 0, 0), "flow.cells": (3, 1, 1)},
    ),
    (
        "another recipient of the same country",
        lambda f: altered(f, 0, flow=flow("loan", "a1", "a5")),
        {"flow": (5, 0, 0), "flow.instrument": (5, 0, 0), "flow.direction": (4, 1, 1), "flow.cells": (4, 0, 0)},
    ),
    (
        "the wrong way round",
        lambda f: altered(f, 0, flow=flow("loan", "a2", "a1")),
        {"flow": (4, 1, 1), "flow.instrument": (5, 0, 0), "flow.direction": (4, 1, 1), "flow.cells": (3, 1, 1)},
    ),
    (
        "no flow",
        lambda f: altered(f, 0, flow=None),
        {"flow": (4, 0, 1), "flow.instrument": (4, 0, 1), "flow.direction": (4, 0, 1), "flow.cells": (3, 0, 1)},
    ),
    (
        "a flow too many, of no amount",
        lambda f: altered(f, 3, flow=flow("budget", "a5", "")),
        {"flow": (5, 1, 0), "flow.instrument": (5, 1, 0), "flow.direction": (5, 1, 0), "flow.cells": (4, 0, 0)},
    ),
    (
        "another status moves its amount to another cell",
        lambda f: altered(f, 0, status="pledged"),
        {"flow": (5, 0, 0), "flow.cells": (3, 1, 1)},
    ),
    (
        "an amount missed",
        lambda f: altered(f, 0, slots=frozenset(s for s in f.commitments[0].slots if s[0] != "amount")),
        {"flow": (5, 0, 0), "flow.cells": (3, 0, 1)},
    ),
    (
        "a commitment missed",
        lambda f: replace(f, commitments=f.commitments[1:]),
        {"flow": (4, 0, 1), "flow.instrument": (4, 0, 1), "flow.direction": (4, 0, 1), "flow.cells": (3, 0, 1)},
    ),
    ("sentences of the story marked as boilerplate", lambda f: replace(f, boilerplate=f.sentences), 
     {"boilerplate": (0, 9, 0)}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rows(change: Change, expected: dict[str, tuple[int, int, int]], gold: Facts) -> None:
    scores = scored(gold, change(gold))
    assert {row: counts(scores[row]) for row in expected} == expected


def test_flows_of_one_kind_are_summed(gold: Facts) -> None:
    halves = [
        replace(gold.commitments[0], id=name, slots=frozenset({("amount", f"{value} USD")}))
        for name, value in (("c1", "60000000"), ("c2", "3.5e+07"))
    ]
    found = replace(gold, commitments=[*halves, *gold.commitments[1:]])
    assert counts(scored(gold, found)["flow.cells"]) == (4, 0, 0)


def test_boilerplate(golds: dict[str, Record]) -> None:
    gold = facts_of(golds["authored-003"])
    assert [gold.text[start : start + 5] for start, _ in gold.boilerplate or ()] == ["Read:"]
    assert counts(scored(gold, gold)["boilerplate"]) == (1, 0, 0)
    assert counts(scored(gold, replace(gold, boilerplate=None))["boilerplate"]) == (0, 0, 1)


def test_the_rows_are_there_only_where_gold_has_them(gold: Facts) -> None:
    plain = replace(gold, has_flows=False, boilerplate=None)
    assert set(OPTIONAL) <= set(scored(gold, plain).rows)
    assert not set(OPTIONAL) & set(scored(plain, gold).rows)
    assert counts(scored(gold, plain)["flow"]) == (5, 0, 0)  # `has_flows` of the record does not matter


def test_records_with_flows_and_boilerplate(golds: dict[str, Record], perfect: Callable[[str], Record]) -> None:
    gold, found = golds["authored-003"], perfect("authored-003")
    scores = score([gold], {gold.article.id: found})
    assert {row: scores[row].f1 for row in OPTIONAL} == dict.fromkeys(OPTIONAL, 1.0)
    facts = facts_of(found)
    assert facts.has_flows and len(facts.boilerplate or ()) == 1


def test_a_record_of_schema_1_has_none(perfect: Callable[[str], Record]) -> None:
    record = perfect("authored-003")
    commitments = [commitment.model_copy(update={"flow": None}) for commitment in record.commitments]
    sentences = [sentence.model_copy(update={"boilerplate": None}) for sentence in record.sentences]
    facts = facts_of(record.model_copy(update={"commitments": commitments, "sentences": sentences}))
    assert (facts.has_flows, facts.boilerplate) == (False, None)
    assert table(score_facts([facts], {facts.id: facts}))
