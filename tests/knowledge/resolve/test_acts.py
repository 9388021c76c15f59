"""Which two commitments of two articles are one act, by what they say and by whose money goes where."""

import json
from pathlib import Path
from typing import Any

import pytest
from knowledge.resolve.flows import PROJECTS, flow, report, said
from knowledge.resolve.stories import project

from pipeline.knowledge.folder import Knowledge, KnownCommitment, read, write
from pipeline.knowledge.resolve import resolve
from pipeline.record import Flow, Record

LENT = "The Chinese lenders and Nairobi settled on the sum of 900 million dollars."
PAID = "Some 900 million dollars went between Nairobi and the Chinese lenders, a person in the room said."
LOAN = flow("loan", "exim", "ken")
SIGNED = "The bank will lend the money for the port, the two sides said."
BEGUN = {"sentence": "Work on the berths has begun near the old harbour."}
MORE = [
    *PROJECTS,
    project("bagamoyo", "Bagamoyo Port", countries=["TZA"]),
    project("gateway", "Global Gateway", True, ["KEN"]),
    project("vision", "Vision 2030", True, ["KEN"]),
]
PORT = {"projects": ["port"]}


def signed(id: str, *sums: str, day: str | None = "2025-06-03", story: str | None = None, **fields: Any) -> Record:
    """An article with one commitment: finance that ADB has agreed with Kenya, unless fields say otherwise."""
    fields = {"by": ["adb"], "to": ["ken"], **fields}
    row = said(fields.pop("sentence", SIGNED), None, *sums, **fields)
    return report(id, row, day=day, story=story).model_copy(update={"projects": MORE})


def acts(*records: Record) -> list[KnownCommitment]:
    return resolve(records, Knowledge()).commitments


USD3 = "USD 3e8"
ONE: list[tuple[Any, Any]] = [
    ((USD3, {}), (USD3, {})),
    ((USD3, {}), (USD3, BEGUN)),
    (("USD 3.3e8", {}), ("USD 3.33e8", BEGUN)),
    ((USD3, PORT), ("USD 3.3e8", PORT | BEGUN)),
    ((USD3, PORT), ("KES 4e10", PORT)),
    ((USD3, {"status": "proposed"}), (USD3, {"status": "cancelled"} | BEGUN)),
    (("", {"kind": "delivery"} | PORT), ("", {"kind": "delivery"} | PORT)),
]
TWO: list[tuple[Any, Any]] = [
    ((USD3, {}), (USD3, {"day": "2026-06-03"})),
    ((USD3, {"day": None}), (USD3, {"day": None})),
    ((USD3, {}), ("USD 8e8", {})),
    ((USD3, {}), (USD3, {"kind": "contract"})),
    ((USD3, {}), (USD3, {"by": ["wb"]})),
    ((USD3, {}), (USD3, {"by": ["ken"], "to": ["adb"]})),
    ((USD3, PORT), (USD3, {"projects": ["bagamoyo"], "to": ["chn"]})),
    ((USD3, {}), ("KES 3e8", BEGUN)),
    ((USD3, PORT), ("USD 3.6e8", PORT | BEGUN)),
    ((USD3, {"projects": ["gateway"], "by": ["ken"]}), (USD3, {"projects": ["vision"], "by": ["ken"]} | BEGUN)),
    ((USD3, {"kind": "policy"}), (USD3, {"kind": "policy"} | BEGUN)),
    (("", {"kind": "cooperation"}), ("", {"kind": "cooperation"} | BEGUN)),
]


@pytest.mark.parametrize(("one", "other", "number"), [(*pair, 1) for pair in ONE] + [(*pair, 2) for pair in TWO])
def test_two_reports_are_of_one_or_of_two(one: Any, other: Any, number: int) -> None:
    (sums, fields), (others, more) = one, other
    assert len(acts(signed("x", *sums.splitlines(), **fields), signed("y", *others.splitlines(), **more))) == number


