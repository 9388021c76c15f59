"""What became of a ministry or an agency: the name of today for the one that an older article uses.

Hard because names recur: India's Planning Commission is gone, Pakistan's is not, so the country decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from pipeline.gazetteer.names import key
from pipeline.seeds import rows

How = Literal["renamed", "merged", "replaced"]


@dataclass(frozen=True)
class Successor:
    """`name` since `year`; `how`: the body was renamed, merged into that one, or replaced by it."""

    name: str
    year: int
    how: How


def successor(name: str, country: str) -> Successor | None:
    """What a body of a country (ISO 3166-1 alpha-3) became; None where nothing is known.

    Source: `seeds/renamed.csv`, which names its own.
    """
    return _known().get((key(name), country))


def name_of_today(name: str, country: str) -> str:
    """The name that the same body bears today: through its renamings, not into a body that took it over."""
    found = successor(name, country)
    return name_of_today(found.name, country) if found is not None and found.how == "renamed" else name


@lru_cache(maxsize=1)
def _known() -> dict[tuple[str, str], Successor]:
    found = rows("renamed.csv", "old", "new", "country", "year", "how", "source")
    return {
        (key(row["old"]), row["country"]): Successor(row["new"], int(row["year"]), cast(How, row["how"]))
        for row in found
    }
