"""Near-copies as outlets make them: headed otherwise, cut, put together; and what only looks like one."""

import random
import sqlite3
from collections.abc import Sequence

import pytest

from pipeline.record import Article, digest
from pipeline.run.duplicates import MANY, Copy, Stories, sketched

BULLETIN = (
    "The rescue service answered {} calls from the roads of all districts within a day. In these accidents {} people "
    "died and {} were hurt; {} of them were taken to hospitals and {} were helped on the spot, its spokesman said."
)


def prose(seed: int, words: int) -> list[str]:
    """So many words like nobody else's."""
    chance = random.Random(seed)
    return ["".join(chance.choices("aeioubcdfghklmnprstvz", k=chance.randint(2, 9))) for _ in range(words)]


def joined(*parts: Sequence[str]) -> str:
    return " ".join(word for part in parts for word in part)


def copies(stories: Stories, *texts: str) -> list[Copy | None]:
    """What is found of each text, one after another."""
    items = [Article(id=f"a{n}", sha256=digest(text), text=text) for n, text in enumerate(texts)]
    return [stories.copy(item, place) for place, item in enumerate(items)]


@pytest.fixture
def rows() -> sqlite3.Connection:
    return sqlite3.connect(":memory:")


WIRE, OTHER, HEAD = prose(1, 300), prose(2, 300), prose(3, 25)
WHOLE, LONGER = Copy("a0", contained=True), Copy("a0", contained=False)
CASES = [
    ([joined(WIRE), joined(WIRE).upper() + "!"], [None, WHOLE]),
    ([joined(WIRE), joined(HEAD, WIRE)], [None, WHOLE]),
    ([joined(WIRE), joined(HEAD, WIRE[:150])], [None, WHOLE]),
    ([joined(WIRE[:150]), joined(WIRE)], [None, LONGER]),
    ([joined(WIRE), joined(WIRE, OTHER[:200])], [None, LONGER]),
    ([joined(WIRE), joined(WIRE[:150], OTHER[:150])], [None, None]),
    ([joined(WIRE), joined(OTHER)], [None, None]),
    ([BULLETIN.format(1357, 13, 402, 380, 915), BULLETIN.format(1278, 9, 371, 344, 848)], [None, None]),
    ([joined(WIRE), joined(WIRE, OTHER[:200]), joined(OTHER[:200])], [None, LONGER, None]),  # no chain by the second
    (["Loan signed.", "Loan signed!", "Road."], [None, WHOLE, None]),
]


@pytest.mark.parametrize(("texts", "expected"), CASES, ids=range(len(CASES)))
def test_copies(rows: sqlite3.Connection, texts: list[str], expected: list[Copy | None]) -> None:
    assert copies(Stories(rows), *texts) == expected


def test_a_story_of_many_copies_is_compared_once_each(rows: sqlite3.Connection) -> None:
    copies(Stories(rows), *(joined([f"report {place}"], WIRE) for place in range(100)))
    assert rows.execute("SELECT COUNT(*) FROM heads").fetchone() == (1,)


def test_what_a_site_prints_on_every_page_is_no_reason_to_compare(rows: sqlite3.Connection) -> None:
    stories, pages = Stories(rows), [joined(WIRE[:100], prose(100 + n, 110)) for n in range(80)]
    assert copies(stories, *pages) == [None] * len(pages)
    bands = sketched(pages[0]).bands()
    shared = [rows.execute("SELECT COUNT(*) FROM bands WHERE band = ?", (band,)).fetchone()[0] for band in bands]
    assert max(shared) >= MANY
    assert len([*stories._candidates(bands, 1_000)]) < len(pages)


def test_what_is_forgotten_leaves_nothing_behind(rows: sqlite3.Connection) -> None:
    stories = Stories(rows)
    copies(stories, joined(WIRE), joined(OTHER))
    stories.forget(0, 1)
    places = [{row[0] for row in rows.execute(f"SELECT place FROM {table}")} for table in ("heads", "bands")]
    assert places == [{1}, {1}]
