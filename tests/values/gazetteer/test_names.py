"""Names as they are compared, shortened and called again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, table_of

from pipeline.seeds import rows, split
from pipeline.values.gazetteer.institutions import government_owner, national_government
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


@pytest.mark.parametrize("case", table_of(__file__, "acronyms.csv"), ids=str)
def test_acronyms_with_and_without_a_legal_form(case: Row) -> None:
    assert is_acronym_of(case["short"], case["long"]) is (case["expected"] == "True")


def test_nothing_is_no_name() -> None:
    assert not is_acronym("", "x")
    assert without_honorifics("") == surname("") == ""


@pytest.mark.parametrize("case", table_of(__file__, "names.csv"), ids=lambda case: case["name"])
def test_hard_names(case: Row) -> None:
    assert without_honorifics(case["name"]) == case["bare"]
    assert surname(case["name"]) == case["called"]


@pytest.mark.parametrize("case", table_of(__file__, "companies.csv"), ids=lambda case: case["name"])
def test_hard_companies(case: Row) -> None:
    assert without_legal_form(case["name"]) == case["bare"]


@pytest.mark.parametrize(
    "case", table_of(__file__, "spellings.csv"), ids=lambda case: f"{case['first']} {case['second']}"
)
def test_spellings_of_one_name(case: Row) -> None:
    assert (spelled(case["first"]) == spelled(case["second"])) is (case["same"] == "True")


def test_no_spelling_stands_for_two_names() -> None:
    found = rows("name_variants.csv", "name", "variants")
    spellings = [spelling for row in found for spelling in (row["name"], *split(row["variants"]))]
    assert len(spellings) == len(set(spellings))


def test_accents_are_removed() -> None:
    assert unaccented("Recep Tayyip Erdoğan") == "Recep Tayyip Erdogan"


@pytest.mark.parametrize("case", table_of(__file__, "today.csv"), ids=str)
def test_name_of_today(case: Row) -> None:
    assert name_of_today(case["name"], case["country"]) == case["today"]


@pytest.mark.parametrize("case", table_of(__file__, "governments.csv"), ids=lambda case: case["name"])
def test_a_national_government_is_its_country(case: Row) -> None:
    owner = government_owner(case["name"])
    assert (case["name"][slice(*owner)] if owner else "") == case["owner"]
    assert national_government(case["name"], "PAK") == (case["country"] or None)


def test_the_government_is_that_of_home() -> None:
    assert national_government("Federal Government", "FJI") == "FJI"
    assert national_government("Federal Government", None) is None


def test_renamed_organisations_differ_and_are_no_countries() -> None:
    found = rows("renamed.csv", "old", "new", "country", "year", "how", "source")
    assert all(key(row["old"]) != key(row["new"]) and row["old"] not in country_names() for row in found)


@given(st.text(), st.text())
def test_any_string_is_read_or_left(first: str, second: str) -> None:
    assert isinstance(is_acronym(first, second), bool)
    for shorten in (key, surname, without_honorifics, without_legal_form):
        assert len(shorten(first)) <= 18 * len(first)  # what NFKC can make of one character: U+FDFA
