"""Names of provinces and states -> ISO 3166-2.

Hard because names recur across a border: there is a Punjab in Pakistan and one in India, so the country may decide.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.normalise.names import key
from pipeline.seeds import rows

_KIND = re.compile(r"\s+(?:province|state|division|autonomous region)$")


def subdivision_of(name: str, country: str | None = None) -> str | None:
    """The ISO 3166-2 code of a province or state; None where it is none, or one of several and `country` is not told.

    `country`: ISO 3166-1 alpha-2, with which the code begins. Source: `seeds/subdivisions.csv`.
    """
    plain = key(name)
    found = _codes().get(plain) or _codes().get(_KIND.sub("", plain)) or []
    within = [code for code in found if country is None or code.startswith(f"{country}-")]
    return within[0] if len(within) == 1 else None


@lru_cache(maxsize=1)
def _codes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows("subdivisions.csv", "code", "name"):
        for name in [row["name"], *filter(None, row["other_names"].split("|"))]:
            found.setdefault(key(name), []).append(row["code"])
    return found
