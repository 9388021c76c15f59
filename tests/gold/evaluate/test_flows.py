"""The rows of flows and boilerplate, on counts worked out by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.matching import boilerplate_of
from pipeline.gold.evaluate.report import table
from pipeline.gold.evaluate.rows import OPTIONAL
from pipeline.gold.evaluate.score import Row, Scores, score
from pipeline.record import Amount, Flow, Record

Change = Callable[[Record], Record]

# authored-001: of 6 commitments 5 have a flow, and 4 of these an amount
# c1 loan a1 -> a2, c2 grant a1 -> a5, c3 budget a2 ->, c5 other a6 ->, c6 loan a7 -> (without an amount)


def counts(row: Row) -> tuple[int, int, int]:
    return row.tp, row.fp, row.fn


def flow(instrument: Any, provider: str, recipient: str) -> Flow:
    return Flow(instrument=instrument, provider=provider.split(), recipient=recipient.split())


def dollars(value: float) -> list[Amount]:
    return [Amount(text="$", start=0, end=1, value=value, currency="USD")]


def changed(record: Record, **values: Any) -> Record:
    return record.model_copy(update=values)


def altered(record: Record, position: int, **values: Any) -> Record:
    commitments = list(record.commitments)
    commitments[position] = commitments[position].model_copy(update=values)
    return changed(record, commitments=commitments)


def marked(record: Record, mark: bool | None) -> Record:
    return changed(record, sentences=[one.model_copy(update={"boilerplate": mark}) for one in record.sentences])


def plain(record: Record) -> Record:
    """The record as of schema 1: without flows and boilerplate."""
    return marked(changed(record, commitments=[c.model_copy(update={"flow": None}) for c in record.commitments]), None)


@pytest.fixture
def gold(golds: dict[str, Record]) -> Record:
    return golds["authored-001"]


def scored(gold: Record, found: Record) -> Scores:
    return score([gold], {gold.article.id: found})


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
        lambda f: altered(f, 0, amounts=[]),
        {"flow": (5, 0, 0), "flow.cells": (3, 0, 1)},
    ),
    (
        "a commitment missed",
        lambda f: changed(f, commitments=f.commitments[1:]),
        {"flow": (4, 0, 1), "flow.instrument": (4, 0, 1), "flow.direction": (4, 0, 1), "flow.cells": (3, 0, 1)},
    ),
    ("sentences of the story marked as boilerplate", lambda f: marked(f, True), 
     {"boilerplate": (0, 9, 0)}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rows(change: Change, expected: dict[str, tuple[int, int, int]], gold: Record) -> None:
    scores = scored(gold, change(gold))
    assert {row: counts(scores[row]) for row in expected} == expected


def test_flows_of_one_kind_are_summed(gold: Record) -> None:
    halves = [
        gold.commitments[0].model_copy(update={"id": name, "amounts": dollars(value)})
        for name, value in (("c1", 60_000_000), ("c2", 3.5e7))
    ]
    found = changed(gold, commitments=[*halves, *gold.commitments[1:]])
    assert counts(scored(gold, found)["flow.cells"]) == (4, 0, 0)


def test_boilerplate(golds: dict[str, Record]) -> None:
    gold = golds["authored-003"]
    assert [gold.article.text[start : start + 5] for start, _ in boilerplate_of(gold) or ()] == ["Read:"]
    assert counts(scored(gold, gold)["boilerplate"]) == (1, 0, 0)
    assert counts(scored(gold, marked(gold, None))["boilerplate"]) == (0, 0, 1)


def test_the_rows_are_there_only_where_gold_has_them(gold: Record) -> None:
    assert set(OPTIONAL) <= set(scored(gold, plain(gold)).rows)
    assert not set(OPTIONAL) & set(scored(plain(gold), gold).rows)
    assert counts(scored(gold, plain(gold))["flow"]) == (0, 0, 5)


def test_records_with_flows_and_boilerplate(golds: dict[str, Record]) -> None:
    gold = golds["authored-003"]
    scores = scored(gold, gold)
    assert {row: scores[row].f1 for row in OPTIONAL} == dict.fromkeys(OPTIONAL, 1.0)
    assert has_flows(gold) and len(boilerplate_of(gold) or ()) == 1


def test_a_record_of_schema_1_has_none(golds: dict[str, Record]) -> None:
    record = plain(golds["authored-003"])
    assert (has_flows(record), boilerplate_of(record)) == (False, None)
    assert table(scored(record, record))
