"""The status of a commitment in the code lists of IATI and AidData."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.record import Status
from pipeline.seeds import rows


@dataclass(frozen=True)
class Standing:
    """A row of `seeds/statuses.csv`, which names the code lists."""

    activity_status: int
    aiddata_stage: str
    activity_date: int


def standing(status: Status) -> Standing:
    """The codes of a status."""
    return _standings()[status]


def stages() -> tuple[str, ...]:
    """The stages of AidData, in the order of a project's life."""
    return tuple(dict.fromkeys(known.aiddata_stage for known in _standings().values()))


@lru_cache(maxsize=1)
def _standings() -> dict[str, Standing]:
    return {
        row["status"]: Standing(int(row["activity_status"]), row["aiddata_stage"], int(row["activity_date"]))
        for row in rows("statuses.csv", "status", "activity_status", "aiddata_stage", "activity_date")
    }
