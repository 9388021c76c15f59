"""Names of provinces and states -> ISO 3166-2."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.seeds import rows, split
from pipeline.values.gazetteer.country_codes import alpha2
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country

_KIND = re.compile(r"\s+(?:province|state|division|region|county|governorate|oblast|autonomous region)$")


def subdivision_of(name: str, country: str | None = None) -> str | None:
    """The ISO 3166-2 code of a province or state; None for any other name, or for several without `country`.

    `country`: ISO 3166-1 alpha-2, with which the code begins.
    """
    plain = key(name)
    found = _codes().get(plain) or _codes().get(_KIND.sub("", plain)) or []
    within = [code for code in found if code.startswith(f"{country}-")] if country else found
    if len(within) != 1 or (country is None and _elsewhere(name, within[0])):
        return None
    return within[0]


def _elsewhere(name: str, code: str) -> bool:
    """Whether a name is also that of a place in another country."""
    home = place_country(name)
    return home is not None and alpha2(home) != code[:2]


@lru_cache(maxsize=1)
def _codes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows("subdivisions.csv", "code", "name"):
        for name in (row["name"], *split(row["other_names"])):
            found.setdefault(key(name), []).append(row["code"])
    return found
