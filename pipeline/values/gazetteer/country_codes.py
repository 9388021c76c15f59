"""Country codes of ISO 3166-1: alpha-3 <-> alpha-2."""

from __future__ import annotations

from functools import lru_cache

from pipeline.seeds import rows


def alpha2(code: str) -> str | None:
    """The alpha-2 code of an alpha-3 code; None where `seeds/country_codes.csv` lacks it."""
    return _codes().get(code)


def alpha3(code: str) -> str:
    """The alpha-3 code of an alpha-2 code. Raises KeyError where `seeds/country_codes.csv` lacks it."""
    return _alpha3()[code]


@lru_cache(maxsize=1)
def _alpha3() -> dict[str, str]:
    return {two: three for three, two in _codes().items()}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    return {row["alpha3"]: row["alpha2"] for row in rows("country_codes.csv", "alpha3", "alpha2")}
