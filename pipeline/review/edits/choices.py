"""The values that a reviewer can choose, for the page and to check what it sends."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pipeline.review.edits.ids import SLOTS
from pipeline.review.formats.task import ACTORS, KINDS, MENTIONS, RELATIONS, STATUSES
from pipeline.seeds import rows
from pipeline.values.currencies import codes as currency_codes
from pipeline.values.gazetteer.places import name_by_country


@lru_cache(maxsize=1)
def sectors() -> dict[str, str]:
    """Sector labels by code."""
    return {row["code"]: row["label"] for row in rows("sectors.csv", "code", "group", "label")}


@lru_cache(maxsize=1)
def currencies() -> list[str]:
    """ISO 4217 codes."""
    return sorted({row["code"] for row in rows("currencies.csv", "code")} | currency_codes())


def choices() -> dict[str, Any]:
    """All values, in the order in which the page shows them."""
    return {
        "labels": MENTIONS,
        "actor_kinds": ACTORS,
        "relation_types": RELATIONS,
        "commitment_kinds": KINDS,
        "statuses": STATUSES,
        "slots": SLOTS,
        "sectors": [{"code": code, "label": label} for code, label in sectors().items()],
        "countries": [{"code": code, "name": name} for code, name in name_by_country().items()],
        "currencies": currencies(),
    }
