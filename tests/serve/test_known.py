"""Actors, projects and commitments by filters, and what changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from knowledge.changes.news import contradicting, known, port
from serve.working import knowledge_folder

from pipeline.errors import SetupError
from pipeline.knowledge.folder import write
from pipeline.serve.known import Known, Wanted, known_of
from pipeline.serve.problems import Refusal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return knowledge_folder(tmp_path)


@pytest.fixture
def both(tmp_path: Path) -> Known:
    """The port and two lines of credit."""
    write(known(port("p", "2025-06-10", "underway"), *contradicting()), tmp_path / "both")
    return Known(tmp_path / "both")


def found(known: Known, **wanted: Any) -> list[str]:
    """The quotes of the commitments that are found, by their first two words."""
    return [" ".join(row.reports[0].quote.split()[:2]) for row in known.commitments(Wanted(**wanted))]


CREDIT, RIVAL, LOAN = "Lenders from", "Kenya expects", "The World"


@pytest.mark.parametrize(
    ("wanted", "quotes"),
    [
        ({}, {CREDIT, RIVAL, LOAN}),
        ({"q": "lamu BERTHS"}, {LOAN}),
        ({"q": "World Bank"}, {LOAN}),
        ({"q": "snow"}, set()),
        ({"kind": "policy"}, set()),
        ({"instrument": "rollover"}, {CREDIT}),
        ({"status": "underway"}, {LOAN}),
        ({"status": "completed"}, set()),
        ({"country": "KEN"}, {CREDIT, RIVAL, LOAN}),
        ({"country": "CHN"}, {CREDIT, RIVAL}),
        ({"country": "PER"}, set()),
        ({"since": "2025-06-05"}, {RIVAL, LOAN}),
        ({"since": "2025-06-11"}, set()),
        ({"actor": "nobody"}, set()),
        ({"project": "nothing"}, set()),
    ],
)
def test_commitments_are_found(both: Known, wanted: dict[str, Any], quotes: set[str]) -> None:
    assert set(found(both, **wanted)) == quotes


def test_counted_and_not_counted_are_all(both: Known) -> None:
    parts = [found(both, counted=counted) for counted in (True, False)]
    assert sorted([*parts[0], *parts[1]]) == sorted([CREDIT, RIVAL, LOAN])


def test_entities_are_found_by_words_of_their_names(both: Known) -> None:
    assert [row.name for row in both.actors("bank world")] == ["World Bank"]
    assert {row.country for row in both.actors(country="KEN")} == {"KEN"}
    assert [row.name for row in both.actors(kind="country", q="the Kenya's")] == ["Kenya"]
    assert [row.name for row in both.projects("the lamu port")] == ["Lamu Port"]
    assert [*both.projects("port", country="CHN")] == []


def test_one_is_found_by_its_lasting_id(both: Known) -> None:
    (project,) = both.projects("lamu")
    view = both.project(project.id)
    assert view.project == project
    assert [row.id for row in view.commitments] == [row.id for row in both.commitments(Wanted(project=project.id))]
    assert [(event.date, event.status) for event in view.timeline] == [("2025-06-10", "underway")]
    actor = next(both.actors("World Bank"))
    assert both.actor(actor.id) == actor
    assert found(both, actor=actor.id) == [LOAN]
    assert both.commitment(view.commitments[0].id) == view.commitments[0]


@pytest.mark.parametrize(("of", "find"), [("actors", "actor"), ("projects", "project"), ("commitments", "commitment")])
def test_an_unknown_id_says_where_to_look(both: Known, of: str, find: str) -> None:
    look: Callable[[str], Any] = getattr(both, find)
    with pytest.raises(Refusal, match=f"there is no 'x' among the {of}; /knowledge/{of} lists those"):
        look("x")


def test_what_changed_since_a_day_or_the_older_folder(folder: Path) -> None:
    alone, compared = Known(folder), Known(folder, folder.parent / "old")
    assert [row.change for row in compared.changes()] == ["completed"]
    assert [row.change for row in alone.changes("2025-06-15")] == ["completed"]
    assert [row.change for row in alone.changes("2025-06-01")] == ["added"]
    assert alone.changes("2025-06-15", kind="amount") == []
    assert compared.changes("2025-07-01") == []
    with pytest.raises(Refusal, match="give `since`, a day such as 2025-06-01, or start the server with --old FOLDER"):
        alone.changes()


def test_folders_that_cannot_be_served(tmp_path: Path) -> None:
    assert known_of(None, None) is None
    with pytest.raises(SetupError, match="--old is compared with --knowledge; name both"):
        known_of(None, tmp_path)
    with pytest.raises(SetupError, match=r"holds no links\.jsonl"):
        known_of(tmp_path, None)
