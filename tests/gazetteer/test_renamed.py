"""What became of ministries."""

import pytest

from pipeline.gazetteer.names import key
from pipeline.gazetteer.places import country_names
from pipeline.gazetteer.renamed import Successor, name_of_today, successor
from pipeline.seeds import rows


@pytest.mark.parametrize(
    ("name", "country", "today"),
    [
        ("the Department of Foreign Affairs, Trade and Development", "CAN", "Global Affairs Canada"),
        ("Canadian International Development Agency", "CAN", "Canadian International Development Agency"),
        ("Ministry of Human Resource Development", "IND", "Ministry of Education"),
        ("Ministry of Human Resource Development", "PAK", "Ministry of Human Resource Development"),
        ("Planning Commission", "PAK", "Planning Commission"),
        ("Ministry of Transport", "CHN", "Ministry of Transport"),
    ],
)
def test_name_of_today(name: str, country: str, today: str) -> None:
    assert name_of_today(name, country) == today


def test_how_and_when_are_told() -> None:
    assert successor("Ministry of Human Resource Development", "IND") == Successor(
        "Ministry of Education", 2020, "renamed"
    )
    assert successor("Ministry of Human Resource Development", "PAK") is None


def test_the_table_is_sound() -> None:
    found = rows("renamed.csv", "old", "new", "country", "year", "how", "source")
    keys = [(key(row["old"]), row["country"]) for row in found]
    assert len(keys) == len(set(keys))
    assert {row["how"] for row in found} <= {"renamed", "merged", "replaced"}
    assert all(key(row["old"]) != key(row["new"]) and row["old"] not in country_names() for row in found)
