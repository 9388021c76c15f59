"""Whose money goes where decides which commitments are one; boilerplate is none."""

import json
from pathlib import Path
from typing import Any

import pytest
from knowledge.resolve.flows import flow, report, said

from pipeline.knowledge.folder import Knowledge, read, write
from pipeline.knowledge.resolve import resolve
from pipeline.record import Flow

LENT = "The Chinese lenders and Nairobi settled on the sum of 900 million dollars."
PAID = "Some 900 million dollars went between Nairobi and the Chinese lenders, a person in the room said."


def number(one: Flow | None, other: Flow | None, **fields: Any) -> int:
    """The number of commitments in two articles on the same sum."""
    first, second = report("x", said(LENT, one, "USD 9e8")), report("y", said(PAID, other, "USD 9e8", **fields))
    return len(resolve([first, second], Knowledge()).commitments)


LOAN = flow("loan", "exim", "ken")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (LOAN, LOAN, 1),
        (LOAN, flow("rollover", "exim", "ken"), 1),
        (LOAN, flow("loan", "exim", ""), 1),
        (flow("loan", "chn", "ken"), flow("loan", "banks", "ken"), 1),
        (flow("rollover", "exim", "ken"), flow("repayment", "ken", "exim"), 2),
        (LOAN, flow("repayment", "exim", "ken"), 2),
        (LOAN, flow("loan", "ken", "exim"), 2),
        (flow("loan", "chn", "ken"), flow("loan", "ken", "exim"), 2),
        (LOAN, flow("budget", "exim", "ken"), 2),
        (LOAN, flow("purchase", "exim", "ken"), 2),
        (LOAN, flow("loan", "wb", "ken"), 2),
    ],
)
def test_a_flow_says_which_are_one(one: Flow, other: Flow, expected: int) -> None:
    assert number(one, other) == expected


def test_the_flow_gives_the_direction_not_who_acts() -> None:
    assert number(LOAN, LOAN, by=["ken"], to=["exim"]) == 1


def test_without_a_flow_those_who_act_are_compared() -> None:
    assert number(LOAN, None, by=["exim"], to=["ken"]) == 1
    assert number(LOAN, None, by=["ken"], to=["exim"]) == 2


def test_a_repayment_joins_no_loan_through_a_report_without_a_flow() -> None:
    stated = [said(LENT, LOAN, "USD 9e8"), said(LENT, None, "USD 9e8", by=["exim"], to=["ken"])]
    stated.append(said(LENT, flow("repayment", "ken", "exim"), "USD 9e8", by=["exim"], to=["ken"]))
    known = resolve([report(name, one) for name, one in zip("xyz", stated, strict=True)], Knowledge())
    assert sorted(len(row.reports) for row in known.commitments) == [1, 2]


def test_money_is_counted_over_all_reports() -> None:
    flows = [
        flow("loan", "exim", "ken", interest="3%"),
        flow("rollover", "exim", "ken", interest="4%", maturity="a year"),
    ]
    flows.append(flow("loan", "exim", "treasury ken"))
    (row,) = resolve(
        [report(name, said(LENT, one, "USD 9e8")) for name, one in zip("xyz", flows, strict=True)], Knowledge()
    ).commitments
    assert (row.instrument, row.terms) == ("loan", {"interest": "3%", "maturity": "a year"})
    assert [(value.value.rpartition("-")[0], value.articles) for value in row.provider] == [
        ("export-import-bank-of-china", 3)
    ]
    assert [(value.value.rpartition("-")[0], value.articles) for value in row.recipient] == [
        ("kenya", 3),
        ("national-treasury", 1),
    ]


def test_boilerplate_is_no_commitment() -> None:
    teaser = said(
        "Read also: China to lend Kenya 900 million dollars for its port.", LOAN, "USD 9e8", projects=["port"]
    )
    known = resolve(
        [report("x", said(LENT, LOAN, "USD 9e8")), report("y", teaser | {"boilerplate": True})], Knowledge()
    )
    assert [link.link for link in known.links if link.said.what == "commitment"] == ["x/c0"]
    assert [len(row.reports) for row in known.commitments] == [1]
    assert known.timeline == []


def test_a_folder_without_flows_is_read_and_brought_up_to_date(tmp_path: Path) -> None:
    records = [report("x", said(LENT, LOAN, "USD 9e8")), report("y", said(PAID, LOAN, "USD 9e8"))]
    known = resolve(records, Knowledge())
    write(known, tmp_path)
    (tmp_path / "disagreements.jsonl").unlink()
    for name, fields in (("links", ["flow"]), ("commitments", ["instrument", "provider", "recipient", "terms"])):
        path = tmp_path / f"{name}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            for field in fields:
                row.get("said", row).pop(field, None)
            if name == "commitments":
                row["tellings"] = row.pop("reports")
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    path = tmp_path / "articles.jsonl"
    old = [json.loads(line) | {"record": "0" * 64} for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("".join(json.dumps(row) + "\n" for row in old), encoding="utf-8")
    (row,) = resolve([], read(tmp_path)).commitments
    assert (row.instrument, row.provider, row.id) == (None, [], known.commitments[0].id)
    again = resolve(records, read(tmp_path))
    assert (again.commitments, again.articles) == (known.commitments, known.articles)
