"""Subjects against activities: the reasons for and against, and which activity comes first."""

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


def reasons(one: Subject, other: Activity) -> set[str]:
    return set(next(iter(Matcher([other]).ranked(one))).reasons)


PORT = subject(
    "Friendship Port of Nouakchott", countries=frozenset({"MRT"}), years=(2009, 2009), amounts=money(2e9, "CNY"),
    funders=("Exim Bank of China",), funder_countries=frozenset({"CHN"}), sectors=frozenset({"210"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (PORT, "50001"),
        (subject("Maralal line", countries=frozenset({"KEN"}), amounts=money(1.77e9, "KES")), "50003"),
        (subject("hospital at Teshie", countries=frozenset({"GHA"}), years=(2010, 2010)), "50004"),
        (
            subject("Braila bridge", countries=frozenset({"ROU"}), years=(2002, 2002), amounts=money(3e8, "USD")),
            "50005",
        ),
        (subject("tuna plant", countries=frozenset({"VUT"}), amounts=money(4e7, "CNY"), years=(2008, 2008)), "50006"),
    ],
)
def test_the_right_activity_is_proposed(one: Subject, wanted: str) -> None:
    best, *others = Matcher(LIST).ranked(one)
    assert best.other.id == wanted
    assert best.score >= table("match.yaml")["propose"]
    assert all(other.score < table("match.yaml")["propose"] for other in others)


@pytest.mark.parametrize(
    "one",
    [
        subject("Nouadhibou fish port", countries=frozenset({"MRT"}), years=(2009, 2009), amounts=money(6e8, "CNY")),
        subject(
            "Dodowa maternity hospital", countries=frozenset({"GHA"}), years=(2010, 2010), amounts=money(6e6, "USD")
        ),
        subject("Isinya-Namanga line", countries=frozenset({"KEN"}), years=(2014, 2014), amounts=money(9e9, "KES")),
        subject("Luganville market", countries=frozenset({"VUT"}), years=(2009, 2009), amounts=money(1.8e7, "CNY")),
        subject("Bafoussam waterworks", countries=frozenset({"CMR"}), years=(2011, 2011)),
    ],
)
def test_another_project_of_the_same_place_and_sector_is_not(one: Subject) -> None:
    assert all(found.score < table("match.yaml")["propose"] for found in Matcher(LIST).ranked(one))


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
            subject("Karuma dam", countries=frozenset({"UGA"}), amounts=money(298e6, "USD"), years=(2014, 2014)),
            activity("Karuma dam", countries=frozenset({"UGA"}), amounts=money(297.75e6, "USD"), years=(2013, 2013)),
            {"same_country", "same_amount", "only_amount", "same_year"},
            {"other_amount"},
        ),
        (
            subject("Karuma dam", countries=frozenset({"UGA"}), amounts=money(5e6, "USD"), years=(2024, 2024)),
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
    found = reasons(one, other)
    assert some <= found
    assert not none & found


def test_every_reason_has_a_weight() -> None:
    known = set(table("match.yaml")["weights"]["project"])
    for one in (PORT, subject("Braila bridge"), subject("fish factory", quotes=("A tuna factory in Port Vila.",))):
        for found in Matcher(LIST).ranked(one):
            assert set(found.reasons) <= known
