"""Names near to a typed one: those of the article come first, then known ones that it lacks."""

import pytest
from review.page.steps import do, record

from pipeline.review.page.near import HERE, LEAST, MOST, Near, Table, near


def names(of: Table, typed: str) -> list[tuple[str | None, str, str]]:
    return [(one.id, one.name, one.source) for one in near(record(), of, typed)]


@pytest.mark.parametrize(
    ("of", "typed", "first"),
    [
        ("actors", "Laos", ("a1", "Laos", HERE)),
        ("actors", "mekong", ("a2", "Mekong Bank", HERE)),
        ("actors", "Bank Mekong", ("a2", "Mekong Bank", HERE)),
        ("actors", "Kaisa Vong", ("a3", "Kaysa Vong", HERE)),
        ("projects", "Pakse brigde", ("p1", "Pakse bridge", HERE)),
        ("actors", "Pakistann", (None, "Pakistan", "countries")),
        ("actors", "Etihopia", (None, "Ethiopia", "countries")),
        ("actors", "adb", (None, "Asian Development Bank", "institutions")),
        ("actors", "wrold bank", (None, "World Bank", "institutions")),
        ("actors", "Ahsan Ikbal", (None, "Ahsan Iqbal", "leaders")),
        ("projects", "gwadar prot", (None, "Gwadar Port", "projects")),
        ("projects", "CPEC", (None, "China-Pakistan Economic Corridor", "programmes")),
    ],
)
def test_the_nearest_name(of: Table, typed: str, first: tuple[str | None, str, str]) -> None:
    assert names(of, typed)[0] == first


@pytest.mark.parametrize("typed", ["", "  ", "xyzzy", "?!"])
def test_nothing_is_near(typed: str) -> None:
    assert names("actors", typed) == names("projects", typed) == []


def test_a_known_name_has_what_a_new_actor_needs() -> None:
    (one,) = [one for one in near(record(), "actors", "Asian Dev Bank") if one.name == "Asian Development Bank"]
    assert one == Near(None, "Asian Development Bank", "institutions", kind="multilateral", score=one.score)
    assert LEAST <= one.score < 100


def test_what_the_article_has_is_not_offered_twice() -> None:
    found = do({"do": "add", "what": "actor", "fields": {"name": "ADB", "kind": "multilateral"}}).record
    both = [one.name for one in near(found, "actors", "ADB")]
    assert both[0] == "ADB"
    assert "Asian Development Bank" not in both


def test_of_namesakes_those_of_the_countries_of_the_article_come_first() -> None:
    at_home = do({"do": "set", "id": "a2", "fields": {"country": "TUR"}}).record
    near_exim = [one.country for one in near(at_home, "actors", "eximbank") if one.source == "institutions"]
    assert near_exim[0] == "TUR"
    assert len(near_exim) <= MOST
