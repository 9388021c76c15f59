"""CRS purposes where the words decide, and none elsewhere; statuses in the words of IATI and AidData."""

import json
from pathlib import Path
from typing import get_args

import pytest
from okfn_iati import ActivityDateType, ActivityStatus, TransactionType
from tables import Row, table_of

from pipeline.record import Status
from pipeline.seeds import table
from pipeline.stages.models.sectors import codes
from pipeline.values.codes import THRESHOLD, purpose, stages, standing

PURPOSES = table("purposes.yaml")["purposes"]


@pytest.mark.parametrize("case", [*table_of(__file__, "purposes.csv"), {"text": "", "code": ""}], ids=str)
def test_words_decide_or_there_is_none(case: Row) -> None:
    found = purpose(case["text"])
    assert (found[0] if found else "") == case["code"]
    assert found is None or found[1] >= THRESHOLD


def test_the_sectors_of_the_project_decide_between_two_and_silence_where_they_differ() -> None:
    text = "road to the solar park"
    assert [purpose(text, [sector]) for sector in ("210", "230")] == [
        ("21020", pytest.approx(0.76)),
        ("23230", pytest.approx(0.76)),
    ]
    assert purpose("training for railway officials", ["110"]) is None
    found = purpose("training for railway officials", ["110"], threshold=0)
    assert found is not None and found[0] == "21030" and found[1] < THRESHOLD


def test_terms_are_unique_and_sectors_known() -> None:
    terms = [term for row in PURPOSES.values() for term in row["sure"]]
    assert len(terms) == len(set(terms))
    assert {row["sector"] for row in PURPOSES.values()} <= set(codes())
    assert all(len(code) == 5 and code.isdigit() for code in PURPOSES)


MEANS: list[tuple[Status, int, str]] = [
    ("proposed", 1, "Pipeline: Pledge"),
    ("pledged", 1, "Pipeline: Pledge"),
    ("agreed", 1, "Pipeline: Commitment"),
    ("underway", 2, "Implementation"),
    ("completed", 3, "Completion"),
    ("stalled", 6, "Suspended"),
    ("cancelled", 5, "Cancelled"),
]


def test_every_status_has_codes_of_the_lists() -> None:
    assert [row[0] for row in MEANS] == [*get_args(Status)]
    for status, activity_status, stage in MEANS:
        known = standing(status)
        assert (known.activity_status, known.aiddata_stage) == (activity_status, stage)
        assert known.activity_status in {int(code) for code in ActivityStatus}
        assert str(known.activity_date) in {code.value for code in ActivityDateType}
        assert known.aiddata_stage in stages()
    codes = {code.value for code in TransactionType}
    for instrument, types in table("iati.yaml")["transactions"].items():
        assert {str(code) for code in types.values()} <= codes, instrument


def test_the_stages_are_those_of_aiddatas_own_records(corpus: Path) -> None:
    path = corpus.parent / "data" / "sectors" / "aiddata_gcof.jsonl"
    if not path.is_file():
        pytest.skip("AidData's records are not here")
    records = path.read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["status"] for line in records} == set(stages())
