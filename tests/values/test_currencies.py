"""Dollars of the article's year: against rates that others published, and never by a guess."""

import pytest

from pipeline.seeds import rows
from pipeline.values.currencies import Home, codes, per_usd, usd
from pipeline.values.money import read_money

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


WRITTEN = [
    ("WST", "WSM", "12 million tala; WST 12 million; WS$12 million; SAT$12 million"),
    ("TOP", "TON", "12 million pa'anga; 12 million pa\u2019anga; TOP 12 million; T$12 million"),
    ("SBD", "SLB", "SBD 12 million; SI$12 million; 12 million Solomon Islands dollars"),
    ("PGK", "PNG", "K12 million; PGK 12 million; 12 million kina"),
    ("VUV", "VUT", "12 million vatu; 12,000 vatu; VUV12 million; VT12 million; 12 million VT"),
    ("FJD", "FJI", "FJ$12 million; F$12 million; FJD 12 million; 12 million Fijian dollars"),
    ("XPF", "PYF", "XPF 12 million; 12 million CFP francs; 12 million francs CFP; CFP 12 million"),
    ("AUD", "KIR", "A$12 million; $A12 million; AUD 12 million; 12 million Australian dollars"),
    ("NZD", "NZL", "NZ$12 million; $NZ12 million; NZD 12 million; 12 million New Zealand dollars"),
    ("KZT", "KAZ", "12 million tenge; 12 million tenges; KZT 12 million; \u20b812 million"),
    ("UZS", "UZB", "12 million soums; 12 million Uzbekistani sum; UZS 12 million; 12 million so\u2019m"),
    ("KGS", "KGZ", "12 million soms; 12 million Kyrgyzstani soms; KGS 12 million"),
    ("TJS", "TJK", "12 million somoni; 12 million Tajik somoni; TJS 12 million"),
    ("TMT", "TKM", "12 million manat; 12 million Turkmenistani manat; TMT 12 million"),
    ("AZN", "AZE", "12 million manat; AZN 12 million; \u20bc12 million"),
    ("GEL", "GEO", "12 million lari; GEL 12 million; \u20be12 million"),
    ("AMD", "ARM", "12 million drams; AMD 12 million; \u058f12 million"),
    ("MNT", "MNG", "12 million tugriks; MNT 12 million; \u20ae12 million"),
    ("AFN", "AFG", "12 million afghanis; AFN 12 million; Afs 12 million"),
    ("KES", "KEN", "Sh12 million; KSh12 million; KSHS 12 million; KES 12 million; 12 million shillings"),
    ("UGX", "UGA", "Shs12 million; USh12 million; UGX 12 million; 12 million shillings"),
    ("TZS", "TZA", "TSh12 million; Tshs 12 million; Tsh. 12 million; TZS 12 million; 12 million shillings"),
    ("ETB", "ETH", "12 million birr; Birr 12 million; ETB 12 million; Br 12 million"),
    ("DJF", "DJI", "FDJ 12 million; DJF 12 million; 12 million Djibouti francs"),
    ("SOS", "SOM", "SOS 12 million; 12 million shillings"),
    ("SSP", "SSD", "SSP 12 million; 12 million South Sudanese pounds"),
    ("XOF", "SEN", "12 million CFA francs; FCFA 12 million; XOF 12 million; 12 million francs"),
    ("XAF", "CMR", "12 million CFA francs; FCFA 12 million; XAF 12 million; 12 million francs"),
    ("RWF", "RWA", "Rwf12 million; Frw 12 million; 12 million Rwf; 12 million francs"),
    ("BIF", "BDI", "FBu 12 million; 12 million FBu; BIF 12 million"),
    ("MZN", "MOZ", "12 million meticais; MT 12 million; MZN 12 million"),
    ("ZMW", "ZMB", "K12 million; 12 million kwacha; 12 million kwachas; ZMW 12 million"),
    ("MWK", "MWI", "K12 million; MK12 million; 12 million kwachas; MWK 12 million"),
    ("NGN", "NGA", "N12 million; \u20a612 million; NGN 12 million; 12 million naira"),
    ("GHS", "GHA", "GH\u20b512 million; GHS 12 million; 12 million cedis"),
    ("GMD", "GMB", "D12 million; GMD 12 million; 12 million dalasi"),
    ("GNF", "GIN", "GNF 12 million; 12 million Guinean francs"),
    ("SLE", "SLE", "NLe12 million; SLE 12 million; 12 million new leones"),
    ("ZAR", "ZAF", "R12 million; ZAR 12 million; 12 million rand"),
    ("BWP", "BWA", "P12 million; BWP 12 million; 12 million pula"),
    ("NAD", "NAM", "N$12 million; NAD 12 million; 12 million Namibian dollars"),
    ("AOA", "AGO", "Kz12 million; 12 million Kz; AOA 12 million; 12 million kwanzas"),
    ("MGA", "MDG", "Ar12 million; MGA 12 million; 12 million ariary"),
    ("MUR", "MUS", "Rs12 million; MUR 12 million; 12 million rupees"),
    ("SCR", "SYC", "SCR 12 million; SR12 million; 12 million rupees"),
    ("MAD", "MAR", "MAD 12 million; DH12 million; 12 million dirhams"),
    ("AED", "ARE", "AED 12 million; Dh12 million; 12 million dirhams"),
    ("AED", "PAK", "Dh12 million; 12 million dirhams"),
    ("EGP", "EGY", "LE12 million; EGP 12 million; 12 million pounds"),
]


@pytest.mark.parametrize(("currency", "home", "forms"), WRITTEN)
def test_currencies_are_read_as_words_codes_and_signs_at_home(currency: str, home: str, forms: str) -> None:
    for form in forms.split("; "):
        read = [money for _, money in read_money(f"The cabinet set aside {form} for the road.", Home((home,)))]
        assert [(money.currency, money.value) for money in read] == [(currency, 12e3 if "12,000" in form else 12e6)], (
            form
        )
