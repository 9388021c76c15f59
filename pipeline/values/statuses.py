"""The status of a commitment in the code lists of IATI and AidData."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.record import CommitmentKind, Status
from pipeline.seeds import rows


@dataclass(frozen=True)
class Standing:
    """A row of `seeds/statuses.csv`, which names the code lists; `transaction_type` is None where no money flows."""

    activity_status: int
    transaction_type: int | None
    aiddata_stage: str
    recommended_for_aggregates: bool
    activity_date: int


def standing(status: Status, kind: CommitmentKind) -> Standing:
    """The codes of a status, which may depend on the kind of commitment."""
    known = _standings()
    return known.get((status, kind)) or known[status, ""]


def stages() -> tuple[str, ...]:
    """The stages of AidData, in the order of a project's life."""
    return tuple(dict.fromkeys(known.aiddata_stage for known in _standings().values()))


@lru_cache(maxsize=1)
def _standings() -> dict[tuple[str, str], Standing]:
    required = ("status", "activity_status", "aiddata_stage", "recommended_for_aggregates", "activity_date")
    return {
        (row["status"], row["kind"]): Standing(
            activity_status=int(row["activity_status"]),
            transaction_type=int(row["transaction_type"]) if row["transaction_type"] else None,
            aiddata_stage=row["aiddata_stage"],
            recommended_for_aggregates=row["recommended_for_aggregates"] == "yes",
            activity_date=int(row["activity_date"]),
        )
        for row in rows("statuses.csv", *required)
    }
