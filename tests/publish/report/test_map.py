"""The shapes of the map and the places of commitments."""

from itertools import pairwise
from typing import Any

import pytest
from publish.report.ladder import of_port

from pipeline.errors import SetupError
from pipeline.publish.report import map as shapes
from pipeline.publish.report.data import gather
from pipeline.publish.report.map import places, world
from pipeline.record import Mention, Record
from pipeline.values.gazetteer.places import name_by_country


def outline(ring: list[int]) -> list[tuple[float, float]]:
    x = y = 0
    found = []
    for dx, dy in zip(ring[::2], ring[1::2], strict=True):
        x, y = x + dx, y + dy
        found.append((x / 10, y / 10))
    return found


def test_shapes_are_on_the_globe_and_cross_no_edge() -> None:
    for shape in world()["shapes"]:
        for ring in map(outline, shape["rings"]):
            assert len(ring) > 3
            assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring), shape["country"]
            assert all(abs(a[0] - b[0]) < 180 for a, b in pairwise(ring)), shape["country"]


def test_every_country_has_a_point_and_every_shape_a_known_country() -> None:
    known = set(name_by_country())
    assert known - set(world()["points"]) == {"YUG"}
    drawn = [shape["country"] for shape in world()["shapes"] if shape["country"]]
    assert set(drawn) <= known and len(drawn) == len(set(drawn))
    assert {"PAK", "CHN", "KEN", "TWN", "PSE"} <= set(drawn)


def test_a_damaged_file_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(shapes, "_FILE", tmp_path / "world.json")
    with pytest.raises(SetupError, match="reinstall corridor"):
        shapes.world.__wrapped__()


def with_mention(text: str) -> Record:
    """The first article of the port with a place that its sentence names."""
    one = of_port()[0]
    start = one.article.text.index(text)
    mention = Mention(
        id="m9", label="PLACE", text=text, start=start, end=start + len(text), sentence=0, entity=None, confidence=1,
        method="rules", value=None,
    )  # fmt: skip
    return one.model_copy(update={"mentions": [mention], "projects": []})


@pytest.mark.parametrize(
    ("text", "countries", "found"),
    [("Lamu", ["KEN"], ["Lamu"]), ("Lamu Port", ["KEN"], ["Lamu"]), ("Lamu", ["PAK"], []), ("berths", ["KEN"], [])],
)
def test_a_place_is_one_of_the_countries_of_the_commitment(text: str, countries: list[str], found: list[str]) -> None:
    one = with_mention(text)
    assert [place.name for place in places(one, one.commitments[0], countries)] == found


def test_the_name_of_a_project_begins_with_its_place() -> None:
    index = gather(of_port()).index
    assert [(place["name"], place["country"]) for place in index["places"]] == [("Lamu", "KEN")]
    assert all(row["places"] == [0] for row in index["commitments"])
