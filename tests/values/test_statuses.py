"""Statuses in the words of IATI and AidData."""

import json
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from okfn_iati import ActivityDateType, ActivityStatus, TransactionType

from pipeline.record import CommitmentKind, Status
from pipeline.values.statuses import stages, standing


@pytest.mark.parametrize(
    ("status", "kind", "activity_status", "transaction_type", "stage", "recommended"),
    [
        ("proposed", "finance", 1, None, "Pipeline: Pledge", False),
        ("pledged", "finance", 1, 12, "Pipeline: Pledge", False),
        ("agreed", "finance", 1, 2, "Pipeline: Commitment", True),
        ("underway", "finance", 2, 2, "Implementation", True),
        ("completed", "finance", 3, 3, "Completion", True),
        ("completed", "delivery", 3, None, "Completion", False),
        ("stalled", "finance", 6, None, "Suspended", False),
        ("cancelled", "contract", 5, None, "Cancelled", False),
    ],
)
def test_what_a_status_means(
    status: Status,
    kind: CommitmentKind,
    activity_status: int,
    transaction_type: int | None,
    stage: str,
    recommended: bool,
) -> None:
    known = standing(status, kind)
    assert (known.activity_status, known.transaction_type) == (activity_status, transaction_type)
    assert (known.aiddata_stage, known.recommended_for_aggregates) == (stage, recommended)


def test_every_status_of_every_kind_has_codes_of_the_lists() -> None:
    for status, kind in product(get_args(Status), get_args(CommitmentKind)):
        known = standing(status, kind)
        assert known.activity_status in {int(code) for code in ActivityStatus}
        assert str(known.transaction_type) in {code.value for code in TransactionType} | {"None"}
        assert str(known.activity_date) in {code.value for code in ActivityDateType}
        assert known.aiddata_stage in stages()


def test_the_stages_are_those_of_aiddatas_own_records(corpus: Path) -> None:
    path = corpus.parent / "data" / "sectors" / "aiddata_gcof.jsonl"
    if not path.is_file():
        pytest.skip("AidData's records are not here")
    records = path.read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["status"] for line in records} == set(stages())
