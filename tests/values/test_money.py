"""Amounts as news writes them, and what they are worth."""

import pytest
from babel.core import get_global
from tables import Row, table_of

from pipeline.seeds import rows
from pipeline.values.currencies import Home, codes, per_usd, usd
from pipeline.values.money import Money, find_money, hedged, is_price, parse_money, per_unit, read_money

NEEDED = "PKR INR BDT LKR NPR CNY KZT KES ETB ZAR EGP IDR VND JPY GBP AED SAR"


@pytest.mark.parametrize("case", table_of(__file__, "money.csv"), ids=lambda case: case["text"])
def test_hard_cases(case: Row) -> None:
    value, low, high = (float(case[column]) if case[column] else None for column in ("value", "low", "high"))
    expected = Money(value, low, high, case["approximate"] == "True", case["currency"] or None)
    assert parse_money(case["text"], Home((case["country"],))) == expected


@pytest.mark.parametrize("case", table_of(__file__, "rates.csv"), ids=lambda case: case["text"])
def test_prices_are_distinguished_from_totals(case: Row) -> None:
    end = find_money(case["text"])[0][1]
    assert per_unit(case["text"], end) == (case["per"] or None)


PRICES = ("Rs39.9/unit", "$655 a tonne delivered", "Rs2,000 a month for widows")
SUMS = ("$300 billion a year by 2035", "Rs70 million each for two dams", "$4 million per annum", "$4 million")


def test_sums_of_a_year_or_for_each_are_no_prices() -> None:
    assert [text for text in (*PRICES, *SUMS) if is_price(text, find_money(text)[0][1])] == [*PRICES]


def test_every_currency_in_use_is_known() -> None:
    """All that CLDR names as tender of a country today, but for units of account; two codes are English words."""
    tender = {
        code
        for spans in get_global("territory_currencies").values()
        for code, _, end, legal in spans
        if legal and not end
    }
    known = {row["code"] for row in rows("currencies.csv", "code")}
    assert tender - known <= {"CHE", "CHW", "CLF", "MXV", "COU", "UYI", "UYW", "BOV", "USN", "VED", "CUC", "LUC", "LUL"}
    assert known - codes() == {"ALL", "CUP"}


def test_hedges_around_an_amount_bound_it() -> None:
    text = "The fund may lend as much as $90 million."
    assert hedged(Money(9e7, currency="USD"), text, text.index("$"), len(text) - 1).high == 9e7
    assert hedged(Money(9e7), text, 0, 3) == Money(9e7)


@pytest.mark.parametrize(
    "text", ["", "seven", "50 billion people", "Rs", "$", "30 per cent", "won", "THE SH 20 ROAD", "$200&nbsp;million"]
)
def test_not_money(text: str) -> None:
    assert parse_money(text) is None


@pytest.mark.parametrize(
    "case", table_of(__file__, "exchange.csv"), ids=lambda case: f"{case['currency']} {case['year']}"
)
def test_rates_agree_with_a_second_source(case: Row) -> None:
    assert per_usd(case["currency"], int(case["year"])) == pytest.approx(float(case["rate"]), rel=0.01)


def test_an_amount_is_divided_by_the_rate_of_its_year_if_one_is_published() -> None:
    rate = per_usd("PKR", 2023)
    assert rate == pytest.approx(279, rel=0.01)
    assert rate is not None and usd(rate * 3e9, "PKR", 2023) == pytest.approx(3e9)
    assert usd(5e6, "USD", 1850) == 5e6
    assert usd(0, "EUR", 2020) == 0
    assert [usd(1e6, *none) for none in NO_RATE] == [None] * len(NO_RATE)
    for currency in NEEDED.split():
        first = {"KZT": 1996, "EGP": 1991}.get(currency, 1990)
        assert all(per_usd(currency, year) for year in range(first, 2026)), currency


NO_RATE = [
    ("EUR", 1998), ("TRY", 2004), ("PKR", 1989), ("PKR", 2190), ("XYZ", 2020), ("NGN", 1996), ("IRR", 2024), ("", 2020),
]  # fmt: skip


def test_the_rates_are_sorted_and_positive() -> None:
    found = rows("exchange_rates.csv", "currency", "year", "per_usd", "source")
    keys = [(row["currency"], int(row["year"])) for row in found]
    assert keys == sorted(set(keys))
    assert all(float(row["per_usd"]) > 0 for row in found)
    assert {row["source"] for row in found} == {"WB", "PWT", "NBP"}
    assert {currency for currency, _ in keys} <= {row["code"] for row in rows("currencies.csv", "code")}
    assert len(codes() & {currency for currency, _ in keys}) > 100


@pytest.mark.parametrize(
    "case", table_of(__file__, "currencies.csv"), ids=lambda case: f"{case['currency']} {case['home']}"
)
def test_currencies_are_read_as_words_codes_and_signs_at_home(case: Row) -> None:
    for form in case["forms"].split(" | "):
        read = [money for _, money in read_money(f"The cabinet set aside {form} for the road.", Home((case["home"],)))]
        value = 12e3 if "12,000" in form else 12e6
        assert [(money.currency, money.value) for money in read] == [(case["currency"], value)], form
