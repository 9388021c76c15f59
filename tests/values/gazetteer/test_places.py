"""Countries, capitals, nationalities and places."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, table_of

from pipeline.seeds import rows
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import (
    alpha2,
    capital_of,
    country_names,
    country_of,
    demonym,
    demonyms,
    place_country,
    place_names,
    subdivision_of,
)

ASKED: dict[str, Callable[[str], str | None]] = {
    "country": country_of,
    "capital": capital_of,
    "demonym": demonym,
    "place": place_country,
}


@pytest.mark.parametrize(
    "case", table_of(__file__, "places.csv"), ids=lambda case: f"{case['as']} {case['name']} {case['within']}"
)
def test_what_a_name_means(case: Row) -> None:
    if case["as"] == "subdivision":
        assert subdivision_of(case["name"], case["within"] or None) == (case["code"] or None)
    else:
        assert ASKED[case["as"]](case["name"]) == (case["code"] or None)
    assert case["as"] != "demonym" or case["name"] in demonyms()


def test_the_empty_name_means_nothing() -> None:
    assert country_of("") is subdivision_of("") is None


@pytest.mark.parametrize("case", table_of(__file__, "countries.csv"), ids=lambda case: case["name"])
def test_official_names(case: Row) -> None:
    for name in (case["name"], f"the {case['name']}", case["name"].replace("'", "\u2019"), case["name"].upper()):
        assert country_of(name) == case["code"]


def test_surface_forms() -> None:
    assert {"Pakistan", "US", "U.S.", "Türkiye"} <= country_names()
    assert {"African", "South Asian", "Gulf Arab", "Islamic", "Chinese"} <= demonyms()
    assert {"South Asia", "Balochistan", "Karachi", "Beijing", "Indus River"} <= place_names()


def test_every_code_is_known() -> None:
    codes = {row["alpha3"] for row in rows("countries.csv", "alpha3")}
    files = ("places.csv", "fiscal_years.csv", "institutions.csv", "leaders.csv")
    used = {row["country"] for name in files for row in rows(name)} - {""}
    assert used - codes <= {"HKG"}  # a territory with a fiscal year, bodies and leaders of its own
    assert len(codes) == len(rows("countries.csv", "alpha3"))


def test_no_name_means_two_countries() -> None:
    forms = [
        (name, row["alpha3"])
        for row in rows("countries.csv")
        for name in (row["name"] + "|" + row["other_names"]).split("|")
    ]
    names = [name for name, _ in forms if name]
    assert len(names) == len(set(names))


def test_no_leader_leads_two_countries() -> None:
    names = [key(row["name"]) for row in rows("leaders.csv", "country", "name")]
    assert len(names) == len(set(names))


def test_the_rows_are_consistent() -> None:
    found = [row["code"] for row in rows("subdivisions.csv", "code", "name")]
    assert len(found) == len(set(found))
    assert all(re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code) for code in found)


def test_every_country_has_two_letters_of_its_own() -> None:
    found = [alpha2(row["alpha3"]) for row in rows("countries.csv", "alpha3")]
    assert all(code and len(code) == 2 and code.isupper() for code in found)
    assert len(set(found)) == len(found)


def test_some_that_are_easily_confused() -> None:
    wanted = {"CHN": "CN", "CHE": "CH", "CHL": "CL", "AUS": "AU", "AUT": "AT", "PRK": "KP", "KOR": "KR", "XKX": "XK"}
    assert {code: alpha2(code) for code in wanted} == wanted
    assert alpha2("QQQ") is None


@given(st.text())
def test_any_string_is_read_or_left(text: str) -> None:
    for read in (country_of, capital_of, demonym, place_country):
        assert read(text) is None or len(str(read(text))) == 3
