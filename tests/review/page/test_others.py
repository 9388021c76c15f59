"""Two reviewers who decide differently: one sees the other's decisions, and a command lists where they differ."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from review.page.conftest import Opener
from review.page.desks import Json, decide, slot
from review.page.test_decided import NEW, on
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import SetupError
from pipeline.review.page.store import Store

FIFTY = {"do": "set", "id": slot("c1", "amounts", "$40 million"), "fields": {"value": 5e7}}


@pytest.fixture
def bob(records: Path, tmp_path: Path) -> Iterator[Store]:
    store = Store(str(records), tmp_path / "bob", print, "Bob")
    yield store
    store.close()


def seen(body: Json) -> list[tuple[str | None, str, list[str]]]:
    assert {one["reviewer"] for one in body["others"]} <= {"Bob"}
    return [(one["commitment"], one["decision"], one["differs"]) for one in body["others"]]


CASES: list[tuple[list[Json], list[Json], list[tuple[str | None, str, list[str]]]]] = [
    ([], [], []),
    ([on("c1")], [on("c1")], []),
    ([], [on("c1")], [("c1", "accepted", [])]),
    ([on("c1"), on("c2")], [on("c1", "rejected"), on("c2")], [("c1", "rejected", [])]),
    ([on("c1")], [FIFTY, on("c1")], [("c1", "corrected", ["amount: 50 m USD, was 40 m USD"])]),
    ([FIFTY, on("c1")], [FIFTY, on("c1")], []),
    ([on("c1", "unsure")], [NEW, on("c3")], [(None, "corrected", [])]),
]


@pytest.mark.parametrize(("mine", "theirs", "expected"), CASES)
def test_decisions_of_another_reviewer(
    start: Opener, bob: Store, tmp_path: Path, mine: list[Json], theirs: list[Json], expected: list[Json]
) -> None:
    decide(bob, "sure", *theirs)
    body = decide(start(beside=[tmp_path / "bob"]), "sure", *mine)
    assert seen(body) == expected
    assert all(one["row"]["trigger"]["text"] for one in body["others"])


def test_without_others_there_are_none(start: Opener) -> None:
    assert start().article("sure")["others"] == []


def test_folders_that_cannot_be_beside(start: Opener, bob: Store, tmp_path: Path) -> None:
    start()
    with pytest.raises(SetupError, match="mine: is the folder of this review"):
        start(beside=[tmp_path / "mine"])
    with pytest.raises(SetupError, match="nowhere: holds no review"):
        start(beside=[tmp_path / "nowhere"])


def test_a_damaged_file_of_another_is_a_note(start: Opener, bob: Store, tmp_path: Path) -> None:
    decide(bob, "sure", on("c1"))
    (tmp_path / "bob/decisions/sure.jsonl").write_text("{\n")
    body = start(beside=[tmp_path / "bob"]).article("sure")
    assert (body["others"], "sure.jsonl:1: is damaged" in body["notes"][-1]) == ([], True)


def test_a_command_lists_where_reviewers_differ(start: Opener, bob: Store, tmp_path: Path) -> None:
    ann = start()
    decide(ann, "sure", on("c1"), on("c2"))
    decide(ann, "middling", on("c1"))
    decide(bob, "sure", FIFTY, on("c1"), on("c2", "rejected"))
    decide(bob, "middling", on("c1"))
    decide(bob, "unsure", on("c1"))
    answer = CliRunner().invoke(app, ["annotate", "agree", str(tmp_path / "mine"), str(tmp_path / "bob")])
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.splitlines() == [
        "sure/c1 'will borrow': Ann accepted, Bob corrected; amount: 50 m USD, was 40 m USD",
        "sure/c2 'approved': Ann accepted, Bob rejected",
    ]
    assert "3 commitments decided by two or more: 1 alike, 2 not" in answer.stderr


def test_agreement_of_one_folder_is_none(start: Opener, tmp_path: Path) -> None:
    start()
    for words, reason in ((["mine"], "name two folders"), (["mine", "nowhere"], "nowhere: holds no review")):
        folders = [str(tmp_path / word) for word in words]
        answer = CliRunner().invoke(app, ["annotate", "agree", *folders])
        assert (answer.exit_code, reason in answer.output) == (2, True), answer.output


def test_the_folder_has_the_accepted_as_a_record(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", on("c1"))
    found = json.loads((tmp_path / "mine/accepted/sure.jsonl").read_text(encoding="utf-8"))
    assert [one["id"] for one in found["commitments"]] == ["c1"]
    assert [one["id"] for one in found["actors"]] == ["a1", "a2", "a3"]
