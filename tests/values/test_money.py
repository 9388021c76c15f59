"""Amounts as news writes them, and what they are worth."""

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, table_of

from pipeline.seeds import rows
from pipeline.values.currencies import Home, codes
from pipeline.values.money import (
    Money,
    find_money,
    hedge_before,
    is_price,
    parse_money,
    per_unit,
    with_hedge,
)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("$700m", 700_000_000, "USD"),
        ("USD 4 bn", 4_000_000_000, "USD"),
        ("US$480 million", 480_000_000, "USD"),
        ("Rs3.45tr", 3_450_000_000_000, "PKR"),
        ("Rs 55 crore", 550_000_000, "PKR"),
        ("Rs7billion", 7_000_000_000, "PKR"),
        ("Rs. 33.45 billion", 33_450_000_000, "PKR"),
        ("Rs1,287 billion", 1_287_000_000_000, "PKR"),
        ("Rs two trillion", 2_000_000_000_000, "PKR"),
        ("Rs5 lakh crore", 5_000_000_000_000, "PKR"),
        ("2.5 lakh rupees", 250_000, "PKR"),
        ("25 billion rupees", 25_000_000_000, "PKR"),
        ("RMB 250 billion", 250_000_000_000, "CNY"),
        ("15 billion yuan", 15_000_000_000, "CNY"),
        ("€51m", 51_000_000, "EUR"),
        ("£4.7 billion", 4_700_000_000, "GBP"),
        ("75 mln dlrs", 75_000_000, "USD"),
        ("600 mln ECU", 600_000_000, "XEU"),
        ("a billion dlrs", 1_000_000_000, "USD"),
        ("Rp 5 trillion", 5_000_000_000_000, "IDR"),
        ("P4.8 billion", 4_800_000_000, "PHP"),
        ("B2.3m", 2_300_000, "THB"),
        ("500 million baht", 500_000_000, "THB"),
        ("S$90 million", 90_000_000, "SGD"),
        ("C$1.1bn", 1_100_000_000, "CAD"),
        ("A$20m", 20_000_000, "AUD"),
        ("HK$3 billion", 3_000_000_000, "HKD"),
        ("¥40 billion", 40_000_000_000, "JPY"),
        ("300 billion yen", 300_000_000_000, "JPY"),
        ("8.25 billion ringgit", 8_250_000_000, "MYR"),
        ("12 billion tenge", 12_000_000_000, "KZT"),
        ("900 million taka", 900_000_000, "BDT"),
        ("60 million Kenyan shillings", 60_000_000, "KES"),
        ("28 Egyptian pounds", 28, "EGP"),
        ("4.5 piasters", 0.045, "EGP"),
        ("$0.99", 0.99, "USD"),
        ("$24-million", 24_000_000, "USD"),
        ("US$5 million dollars", 5_000_000, "USD"),
        ("10,000 THB", 10_000, "THB"),
    ],
)
def test_value_and_currency(text: str, value: float, currency: str) -> None:
    money = parse_money(text)
    assert money is not None
    assert (money.value, money.currency) == (value, currency)
    assert find_money(text) == [(0, len(text))]


