"""Two articles whose reports of one undertaking contradict each other."""

import random
from typing import Any

import pytest
from knowledge.resolve.flows import flow, report, said

from pipeline.knowledge.decisions import Decision
from pipeline.knowledge.folder import Disagreement, Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record

Said = dict[str, Any]
LOAN, ROLLOVER = flow("loan", "banks", "ken"), flow("rollover", "chn", "ken")
WORDS = "Lenders from Beijing will renew a syndicated credit line of $2.1 billion, the treasury said."
OTHERS = "Kenya expects the renewal of syndicated credit worth $2 billion from Chinese banks."
ONE, RENEWED, OTHER = (
    said(WORDS, ROLLOVER, "USD 2.1e9"), said(WORDS, LOAN, "USD 2.1e9"), said(OTHERS, LOAN, "USD 2e9"),
)  # fmt: skip


def found(*records: Record, decisions: Any = ()) -> list[Disagreement]:
    return resolve(records, Knowledge(), decisions).disagreements


def two(one: Said, other: Said, day: str = "2025-06-05") -> list[Disagreement]:
    """The disagreements of two articles, the first of 3 June 2025."""
    return found(report("x", one), report("y", other, day=day))


def test_both_outlets_are_quoted() -> None:
    known = resolve([report("x", ONE), report("y", OTHER)], Knowledge())
    (row,) = known.disagreements
    assert {row.one, row.other} == {commitment.id for commitment in known.commitments}
    assert row.one < row.other
    assert (row.field, row.reasons) == ("amounts", ["same_recipient", "near_amount", "alike_words", "shared_words"])
    assert {(claim.link, claim.source, *claim.values, claim.quote) for claim in row.claims} == {
        ("x/c0", "x", "USD 2100000000", WORDS),
        ("y/c0", "y", "USD 2000000000", OTHERS),
    }
    assert [commitment.disagree for commitment in known.commitments] == [["amounts"], ["amounts"]]


def test_the_order_of_records_does_not_matter() -> None:
    sums = ["USD 2.1e9", "USD 2e9", "USD 1.9e9", "USD 2.2e9"]
    records = [report(f"x{n}", said(f"{WORDS} ({n})", ROLLOVER, money)) for n, money in enumerate(sums)]
    rows = found(*records)
    assert rows
    random.Random(1).shuffle(records)
    assert found(*records) == rows


def roads(to: str, money: str, goal: str) -> Said:
    words = f"The treasury grants {money[4:6]} million to build rural {goal}."
    return said(words, flow("budget", "treasury", to), money)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RENEWED, said("Kenya also gets $2 billion from Chinese banks for tractors.", LOAN, "USD 2e9")),
        (RENEWED, said(WORDS, LOAN, "USD 9e8")),
        (RENEWED, said(OTHERS, flow("loan", "wb", "ken"), "USD 2e9")),
        (RENEWED, said(OTHERS, flow("repayment", "ken", "banks"), "USD 2e9")),
        (RENEWED | {"projects": ["port"]}, OTHER | {"projects": ["rail"]}),
        (said(WORDS, LOAN, "USD 2.1e9", dates=["2025-06-30"]), said(OTHERS, LOAN, "USD 2e9", dates=["2025-07-31"])),
        (RENEWED | {"negated": True}, OTHER),
        (RENEWED, said(OTHERS, LOAN, "EUR 2e9")),
        (roads("roads", "KES 21e6", "roads"), roads("ports", "KES 20e6", "berths")),
    ],
)
def test_two_undertakings_are_no_disagreement(one: Said, other: Said) -> None:
    assert two(one, other) == []


def test_articles_that_are_not_compared() -> None:
    """One that reports both sums says that they are two; reports far apart; copies; what a person keeps apart."""
    second = said("Banks add $2 billion for a syndicated credit.", LOAN, "USD 2e9")
    assert found(report("x", ONE, second), report("y", OTHER)) == []
    assert two(ONE, OTHER, day="2025-09-03") == []
    assert found(report("x", ONE), report("y", OTHER, story="x")) == []
    records = [report("x", ONE), report("y", OTHER)]
    one, other = (row.id for row in resolve(records, Knowledge()).commitments)
    assert found(*records, decisions=[Decision(decision="apart", one=other, other=one)]) == []


def test_the_project_speaks_for_sums_that_differ_more() -> None:
    about: Any = {"projects": ["port"], "dates": ["2026-06-30"]}
    far = said("Chinese banks lend $1.2 billion to Lamu Port.", LOAN, "USD 1.2e9", **about)
    (row,) = two(far, said("Work on berths is to be funded with $2 billion.", LOAN, "USD 2e9", **about))
    assert row.reasons == ["same_recipient", "same_project", "same_date"]


def stage(status: str, *dates: str) -> Said:
    words = "The World Bank and Kenya on the terms of a loan for Lamu Port worth $300 million."
    return said(words, flow("loan", "wb", "ken"), "USD 3e8", status=status, projects=["port"], dates=dates)


@pytest.mark.parametrize(
    ("one", "other", "day", "fields"),
    [
        # opposite statuses are a disagreement, progress is none
        (stage("agreed"), stage("cancelled"), "2025-06-05", ["status"]),
        (stage("stalled"), stage("completed"), "2025-06-03", ["status"]),
        (stage("agreed"), stage("cancelled"), "2025-07-05", []),
        (stage("pledged"), stage("agreed"), "2025-06-20", []),
        (stage("pledged"), stage("agreed"), "2025-06-03", []),
        (stage("pledged"), stage("cancelled"), "2025-06-05", []),
        # dates disagree where they are as fine and exclude each other
        (stage("agreed", "2025-06-30"), stage("agreed", "2025-07-31"), "2025-06-05", ["dates"]),
        (stage("agreed", "2025-06"), stage("agreed", "2025-06-30"), "2025-06-05", []),
        (stage("agreed", "2025-06"), stage("agreed", "2025-07-31"), "2025-06-05", []),
        (stage("agreed", "2025-06-30", "2027"), stage("agreed", "2025-07-31", "2027"), "2025-06-05", []),
    ],
)
def test_what_reports_of_one_act_disagree_on(one: Said, other: Said, day: str, fields: list[str]) -> None:
    rows = two(one, other, day)
    assert [row.field for row in rows] == fields
    assert all(row.one == row.other and row.reasons == ["same_id"] for row in rows)
