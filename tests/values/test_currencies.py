"""Dollars of the article's year: against rates that others published, and never by a guess."""

import pytest

from pipeline.seeds import rows
from pipeline.values.currencies import codes, per_usd, usd

NEEDED = "PKR INR BDT LKR NPR CNY KZT KES ETB ZAR EGP IDR VND JPY GBP AED SAR"

# Second sources: Federal Reserve H.10 (yearly averages of noon rates) and the European Central Bank's reference rates.
ELSEWHERE = [
    ("CNY", 2010, 6.7696, "H.10"),
    ("INR", 2000, 45.00, "H.10"),
    ("INR", 2016, 67.16, "H.10"),
    ("JPY", 1995, 93.96, "H.10"),
    ("ZAR", 2012, 8.2014, "H.10"),
    ("MYR", 2015, 3.9041, "H.10"),
    ("KRW", 1998, 1400.40, "H.10"),
    ("EUR", 2003, 0.8833, "H.10"),
    ("SGD", 1990, 1.8134, "H.10"),
    ("GBP", 2022, 0.81213, "ECB"),
    ("TRY", 2022, 16.61191, "ECB"),
    ("PLN", 2022, 4.46297, "ECB"),
    ("CNY", 2013, 6.14801, "ECB"),
    ("IDR", 2013, 10422.33946, "ECB"),
    ("BRL", 2015, 3.33909, "ECB"),
]


@pytest.mark.parametrize(("currency", "year", "rate", "source"), ELSEWHERE)
def test_rates_agree_with_a_second_source(currency: str, year: int, rate: float, source: str) -> None:
    assert per_usd(currency, year) == pytest.approx(rate, rel=0.01), source


def test_an_amount_is_divided_by_the_rate_of_its_year() -> None:
    rate = per_usd("PKR", 2023)
    assert rate == pytest.approx(279, rel=0.01)
    assert rate is not None and usd(rate * 3e9, "PKR", 2023) == pytest.approx(3e9)
    assert usd(5e6, "USD", 1850) == 5e6
    assert usd(0, "EUR", 2020) == 0


@pytest.mark.parametrize(
    ("currency", "year"),
    [
        ("EUR", 1998),
        ("TRY", 2004),
        ("PKR", 1989),
        ("PKR", 2190),
        ("XYZ", 2020),
        ("NGN", 1996),
        ("IRR", 2024),
        ("", 2020),
    ],
)
def test_where_no_rate_is_published_there_is_none(currency: str, year: int) -> None:
    assert usd(1e6, currency, year) is None


@pytest.mark.parametrize("currency", NEEDED.split())
def test_the_currencies_of_the_field_are_whole(currency: str) -> None:
    first = {"KZT": 1996, "EGP": 1991}.get(currency, 1990)
    assert all(per_usd(currency, year) for year in range(first, 2026))


def test_the_rates_are_sorted_and_positive() -> None:
    found = rows("exchange_rates.csv", "currency", "year", "per_usd", "source")
    keys = [(row["currency"], int(row["year"])) for row in found]
    assert keys == sorted(set(keys))
    assert all(float(row["per_usd"]) > 0 for row in found)
    assert {row["source"] for row in found} == {"WB", "PWT", "NBP"}
    assert {currency for currency, _ in keys} <= {row["code"] for row in rows("currencies.csv", "code")}
    assert len(codes() & {currency for currency, _ in keys}) > 100
