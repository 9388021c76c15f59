"""Money and dates of seven other languages, in the number styles of their press."""

from datetime import date

import pytest

from pipeline.values.languages import agrees, date_in, is_known, money_in

FRIDAY = date(2025, 3, 14)
MONEY = {
    "zh": {
        "12.5亿元": (1.25e9, "CNY"),
        "三十亿美元": (3e9, "USD"),
        "3亿5000万元人民币": (3.5e8, "CNY"),
        "一万二千亿元": (1.2e12, "CNY"),
        "２００万欧元": (2e6, "EUR"),
        "2.3万亿巴基斯坦卢比": (2.3e12, "PKR"),
    },
    "fr": {
        "3,5 milliards de dirhams marocains": (3.5e9, None),
        "12 500 000 euros": (12.5e6, "EUR"),
        "12\u202f500\u202f000 euros": (12.5e6, "EUR"),
        "deux cent cinquante millions de dollars": (2.5e8, "USD"),
        "un milliard et demi d’euros": (1.5e9, "EUR"),
        "quatre-vingt-dix millions d'euros": (9e7, "EUR"),
        "45 M€": (4.5e7, "EUR"),
    },
    "es": {
        "1.500 millones de dólares": (1.5e9, "USD"),
        "US$ 250.5 millones": (2.505e8, "USD"),
        "2 mil 500 millones de lempiras": (2.5e9, "HNL"),
        "un millón y medio de euros": (1.5e6, "EUR"),
        "1.250.000 soles": (1.25e6, "PEN"),
    },
    "pt": {
        "2,5 mil milhões de kwanzas": (2.5e9, "AOA"),
        "R$ 1,2 bilhão": (1.2e9, "BRL"),
        "trinta e cinco milhões de meticais": (3.5e7, "MZN"),
    },
    "ru": {
        "3,5 млрд руб.": (3.5e9, "RUB"),
        "полтора миллиарда долларов": (1.5e9, "USD"),
        "$500 млн": (5e8, "USD"),
        "12 300 тенге": (12_300, "KZT"),
    },
    "ar": {
        "١٫٥ مليار دولار": (1.5e9, "USD"),
        "ملياري دولار": (2e9, "USD"),
        "خمسة وعشرين مليون دينار أردني": (2.5e7, "JOD"),
        "مليون ونصف المليون يورو": (1.5e6, "EUR"),
        "120 مليون جنيه": (1.2e8, None),
    },
    "ur": {"2 ارب ڈالر": (2e9, "USD"), "ڈیڑھ ارب ڈالر": (1.5e9, "USD"), "۲۵ کروڑ ۵۰ لاکھ روپے": (2.55e8, "PKR")},
}
DATES = {
    "zh": {
        "2025年3月5日": "2025-03-05",
        "3月5日": "2025-03-05",
        "去年12月": "2024-12",
        "5日": "2025-03-05",
        "上月": "2025-02",
        "周五": "2025-03-14",
    },
    "fr": {
        "14 mars 2025": "2025-03-14",
        "1er avril": "2025-04-01",
        "vendredi": "2025-03-14",
        "l’année dernière": "2024",
        "2025-2027": None,
    },
    "es": {"3 de junio de 2025": "2025-06-03", "ayer": "2025-03-13", "enero": "2025-01", "diciembre": "2024-12"},
    "pt": {"segunda-feira": "2025-03-10", "março de 2026": "2026-03", "2025/26": None},
    "ru": {"5 марта 2025 года": "2025-03-05", "в прошлом году": "2024", "12.03.2025": "2025-03-12", "31.02.2025": None},
    "ar": {
        "٥ مارس/آذار ٢٠٢٥": "2025-03-05",
        "الأحد": "2025-03-09",
        "والعام الماضي": "2024",
        "العام المقبل": "2026",
        "تشرين الثاني ٢٠٢٤": "2024-11",
    },
    "ur": {"۱۵ مارچ ۲۰۲۵": "2025-03-15", "رواں سال": "2025"},
}


@pytest.mark.parametrize(
    ("language", "text", "value"), [(name, *pair) for name, rows in MONEY.items() for pair in rows.items()]
)
def test_an_amount_has_its_value_and_currency(language: str, text: str, value: tuple[float, str | None]) -> None:
    money = money_in(text, language)
    assert money is not None and (money.value, money.currency) == value


@pytest.mark.parametrize(
    ("language", "text", "iso"), [(name, *pair) for name, rows in DATES.items() for pair in rows.items()]
)
def test_a_date_is_seen_from_the_day_of_the_article(language: str, text: str, iso: str | None) -> None:
    found = date_in(text, language, FRIDAY)
    assert (found.iso if found else None) == iso


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "entre 2 et 3 projets à 5 millions d'euros"),
        ("es", "5 proyectos"),
        ("ru", "долларов"),
        ("zh", "元"),
        ("ar", ""),
    ],
)
def test_what_is_not_one_number_with_a_currency_is_no_amount(language: str, text: str) -> None:
    assert money_in(text, language) is None


def test_what_is_said_of_a_quote_decides_only_what_it_leaves_open() -> None:
    shared, clear = money_in("120 مليون جنيه", "ar", "SDG"), money_in("5 millions d'euros", "fr", "USD")
    assert shared and shared.currency == "SDG"
    assert clear and clear.currency == "EUR"
    wrong = money_in("120 مليون جنيه", "ar", "USD")
    assert wrong and wrong.currency is None


def test_a_hedge_before_or_within_a_quote_bounds_it() -> None:
    least, most = money_in("plus de 5 millions d'euros", "fr"), money_in("500 млн долларов", "ru", before="выделит до ")
    assert least and (least.low, least.high, least.approximate) == (5e6, None, True)
    assert most and (most.low, most.high, most.approximate) == (None, 5e8, False)
    joined, far = money_in("ونحو 3 مليارات دولار", "ar"), money_in("500 млн долларов", "ru", before="до марта выделит ")
    assert joined and (joined.value, joined.approximate) == (3e9, True)
    assert far and (far.low, far.high) == (None, None)


def test_a_weekday_is_the_one_that_is_said_where_that_is_near() -> None:
    near, far = (date_in("vendredi", "fr", FRIDAY, said) for said in ("2025-03-21", "2025-06-06"))
    assert near and (near.iso, near.basis) == ("2025-03-21", "article_date")
    assert far and far.iso == "2025-03-14"
    other = date_in("vendredi", "fr", FRIDAY, "2025-03-20")  # a Thursday
    assert other and other.iso == "2025-03-14"


def test_digits_of_any_script_agree_with_what_is_said() -> None:
    assert agrees("١٢٫٥ مليار", ["125"]) and agrees("de 2025 à 2027", ["2025", "2027"])
    assert not agrees("٣ مليار", ["125"]) and not agrees("plusieurs milliards", ["5"])


def test_only_languages_of_the_table_are_known() -> None:
    assert is_known("ur") and not is_known("en") and not is_known(None)
