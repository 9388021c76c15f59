"""Names as they are compared, shortened and called again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, table_of

from pipeline.seeds import rows, split
from pipeline.values.gazetteer.names import (
    is_acronym,
    is_acronym_of,
    key,
    name_of_today,
    spelled,
    surname,
    unaccented,
    without_honorifics,
    without_legal_form,
)
from pipeline.values.gazetteer.places import country_names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("The World Bank", "world bank"),
        ("Pakistan\u2019s", "pakistan"),
        ("M/s  Alpha-Beta", "m s alpha beta"),
        ("  ", ""),
    ],
)
def test_key(name: str, expected: str) -> None:
    assert key(name) == expected


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("JCC", "Joint Coordination Committee"),
        ("ADB", "Asian Development Bank"),
        ("NHA", "National Highway Authority"),
        ("PSDP", "Public Sector Development Programme"),
        ("CPEC", "China-Pakistan Economic Corridor"),
        ("FPCCI", "Federation of Pakistan Chambers of Commerce and Industry"),
        ("SUPARCO", "Space and Upper Atmosphere Research Commission"),
        ("WAPDA", "Water and Power Development Authority"),
        ("MoU", "memorandum of understanding"),
        ("MoUs", "Memoranda of Understanding"),
        ("U.S.", "United States"),
    ],
)
def test_acronym(short: str, long: str) -> None:
    assert is_acronym(short, long)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("IMF", "World Bank"),
        ("ADB", "Asian Infrastructure Development Bank"),
        ("NHA", "National Highway"),
        ("Ali", "Ahmed Lal Iqbal"),
        ("", "x"),
    ],
)
def test_no_acronym(short: str, long: str) -> None:
    assert not is_acronym(short, long)


@pytest.mark.parametrize(
    ("name", "bare", "called"),
    [
        ("Prof. Ahsan Iqbal", "Ahsan Iqbal", "Iqbal"),
        ("Lt Gen (retd) Dr. Tariq Saleem", "Tariq Saleem", "Saleem"),
        ("Brig (r) Muhammad Aslam", "Muhammad Aslam", "Aslam"),
        ("Senator Hina Gul", "Hina Gul", "Gul"),
        ("Dr.Amir Shah", "Amir Shah", "Shah"),
        ("Xi Jinping", "Xi Jinping", "Xi"),
        ("Mohammed bin Salman", "Mohammed bin Salman", "bin Salman"),
        ("Ursula von der Leyen", "Ursula von der Leyen", "von der Leyen"),
        ("Ferdinand Marcos Jr.", "Ferdinand Marcos Jr.", "Marcos"),
        ("Drake Miller", "Drake Miller", "Miller"),
        ("Dr", "Dr", "Dr"),
        ("", "", ""),
    ],
)
def test_persons(name: str, bare: str, called: str) -> None:
    assert without_honorifics(name) == bare
    assert surname(name) == called


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Zhuzhou Locomotive Company Limited", "Zhuzhou Locomotive"),
        ("Hilltop Power Co. (Pvt) Ltd.", "Hilltop Power"),
        ("Golden Bridge Group Co., Ltd", "Golden Bridge Group"),
        ("PT Kereta Cepat Indonesia China", "Kereta Cepat Indonesia China"),
        ("National Bank Limited", "National Bank Limited"),
        ("Limited", "Limited"),
        ("Huawei", "Huawei"),
    ],
)
def test_companies(name: str, bare: str) -> None:
    assert without_legal_form(name) == bare


@pytest.mark.parametrize("case", table_of(__file__, "names.csv"), ids=lambda case: case["name"])
def test_hard_names(case: Row) -> None:
    assert without_honorifics(case["name"]) == case["bare"]
    assert surname(case["name"]) == case["called"]


@pytest.mark.parametrize("case", table_of(__file__, "companies.csv"), ids=lambda case: case["name"])
def test_hard_companies(case: Row) -> None:
    assert without_legal_form(case["name"]) == case["bare"]


@pytest.mark.parametrize(
    ("short", "long", "expected"),
    [
        ("PPL", "Pakistan Petroleum Limited", True),
        ("PP", "Pakistan Petroleum Limited", True),
        ("SNPTC", "State Nuclear Power Technology Corporation", True),
        ("SNPT", "State Nuclear Power Technology Corporation", True),
        ("NPT", "State Nuclear Power Technology Corporation", False),
    ],
)
def test_acronyms_with_and_without_a_legal_form(short: str, long: str, expected: bool) -> None:
    assert is_acronym_of(short, long) is expected


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("shehbaz", "shahbaz", True),
        ("mohammed", "muhammad", True),
        ("hossain", "hussain", True),
        ("zelenskyy", "zelensky", True),
        ("shavkat", "shehbaz", False),
        ("hassan", "hussain", False),
        ("hamid", "hamed", False),
        ("mahmood", "muhammad", False),
    ],
)
def test_spellings_of_one_name(first: str, second: str, same: bool) -> None:
    assert (spelled(first) == spelled(second)) is same


def test_no_spelling_stands_for_two_names() -> None:
    found = rows("name_variants.csv", "name", "variants")
    spellings = [spelling for row in found for spelling in (row["name"], *split(row["variants"]))]
    assert len(spellings) == len(set(spellings))


def test_accents_are_removed() -> None:
    assert unaccented("Recep Tayyip Erdoğan") == "Recep Tayyip Erdogan"


@pytest.mark.parametrize(
    ("name", "country", "today"),
    [
        ("the Department of Foreign Affairs, Trade and Development", "CAN", "Global Affairs Canada"),
        ("Canadian International Development Agency", "CAN", "Canadian International Development Agency"),
        ("Ministry of Human Resource Development", "IND", "Ministry of Education"),
        ("Ministry of Human Resource Development", "PAK", "Ministry of Human Resource Development"),
        ("Planning Commission", "PAK", "Planning Commission"),
    ],
)
def test_name_of_today(name: str, country: str, today: str) -> None:
    assert name_of_today(name, country) == today


def test_renamed_organisations_differ_and_are_no_countries() -> None:
    found = rows("renamed.csv", "old", "new", "country", "year", "how", "source")
    assert all(key(row["old"]) != key(row["new"]) and row["old"] not in country_names() for row in found)


@given(st.text(), st.text())
def test_any_string_is_read_or_left(first: str, second: str) -> None:
    assert isinstance(is_acronym(first, second), bool)
    for shorten in (key, surname, without_honorifics, without_legal_form):
        assert len(shorten(first)) <= 18 * len(first)  # what NFKC can make of one character: U+FDFA
