"""Amounts in dollars of the article's year, by the average official rate of that year.

Hard because rates are missing just where they matter, in years when nobody traded at the official one: there the
answer is None, and a neighbouring year is never taken instead.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite

from pipeline.seeds import rows

DOLLAR = "USD"


def usd(value: float, currency: str, year: int) -> float | None:
    """What an amount of a currency (ISO 4217) was worth in US dollars on the average of a year.

    None where that is unknown, or more than a number can hold.

    Source: `seeds/exchange_rates.csv`, which names for each rate where it was published.
    """
    rate = per_usd(currency, year)
    return None if rate is None or not isfinite(value / rate) else value / rate


def per_usd(currency: str, year: int) -> float | None:
    """Units of a currency for one US dollar, average of the year; None where no rate was published."""
    return 1.0 if currency == DOLLAR else _rates().get((currency, year))


@lru_cache(maxsize=1)
def _rates() -> dict[tuple[str, int], float]:
    found = rows("exchange_rates.csv", "currency", "year", "per_usd", "source")
    return {(row["currency"], int(row["year"])): float(row["per_usd"]) for row in found}
