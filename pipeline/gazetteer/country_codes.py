"""ISO 3166-1 alpha-3 <-> alpha-2, which other formats use."""

from __future__ import annotations

from functools import lru_cache

from pipeline.seeds import rows


def alpha2(code: str) -> str | None:
    """The two letters of a country's three; None where `seeds/country_codes.csv` does not know them."""
    return _codes().get(code)


def alpha3(code: str) -> str:
    """The three letters of a country's two. Raises KeyError where `seeds/country_codes.csv` does not know them."""
    return _of_two()[code]


@lru_cache(maxsize=1)
def _of_two() -> dict[str, str]:
    return {two: three for three, two in _codes().items()}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    return {row["alpha3"]: row["alpha2"] for row in rows("country_codes.csv", "alpha3", "alpha2")}
