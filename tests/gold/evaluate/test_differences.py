"""Differences between a record and its gold, in words."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.gold.evaluate.differences import Difference, differences
from pipeline.gold.evaluate.matching import match
from pipeline.record import Flow, Record

Perfect = Callable[[str], Record]


def found_in(golds: dict[str, Record], record: Record) -> list[Difference]:
    return differences(match(golds[record.article.id], record))


def altered(record: Record, field: str, position: int, **values: Any) -> Record:
    parts = list(getattr(record, field))
    parts[position] = parts[position].model_copy(update=values)
    return record.model_copy(update={field: parts})


def test_a_perfect_record_has_none(golds: dict[str, Record], perfect: Perfect) -> None:
    assert found_in(golds, perfect("authored-002")) == []


@pytest.mark.parametrize(
    ("field", "position", "values", "expected"),
    [
        ("mentions", 1, {"label": "PLACE"}, [
            ("mentions", "missed", "13:35 ORG “Asian Development Bank”"),
            ("mentions", "spurious", "13:35 PLACE “Asian Development Bank”"),
        ]),
        ("actors", 1, {"kind": "group"}, [("actors", "other", "Kyrgyzstan: kind country found as group")]),
        ("projects", 0, {"countries": []}, [
            ("projects", "other", "Naryn-Baetov road rehabilitation project: countries KGZ found as -"),
        ]),
        ("relations", -1, {"type": "concerns"}, [
            ("relations", "missed", "Naryn-Baetov road rehabilitation project part_of "
             "Central Asia Regional Economic Cooperation (CAREC) programme"),
            ("relations", "spurious", "Naryn-Baetov road rehabilitation project concerns "
             "Central Asia Regional Economic Cooperation (CAREC) programme"),
        ]),
        ("commitments", 1, {"status": "agreed", "to": ["a2"]}, [
            ("commitments", "other", "“will also give”: status pledged found as agreed; "
             "missed to: Ministry of Transport; spurious to: Kyrgyzstan"),
        ]),
    ],
)  # fmt: skip
def test_differences(
    golds: dict[str, Record],
    perfect: Perfect,
    field: str,
    position: int,
    values: dict[str, Any],
    expected: list[tuple[str, str, str]],
) -> None:
    found = found_in(golds, altered(perfect("authored-001"), field, position, **values))
    assert found == [Difference(*one) for one in expected]  # type: ignore[arg-type]


def test_a_missed_commitment_is_quoted_with_its_sentence(golds: dict[str, Record], perfect: Perfect) -> None:
    record = perfect("authored-003")
    found = found_in(golds, record.model_copy(update={"commitments": record.commitments[:-1], "sectors": []}))
    assert [(d.family, d.side) for d in found] == [("commitments", "missed"), ("sectors", "missed")]
    assert found[0].what.startswith("finance stalled “has been withheld” [amount: 225000000 PKR; by: Ministry of")
    assert "in “The next instalment" in found[0].what


def test_flows_and_denials(golds: dict[str, Record]) -> None:
    gold = golds["authored-001"]
    swapped = Flow(instrument="loan", provider=["a5", "a2"], recipient=[])
    found = altered(altered(gold, "commitments", 0, negated=True), "commitments", 1, flow=swapped)
    assert [d.what for d in differences(match(gold, found))] == [
        "“signed”: negated in the record only",
        "“will also give”: flow grant from Asian Development Bank to Ministry of Transport "
        "found as loan from Kyrgyzstan, Ministry of Transport to -",
    ]


def test_records_without_flows_are_not_held_against_flows(golds: dict[str, Record]) -> None:
    gold = golds["authored-001"]
    commitments = [one.model_copy(update={"flow": None}) for one in gold.commitments]
    sentences = [one.model_copy(update={"boilerplate": None}) for one in gold.sentences]
    assert found_in(golds, gold.model_copy(update={"commitments": commitments, "sentences": sentences})) == []
