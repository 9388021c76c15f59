"""What one article's record got wrong, in words."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.corpus.gold import GoldArticle
from pipeline.evaluate.differences import Difference, differences
from pipeline.record import Record

Perfect = Callable[[str], Record]


def told(golds: dict[str, GoldArticle], record: Record) -> list[Difference]:
    return differences(golds[record.article.id], record)


def altered(record: Record, field: str, place: int, **values: Any) -> Record:
    parts = list(getattr(record, field))
    parts[place] = parts[place].model_copy(update=values)
    return record.model_copy(update={field: parts})


def test_a_perfect_record_has_none(golds: dict[str, GoldArticle], perfect: Perfect) -> None:
    assert told(golds, perfect("authored-002")) == []


@pytest.mark.parametrize(
    ("field", "place", "values", "expected"),
    [
        ("mentions", 1, {"label": "PLACE"}, [
            ("mentions", "missed", "13:35 ORG “Asian Development Bank”"),
            ("mentions", "spurious", "13:35 PLACE “Asian Development Bank”"),
        ]),
        ("actors", 1, {"kind": "group"}, [("actors", "other", "Kyrgyzstan: kind country told as group")]),
        ("projects", 2, {"countries": []}, [("projects", "other", "2025 budget: countries KGZ told as -")]),
        ("relations", -1, {"type": "concerns"}, [
            ("relations", "missed", "Naryn-Baetov road rehabilitation project part_of "
             "Central Asia Regional Economic Cooperation (CAREC) programme"),
            ("relations", "spurious", "Naryn-Baetov road rehabilitation project concerns "
             "Central Asia Regional Economic Cooperation (CAREC) programme"),
        ]),
        ("commitments", 1, {"status": "agreed", "to": ["a2"]}, [
            ("commitments", "other", "“will also give”: status pledged told as agreed; "
             "missed to: Ministry of Transport; spurious to: Kyrgyzstan"),
        ]),
    ],
)  # fmt: skip
def test_what_is_told(
    golds: dict[str, GoldArticle],
    perfect: Perfect,
    field: str,
    place: int,
    values: dict[str, Any],
    expected: list[tuple[str, str, str]],
) -> None:
    found = told(golds, altered(perfect("authored-001"), field, place, **values))
    assert found == [Difference(*one) for one in expected]  # type: ignore[arg-type]


def test_a_commitment_missed_is_told_with_its_sentence(golds: dict[str, GoldArticle], perfect: Perfect) -> None:
    record = perfect("authored-003")
    found = told(golds, record.model_copy(update={"commitments": record.commitments[:-1], "sectors": []}))
    assert [(d.family, d.side) for d in found] == [("commitments", "missed"), ("sectors", "missed")]
    assert found[0].what.startswith("finance stalled “has been withheld” [amount: 225000000 PKR; by: Ministry of")
    assert "in “The next instalment" in found[0].what
