"""Subjects against activities: the reasons for and against, and which activity comes first."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.knowledge.activities import Activity, Subject
from pipeline.knowledge.activity_files import read_all
from pipeline.knowledge.activity_matcher import Matcher
from pipeline.knowledge.folder import Sum
from pipeline.seeds import table

LIST = read_all([Path(__file__).with_name("activities.csv")], lambda *_: None, lambda _: None)


def money(value: float, currency: str) -> tuple[Sum, ...]:
    return (Sum(text="", value=value, currency=currency),)


def subject(name: str, **more: Any) -> Subject:
    return Subject(**{"what": "project", "id": "p1", "name": name, "names": (name,), **more})


def activity(title: str, **more: Any) -> Activity:
    return Activity(**{"id": "x", "scheme": "aiddata", "source": "x:1", "names": (title,), **more})


def placed(name: str, country: str, year: int | None, *worth: Any) -> Subject:
    """A project of a country and a year, with an amount and its currency."""
    years = (year, year) if year else None
    return subject(name, countries=frozenset({country}), years=years, amounts=money(*worth) if worth else ())


PORT = replace(
    placed("Friendship Port of Nouakchott", "MRT", 2009, 2e9, "CNY"),
    funders=("Exim Bank of China",), funder_countries=frozenset({"CHN"}), sectors=frozenset({"210"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (PORT, "50001"),
        (placed("Maralal line", "KEN", None, 1.77e9, "KES"), "50003"),
        (placed("hospital at Teshie", "GHA", 2010), "50004"),
        (placed("Braila bridge", "ROU", 2002, 3e8, "USD"), "50005"),
        (placed("tuna plant", "VUT", 2008, 4e7, "CNY"), "50006"),
        # another project of the same place and sector
        (placed("Nouadhibou fish port", "MRT", 2009, 6e8, "CNY"), None),
        (placed("Dodowa maternity hospital", "GHA", 2010, 6e6, "USD"), None),
        (placed("Isinya-Namanga line", "KEN", 2014, 9e9, "KES"), None),
        (placed("Luganville market", "VUT", 2009, 1.8e7, "CNY"), None),
        (placed("Bafoussam waterworks", "CMR", 2011), None),
    ],
)
def test_the_right_activity_is_proposed(one: Subject, wanted: str | None) -> None:
    proposed = [found.other.id for found in Matcher(LIST).ranked(one, table("match.yaml")["propose"])]
    assert proposed == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("one", "other", "some", "none"),
    [
        (subject("Karuma dam"), activity("Loan for Karuma hydropower dam"), {"name_whole"}, {"missing_name"}),
        (subject("Karuma dam"), activity("Loan for Isimba dam at Karuma"), set(), {"missing_name", "missing_kind"}),
        (subject("Melnikov mine"), activity("Melnykov Mine"), {"name_whole"}, {"missing_name"}),
        (subject("Melnikov mine"), activity("Marlin Mine"), {"missing_name"}, {"name_whole"}),
        (subject("the dams of Ségou"), activity("Segou dam"), {"name_whole"}, {"missing_place"}),
        (subject("Gulu hospital"), activity("Road from Gulu to Atiak"), {"missing_kind"}, {"missing_place"}),
        (subject("Karuma dam Phase II"), activity("Karuma dam Phase I"), {"other_number"}, {"number_once"}),
        (subject("Karuma dam"), activity("Second Karuma dam project"), {"number_once"}, {"other_number"}),
        (subject("Karuma dam"), activity("Karuma dam - Additional Financing"), {"addition_once"}, {"addition"}),
        (
            subject("Karuma dam", quotes=("It gets a further $5m for the dam.",)),
            activity("Karuma dam - Additional Financing"),
            {"addition"},
            {"addition_once"},
        ),
        (
            placed("Karuma dam", "UGA", 2014, 298e6, "USD"),
            activity("Karuma dam", countries=frozenset({"UGA"}), amounts=money(297.75e6, "USD"), years=(2013, 2013)),
            {"same_country", "same_amount", "only_amount", "same_year"},
            {"other_amount"},
        ),
        (
            placed("Karuma dam", "UGA", 2024, 5e6, "USD"),
            activity("Karuma dam", countries=frozenset({"KEN"}), amounts=money(9e6, "USD"), years=(2001, 2003)),
            {"other_country", "other_amount", "far_year"},
            {"same_country", "same_amount"},
        ),
        (
            subject("Karuma dam", amounts=money(5e6, "USD"), funders=("African Development Bank",)),
            activity("Karuma dam", amounts=money(5e6, "EUR"), funders=("African Development Bank (AfDB)",)),
            {"same_funder"},
            {"same_amount", "near_amount", "other_amount"},
        ),
    ],
)
def test_reasons(one: Subject, other: Activity, some: set[str], none: set[str]) -> None:
    (found,) = Matcher([other]).ranked(one)
    assert some <= set(found.reasons)
    assert not none & set(found.reasons)


def test_every_reason_has_a_weight() -> None:
    known = set(table("match.yaml")["weights"]["project"])
    for one in (PORT, subject("Braila bridge"), subject("fish factory", quotes=("A tuna factory in Port Vila.",))):
        for found in Matcher(LIST).ranked(one):
            assert set(found.reasons) <= known