@pytest.mark.parametrize(
    ("one", "other", "fields", "number"),
    [
        (LOAN, LOAN, {}, 1),
        (LOAN, flow("rollover", "exim", "ken"), {}, 1),
        (LOAN, flow("loan", "exim", ""), {}, 1),
        (flow("loan", "chn", "ken"), flow("loan", "banks", "ken"), {}, 1),
        (flow("rollover", "exim", "ken"), flow("repayment", "ken", "exim"), {}, 2),
        (LOAN, flow("repayment", "exim", "ken"), {}, 2),
        (LOAN, flow("loan", "ken", "exim"), {}, 2),
        (flow("loan", "chn", "ken"), flow("loan", "ken", "exim"), {}, 2),
        (LOAN, flow("budget", "exim", "ken"), {}, 2),
        (LOAN, flow("purchase", "exim", "ken"), {}, 2),
        (LOAN, flow("loan", "wb", "ken"), {}, 2),
        (LOAN, LOAN, {"by": ["ken"], "to": ["exim"]}, 1),  # the flow gives the direction, not who acts
        (LOAN, None, {"by": ["exim"], "to": ["ken"]}, 1),  # without a flow those who act are compared
        (LOAN, None, {"by": ["ken"], "to": ["exim"]}, 2),
    ],
)
def test_a_flow_says_which_are_one(one: Flow, other: Flow | None, fields: dict[str, Any], number: int) -> None:
    second = report("y", said(PAID, other, "USD 9e8", **fields))
    assert len(acts(report("x", said(LENT, one, "USD 9e8")), second)) == number


def test_a_repayment_joins_no_loan_through_a_report_without_a_flow() -> None:
    sides = {"by": ["exim"], "to": ["ken"]}
    flows = (LOAN, None, flow("repayment", "ken", "exim"))
    records = [report(id, said(LENT, one, "USD 9e8", **sides)) for id, one in zip("xyz", flows, strict=True)]
    assert sorted(len(row.reports) for row in acts(*records)) == [1, 2]


def test_money_is_counted_over_all_reports() -> None:
    flows = [
        flow("loan", "exim", "ken", interest="3%"),
        flow("rollover", "exim", "ken", interest="4%", maturity="a year"),
        flow("loan", "exim", "treasury ken"),
    ]
    (row,) = acts(*(report(id, said(LENT, one, "USD 9e8")) for id, one in zip("xyz", flows, strict=True)))
    assert (row.instrument, row.terms) == ("loan", {"interest": "3%", "maturity": "a year"})
    sides = [(value.value.rpartition("-")[0], value.articles) for value in (*row.provider, *row.recipient)]
    assert sides == [("export-import-bank-of-china", 3), ("kenya", 3), ("national-treasury", 1)]


def test_the_latest_day_says_how_it_stands() -> None:
    (row,) = acts(signed("x", USD3), signed("y", USD3, day="2025-06-09", status="cancelled"))
    assert (row.counted, row.disagree) == (False, [])
    assert [value.value for value in row.statuses] == ["cancelled", "agreed"]


def test_a_tie_of_amounts_is_not_settled_and_copies_do_not_outvote() -> None:
    copies = [signed(name, USD3, story="x", **PORT) for name in ("x", "x1", "x2")]
    for one in (copies[:1], copies):
        (row,) = acts(*one, signed("y", "USD 3.3e8", **PORT))
        assert (row.amount, row.disagree, len(row.reports)) == (None, ["amounts"], 2)


def test_boilerplate_is_no_commitment() -> None:
    teaser = "Read also: China to lend Kenya 900 million dollars for its port."
    also = report("y", said(teaser, LOAN, "USD 9e8", boilerplate=True, **PORT))
    known = resolve([report("x", said(LENT, LOAN, "USD 9e8")), also], Knowledge())
    assert [link.link for link in known.links if link.said.what == "commitment"] == ["x/c0"]
    assert ([len(row.reports) for row in known.commitments], known.timeline) == ([1], [])


def test_a_folder_without_flows_is_read_and_brought_up_to_date(tmp_path: Path) -> None:
    records = [report("x", said(LENT, LOAN, "USD 9e8")), report("y", said(PAID, LOAN, "USD 9e8"))]
    known = resolve(records, Knowledge())
    write(known, tmp_path)
    (tmp_path / "disagreements.jsonl").unlink()
    for name in ("links", "commitments", "articles"):
        path = tmp_path / f"{name}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            for field in ("flow", "instrument", "provider", "recipient", "terms"):
                row.get("said", row).pop(field, None)
            row.update({"tellings": row.pop("reports")} if "reports" in row else {})
            row.update({"record": "0" * 64} if "record" in row else {})
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (row,) = resolve([], read(tmp_path)).commitments
    assert (row.instrument, row.provider, row.id) == (None, [], known.commitments[0].id)
    again = resolve(records, read(tmp_path))
    assert (again.commitments, again.articles) == (known.commitments, known.articles)
