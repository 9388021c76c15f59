"""Two reviewers who decide differently: a command lists where."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from review.page.conftest import Opener
from review.page.desks import decide, slot
from review.page.test_decided import on
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.review.page.store import Store

FIFTY = {"do": "set", "id": slot("c1", "amounts", "$40 million"), "fields": {"value": 5e7}}


@pytest.fixture
def bob(records: Path, tmp_path: Path) -> Iterator[Store]:
    store = Store(str(records), tmp_path / "bob", print, "Bob")
    yield store
    store.close()


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
