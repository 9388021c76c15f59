"""Which two commitments of two articles are one."""

from typing import Any

import pytest
from knowledge.resolve.stories import record

from pipeline.knowledge.folder import Knowledge, KnownCommitment
from pipeline.knowledge.resolve import resolve

LOAN = "The bank will lend the money for the port, the two sides said."
ACTORS = [
    ["a1", "", "Asian Development Bank", "multilateral"],
    ["a2", "", "Kenya", "country", "KEN"],
    ["a3", "", "World Bank", "multilateral"],
    ["a4", "", "Uganda", "country", "UGA"],
]
PROJECTS = [
    ["p1", "", "Lamu Port", False, ["KEN"]],
    ["p2", "", "Bagamoyo Port", False, ["TZA"]],
    ["p3", "", "Global Gateway", True, ["KEN"]],
    ["p4", "", "Vision 2030", True, ["KEN"]],
]


def article(id: str, sums: list[str], day: str | None = "2025-06-03", **fields: Any) -> dict[str, Any]:
    """A row of an article with one commitment: finance that ADB has agreed with Kenya, unless fields say otherwise."""
    said = {"kind": "finance", "status": "agreed", "by": ["a1"], "to": ["a2"], "on": [], "quote": LOAN} | fields
    row = ["c1", "", said["kind"], said["status"], said["by"], said["to"], said["on"], sums, said["quote"]]
    story = said.get("story", id)
    return {
        "id": id,
        "source": id,
        "day": day,
        "story": story,
        "actors": ACTORS,
        "projects": PROJECTS,
        "commitments": [row],
    }


def found(*rows: dict[str, Any]) -> list[KnownCommitment]:
    return resolve([record(row) for row in rows], Knowledge()).commitments


ELSE = "Work on the berths has begun near the old harbour."

ONE = [
    ((["USD 3e8"], {}), (["USD 3e8"], {"quote": ELSE})),
    ((["USD 3.3e8"], {}), (["USD 3.33e8"], {"quote": ELSE})),
    ((["USD 3e8"], {"on": ["p1"]}), (["USD 3.3e8"], {"on": ["p1"], "quote": ELSE})),
    ((["USD 3e8"], {"on": ["p1"]}), (["KES 4e10"], {"on": ["p1"]})),
    ((["USD 3e8"], {"status": "proposed"}), (["USD 3e8"], {"status": "cancelled", "quote": ELSE})),
    (([], {"kind": "delivery", "on": ["p1"]}), ([], {"kind": "delivery", "on": ["p1"]})),
]
TWO = [
    ((["USD 3e8"], {}), (["USD 3e8"], {"day": "2026-06-03"})),
    ((["USD 3e8"], {"day": None}), (["USD 3e8"], {"day": None})),
    ((["USD 3e8"], {}), (["USD 8e8"], {})),
    ((["USD 3e8"], {}), (["USD 3e8"], {"kind": "contract"})),
    ((["USD 3e8"], {}), (["USD 3e8"], {"by": ["a3"]})),
    ((["USD 3e8"], {}), (["USD 3e8"], {"by": ["a2"], "to": ["a1"]})),
    ((["USD 3e8"], {"on": ["p1"]}), (["USD 3e8"], {"on": ["p2"], "to": ["a4"]})),
    ((["USD 3e8"], {}), (["KES 3e8"], {"quote": ELSE})),
    ((["USD 3e8"], {"on": ["p1"]}), (["USD 3.6e8"], {"on": ["p1"], "quote": ELSE})),
    ((["USD 3e8"], {"on": ["p3"], "by": ["a2"]}), (["USD 3e8"], {"on": ["p4"], "by": ["a2"], "quote": ELSE})),
    ((["USD 3e8"], {"kind": "policy"}), (["USD 3e8"], {"kind": "policy", "quote": ELSE})),
    (([], {"kind": "cooperation"}), ([], {"kind": "cooperation", "quote": ELSE})),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_commitment(one: Any, other: Any) -> None:
    assert len(found(article("x", one[0], **one[1]), article("y", other[0], **other[1]))) == 1


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_commitments(one: Any, other: Any) -> None:
    assert len(found(article("x", one[0], **one[1]), article("y", other[0], **other[1]))) == 2


def test_the_latest_day_says_how_it_stands() -> None:
    (row,) = found(article("x", ["USD 3e8"]), article("y", ["USD 3e8"], day="2025-06-09", status="cancelled"))
    assert (row.counted, row.disagree) == (False, [])
    assert [value.value for value in row.statuses] == ["cancelled", "agreed"]


def test_a_tie_of_amounts_is_not_settled() -> None:
    (row,) = found(article("x", ["USD 3e8"], on=["p1"]), article("y", ["USD 3.3e8"], on=["p1"]))
    assert (row.amount, row.disagree) == (None, ["amounts"])


def test_copies_do_not_outvote() -> None:
    on = {"on": ["p1"]}
    copies = [article(name, ["USD 3e8"], story="x", **on) for name in ("x", "x1", "x2")]
    (row,) = found(*copies, article("y", ["USD 3.3e8"], **on))
    assert (row.amount, len(row.reports)) == (None, 2)
