"""Two articles whose reports of one undertaking contradict each other."""

import random
from typing import Any

import pytest
from knowledge.resolve.flows import flow, report, said

from pipeline.knowledge.decisions import Decision
from pipeline.knowledge.folder import Disagreement, Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record

LOAN, ROLLOVER = flow("loan", "banks", "ken"), flow("rollover", "chn", "ken")
ONE = "Lenders from Beijing will renew a syndicated credit line of $2.1 billion, the treasury said."
OTHER = "Kenya expects the renewal of syndicated credit worth $2 billion from Chinese banks."
ELSE = "Kenya also gets $2 billion from Chinese banks for tractors."


def found(*records: Record, decisions: Any = ()) -> list[Disagreement]:
    return resolve(records, Knowledge(), decisions).disagreements


def two(one: dict[str, Any], other: dict[str, Any], day: str = "2025-06-05") -> list[Disagreement]:
    """The disagreements of two articles, the first of 3 June 2025."""
    return found(report("x", one), report("y", other, day=day))


def test_both_outlets_are_quoted() -> None:
    known = resolve(
        [report("x", said(ONE, ROLLOVER, "USD 2.1e9")), report("y", said(OTHER, LOAN, "USD 2e9"))], Knowledge()
    )
    (row,) = known.disagreements
    assert {row.one, row.other} == {commitment.id for commitment in known.commitments}
    assert row.one < row.other
    assert (row.field, row.reasons) == ("amounts", ["same_recipient", "near_amount", "alike_words", "shared_words"])
    assert {(claim.link, claim.source, *claim.values, claim.quote) for claim in row.claims} == {
        ("x/c0", "x", "USD 2100000000", ONE),
        ("y/c0", "y", "USD 2000000000", OTHER),
    }
    assert [commitment.disagree for commitment in known.commitments] == [["amounts"], ["amounts"]]


def test_the_order_of_records_does_not_matter() -> None:
    sums = ["USD 2.1e9", "USD 2e9", "USD 1.9e9", "USD 2.2e9"]
    records = [report(f"x{n}", said(f"{ONE} ({n})", ROLLOVER, money)) for n, money in enumerate(sums)]
    rows = found(*records)
    assert rows
    assert len({(row.one, row.other, row.field) for row in rows}) == len(rows)
    random.Random(1).shuffle(records)
    assert found(*records) == rows


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (said(ONE, LOAN, "USD 2.1e9"), said(ELSE, LOAN, "USD 2e9")),
        (said(ONE, LOAN, "USD 2.1e9"), said(ONE, LOAN, "USD 9e8")),
        (said(ONE, LOAN, "USD 2.1e9"), said(OTHER, flow("loan", "wb", "ken"), "USD 2e9")),
        (said(ONE, LOAN, "USD 2.1e9"), said(OTHER, flow("repayment", "ken", "banks"), "USD 2e9")),
        (said(ONE, LOAN, "USD 2.1e9", projects=["port"]), said(OTHER, LOAN, "USD 2e9", projects=["rail"])),
        (said(ONE, LOAN, "USD 2.1e9", dates=["2025-06-30"]), said(OTHER, LOAN, "USD 2e9", dates=["2025-07-31"])),
        (said(ONE, LOAN, "USD 2.1e9", negated=True), said(OTHER, LOAN, "USD 2e9")),
        (said(ONE, LOAN, "USD 2.1e9"), said(OTHER, LOAN, "EUR 2e9")),
        (
            said(
                "The treasury grants 21 million to build rural roads.", flow("budget", "treasury", "roads"), "KES 2.1e7"
            ),
            said(
                "The treasury grants 20 million to build rural berths.", flow("budget", "treasury", "ports"), "KES 2e7"
            ),
        ),
    ],
)
def test_two_undertakings_are_no_disagreement(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert two(one, other) == []


def test_an_article_that_reports_both_sums_says_that_they_are_two() -> None:
    both = report(
        "x", said(ONE, ROLLOVER, "USD 2.1e9"), said("Banks add $2 billion for a syndicated credit.", LOAN, "USD 2e9")
    )
    assert found(both, report("y", said(OTHER, LOAN, "USD 2e9"))) == []


def test_reports_far_apart_and_copies_are_not_compared() -> None:
    one, other = said(ONE, ROLLOVER, "USD 2.1e9"), said(OTHER, LOAN, "USD 2e9")
    assert two(one, other, day="2025-09-03") == []
    assert found(report("x", one), report("y", other, story="x")) == []


def test_the_project_speaks_for_sums_that_differ_more() -> None:
    far = said(
        "Chinese banks lend $1.2 billion to Lamu Port.", LOAN, "USD 1.2e9", projects=["port"], dates=["2026-06-30"]
    )
    near = said(
        "Work on berths is to be funded with $2 billion.", LOAN, "USD 2e9", projects=["port"], dates=["2026-06-30"]
    )
    (row,) = two(far, near)
    assert row.reasons == ["same_recipient", "same_project", "same_date"]


def test_a_person_keeps_them_apart() -> None:
    records = [report("x", said(ONE, ROLLOVER, "USD 2.1e9")), report("y", said(OTHER, LOAN, "USD 2e9"))]
    one, other = (row.id for row in resolve(records, Knowledge()).commitments)
    assert found(*records, decisions=[Decision(decision="apart", one=other, other=one)]) == []


WORDS = "The World Bank and Kenya on the terms of a loan for Lamu Port worth $300 million."


def stage(status: str, *dates: str) -> dict[str, Any]:
    return said(WORDS, flow("loan", "wb", "ken"), "USD 3e8", status=status, projects=["port"], dates=dates)


@pytest.mark.parametrize(
    ("one", "other", "day", "expected"),
    [
        ("agreed", "cancelled", "2025-06-05", ["status"]),
        ("stalled", "completed", "2025-06-03", ["status"]),
        ("agreed", "cancelled", "2025-07-05", []),
        ("pledged", "agreed", "2025-06-20", []),
        ("pledged", "agreed", "2025-06-03", []),
        ("pledged", "cancelled", "2025-06-05", []),
    ],
)
def test_opposite_statuses_are_a_disagreement_and_progress_is_none(
    one: str, other: str, day: str, expected: list[str]
) -> None:
    rows = two(stage(one), stage(other), day)
    assert [row.field for row in rows] == expected
    assert all(row.one == row.other and row.reasons == ["same_id"] for row in rows)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["2025-06-30"], ["2025-07-31"], ["dates"]),
        (["2025-06"], ["2025-06-30"], []),
        (["2025-06"], ["2025-07-31"], []),
        (["2025-06-30", "2027"], ["2025-07-31", "2027"], []),
    ],
)
def test_dates_disagree_where_they_are_as_fine_and_exclude_each_other(
    one: list[str], other: list[str], expected: list[str]
) -> None:
    rows = two(stage("agreed", *one), stage("agreed", *other))
    assert [row.field for row in rows] == expected
