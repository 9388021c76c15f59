"""The map of a page: the shapes of countries, and the gazetteer places of a commitment that have coordinates."""

import json
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import SetupError
from pipeline.record import Commitment, Record
from pipeline.seeds import rows

_WORDS = 3  # of the longest name that is looked up in a longer one
_SKIPPED = ("new ", "the ")  # before the place in the name of a project: "New Gwadar airport"


class Place(NamedTuple):
    """A city, district or province; degrees of WGS 84."""

    name: str
    country: str
    latitude: float
    longitude: float


def places(record: Record, commitment: Commitment, countries: Collection[str]) -> list[Place]:
    """The places in `countries` that its sentences name, and those with which the names of its projects begin."""
    found = (place for name in _names(record, commitment) if (place := _of(name, countries)))
    return list(dict.fromkeys(found))


def _names(record: Record, commitment: Commitment) -> Iterator[str]:
    spans = [(span.start, span.end) for span in commitment.evidence]
    for mention in record.mentions:
        if mention.label == "PLACE" and any(start <= mention.start and mention.end <= end for start, end in spans):
            yield mention.text
    for project in record.projects:
        if project.id in commitment.projects:
            yield project.name


def _of(name: str, countries: Collection[str]) -> Place | None:
    """The place of the longest beginning of a name that is one."""
    words = name.split()
    if name.casefold().startswith(_SKIPPED):
        words = words[1:]
    for length in range(min(len(words), _WORDS), 0, -1):
        known = _known().get(" ".join(words[:length]).rstrip(",.;:'’"), ())
        for place in known:
            if place.country in countries:
                return place
    return None


@cache
def _known() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for row in rows("coordinates.csv", "name", "country", "latitude", "longitude"):
        place = Place(row["name"], row["country"], float(row["latitude"]), float(row["longitude"]))
        found.setdefault(row["name"], []).append(place)
    return found


_FILE = Path(__file__).parent / "world.json"


@cache
def world() -> dict[str, Any]:
    """`shapes`: country (ISO 3166-1 alpha-3, null for land without a code, and where states dispute it) and rings.

    A ring is a list of whole numbers in tenths of a degree: longitude and latitude of its first point, then the step to
    each next one. `points`: longitude and latitude in degrees, also of countries too small for a shape. Raises
    SetupError where the file cannot be read.
    """
    try:
        found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"{_FILE}: cannot be read ({error}); reinstall corridor") from error
    return found
