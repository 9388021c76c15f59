"""Provinces and states by name."""

import re

import pytest

from pipeline.seeds import rows
from pipeline.values.gazetteer.places import subdivision_of


@pytest.mark.parametrize(
    ("name", "country", "code"),
    [
        ("Sindh", None, "PK-SD"),
        ("Khyber Pakhtunkhwa", None, "PK-KP"),
        ("KP", "PK", "PK-KP"),
        ("Gilgit-Baltistan", None, "PK-GB"),
        ("Sichuan Province", None, "CN-SC"),
        ("the Xinjiang Uygur Autonomous Region", None, "CN-XJ"),
        ("Punjab", None, None),
        ("Punjab", "PK", "PK-PB"),
        ("Punjab", "IN", "IN-PB"),
        ("Punjab province", "PK", "PK-PB"),
        ("Western Province", None, "LK-1"),
        ("Rajshahi division", None, "BD-E"),
        ("Lumbini Province", "NP", "NP-P5"),
        ("West Java", None, "ID-JB"),
        ("Rakhine State", "MM", "MM-16"),
        ("Amhara region", "ET", "ET-AM"),
        ("Helmand", None, "AF-HEL"),
        ("Turkana County", "KE", "KE-43"),
        ("Kano State", "NG", "NG-KN"),
        ("Victoria", None, None),
        ("Sindh", "IN", None),
        ("Atlantis", None, None),
        ("", None, None),
    ],
)
def test_subdivisions(name: str, country: str | None, code: str | None) -> None:
    assert subdivision_of(name, country) == code


def test_the_rows_are_consistent() -> None:
    found = [row["code"] for row in rows("subdivisions.csv", "code", "name")]
    assert len(found) == len(set(found))
    assert all(re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code) for code in found)
