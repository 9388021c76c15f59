"""Statuses in the words of IATI and AidData."""

import json
from pathlib import Path
from typing import get_args

import pytest
from okfn_iati import ActivityDateType, ActivityStatus, TransactionType

from pipeline.record import Status
from pipeline.seeds import table
from pipeline.values.codes import stages, standing


@pytest.mark.parametrize(
    ("status", "activity_status", "stage"),
    [
        ("proposed", 1, "Pipeline: Pledge"),
        ("pledged", 1, "Pipeline: Pledge"),
        ("agreed", 1, "Pipeline: Commitment"),
        ("underway", 2, "Implementation"),
        ("completed", 3, "Completion"),
        ("stalled", 6, "Suspended"),
        ("cancelled", 5, "Cancelled"),
    ],
)
def test_what_a_status_means(status: Status, activity_status: int, stage: str) -> None:
    known = standing(status)
    assert (known.activity_status, known.aiddata_stage) == (activity_status, stage)


def test_every_status_has_codes_of_the_lists() -> None:
    for status in get_args(Status):
        known = standing(status)
        assert known.activity_status in {int(code) for code in ActivityStatus}
        assert str(known.activity_date) in {code.value for code in ActivityDateType}
        assert known.aiddata_stage in stages()


def test_every_transaction_of_iati_has_a_code_of_the_list() -> None:
    codes = {code.value for code in TransactionType}
    for instrument, types in table("iati.yaml")["transactions"].items():
        assert {str(code) for code in types.values()} <= codes, instrument


def test_the_stages_are_those_of_aiddatas_own_records(corpus: Path) -> None:
    path = corpus.parent / "data" / "sectors" / "aiddata_gcof.jsonl"
    if not path.is_file():
        pytest.skip("AidData's records are not here")
    records = path.read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["status"] for line in records} == set(stages())