@pytest.mark.parametrize(
    ("text", "country", "currency"),
    [
        ("Rs50 million", None, "PKR"),
        ("Rs50 million", "IND", "INR"),
        ("Rs50 million", "LKA", "LKR"),
        ("Rs50 million", "NPL", "NPR"),
        ("50 million Indian rupees", "PAK", "INR"),
        ("$50 million", "AUS", "USD"),
        ("50 million pesos", "PHL", "PHP"),
        ("50 million pesos", "MEX", "MXN"),
        ("50 million pesos", None, None),
        ("50 million dinars", None, None),
        ("50 million dinars", "KWT", "KWD"),
        ("50 million som", "UZB", "UZS"),
        ("K50 million", "ZMB", "ZMW"),
        ("¥50 million", "CHN", "CNY"),
        ("50 billion CFA francs", None, None),
        ("50 billion CFA francs", "CMR", "XAF"),
    ],
)
def test_shared_signs_follow_the_country(text: str, country: str | None, currency: str | None) -> None:
    money = parse_money(text, Home((country,) if country else ()))
    assert money is not None and money.currency == currency


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1.2-1.5bn", Money(1.2e9, 1.2e9, 1.5e9, False, "USD")),
        ("$1.2 billion to $1.5 billion", Money(1.2e9, 1.2e9, 1.5e9, False, "USD")),
        ("Rs6 to 8 billion", Money(6e9, 6e9, 8e9, False, "PKR")),
        ("10,000 - 20,000 THB", Money(1e4, 1e4, 2e4, False, "THB")),
        ("up to $5m", Money(5e6, None, 5e6, False, "USD")),
        ("at least Rs2 billion", Money(2e9, 2e9, None, False, "PKR")),
        ("more than $5m", Money(5e6, 5e6, None, True, "USD")),
        ("nearly $5m", Money(5e6, None, 5e6, True, "USD")),
        ("around $5m", Money(5e6, None, None, True, "USD")),
        ("billions of dollars", Money(None, None, None, True, "USD")),
        ("multi-billion dollar", Money(None, None, None, True, "USD")),
        ("hundreds of billions of rupees", Money(None, None, None, True, "PKR")),
    ],
)
def test_bounds(text: str, expected: Money) -> None:
    assert parse_money(text) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The bank offered up to $120 million, about Rs33 billion.", ["$120 million", "Rs33 billion"]),
        ("Power will cost Rs39.9/unit from July.", ["Rs39.9"]),
        ("It rose from $5 billion to $7 billion in a year.", ["$5 billion", "$7 billion"]),
        ("Gold fell by Rs700 to Rs4,100 a gram.", ["Rs700", "Rs4,100"]),
        ("Shares passed the 90m mark in 2022 euros.", []),
        ("A multi-billion dollar plan for the port.", ["multi-billion dollar"]),
        ("Fees of 10,000 - 20,000 THB a month.", ["10,000 - 20,000 THB"]),
        ("Growth of 5% and 300 new schools, 7.5m tonnes of wheat.", []),
        ("Delegates flew to COP28; 3 won medals in 2024.", []),
        ("A B2B portal and SDG 9 were launched.", []),
        ("Reserves passed the $14 billion mark.", ["$14 billion"]),
        ("The lender said a\n100 mln dlr loan is near.", ["100 mln dlr"]),
        ("Aid will be between $3 and $5 million.", ["$3 and $5 million"]),
        ("It lost Rs500 to Rs550 billion.", ["Rs500 to Rs550 billion"]),
        ("Pay rose from Rs50 to Rs70 billion.", ["Rs50", "Rs70 billion"]),
        ("A grant of $8 million USD and Rs45bn SDG-aligned projects.", ["$8 million USD", "Rs45bn"]),
        ("Rs1 crore 20 lakh and 5 lakh people.", ["Rs1 crore 20 lakh"]),
        ("The SAR team found 3 men; SAR 5 billion was spent.", ["SAR 5 billion"]),
        ("Pay $5 million (PKR 1.4 billion) now.", ["$5 million", "PKR 1.4 billion"]),
        ("Aid worth rupees 200,000 in rupees 2024.", ["rupees 200,000"]),
        (
            "A Chinese Rs5 billion loan, a British £3m grant, Indian Rs500 crore.",
            ["Rs5 billion", "£3m", "Indian Rs500 crore"],
        ),
        ("In dollars 2025 was a good year.", []),
        ("Two and a half crore rupees for half the crore.", ["Two and a half crore rupees"]),
        ("Half of the three quarters saw half a dozen.", []),
    ],
)
def test_spans(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_money(text)] == found


@pytest.mark.parametrize("case", table_of(__file__, "money.csv"), ids=lambda case: case["text"])
def test_hard_cases(case: Row) -> None:
    value, low, high = (float(case[column]) if case[column] else None for column in ("value", "low", "high"))
    expected = Money(value, low, high, case["approximate"] == "True", case["currency"])
    assert parse_money(case["text"], Home((case["country"],))) == expected


@pytest.mark.parametrize("case", table_of(__file__, "rates.csv"), ids=lambda case: case["text"])
def test_prices_are_distinguished_from_totals(case: Row) -> None:
    end = find_money(case["text"])[0][1]
    assert per_unit(case["text"], end) == (case["per"] or None)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("Rs39.9/unit", True),
        ("$655 a tonne delivered", True),
        ("Rs2,000 a month for widows", True),
        ("$300 billion a year by 2035", False),
        ("Rs70 million each for two dams", False),
        ("$4 million per annum", False),
        ("$4 million", False),
    ],
)
def test_sums_of_a_year_or_for_each_are_no_prices(text: str, price: bool) -> None:
    assert is_price(text, find_money(text)[0][1]) is price


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


def test_hedge_before_bounds_the_amount_after_it() -> None:
    text = "The fund may lend as much as $90 million."
    hedge = hedge_before(text, text.index("$"))
    assert hedge is not None
    assert with_hedge(Money(9e7, currency="USD"), hedge).high == 9e7
    assert hedge_before(text, 0) is None


@pytest.mark.parametrize(
    "text", ["", "seven", "50 billion people", "Rs", "$", "30 per cent", "won", "THE SH 20 ROAD", "$200&nbsp;million"]
)
def test_not_money(text: str) -> None:
    assert parse_money(text) is None


@given(st.text(alphabet=st.characters() | st.sampled_from("$Rs0123456789.,- mbnUSD€to")))
def test_any_string_is_read_or_left(text: str) -> None:
    spans = find_money(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert (parse_money(text) is None) == (not spans)
