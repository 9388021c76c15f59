"""Decisions on commitments: what the page gets, what others can read, where reviewers differ, and that none is lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from review.page.conftest import Opener
from review.page.steps import DROP, FINISH, Json, decide, named, place, raw, record, slot, write_records
from starlette.testclient import TestClient
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.review.accepted.decisions import Decided

MONEY = slot("c1", "amounts", "$40 million")
STATUS = {"do": "set", "id": "c1", "fields": {"status": "agreed"}}
NEW = {"do": "add", "what": "commitment", "fields": {"kind": "policy", "status": "proposed", **place("said")}}
SAME_AGAIN = {"kind": "agreement", "status": "agreed", **place("said")}


def on(name: str, decision: str | None = "accepted") -> Json:
    return {"do": "decide", "id": name, "decision": decision}


def shown(body: Json) -> dict[str, Any]:
    """The decision beside each commitment of the page, without who and when."""
    found = {row["id"]: row["decision"] for row in body["view"]["commitments"]}
    return {name: one and one["decision"] for name, one in found.items()}


def rows(folder: Path, name: str = "sure") -> list[Decided]:
    path = folder / "mine/decisions" / f"{name}.jsonl"
    return [Decided.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


CASES: list[tuple[list[Json], dict[str, str | None]]] = [
    ([on("c1")], {"c1": "accepted", "c2": None}),
    ([on("c1"), on("c2", "unsure")], {"c1": "accepted", "c2": "unsure"}),
    ([on("c1"), on("c1", None)], {"c1": None, "c2": None}),
    ([on("c1"), {"do": "undo"}], {"c1": None, "c2": None}),
    ([on("c1"), {"do": "undo"}, {"do": "redo"}], {"c1": "accepted", "c2": None}),
    ([STATUS, on("c1")], {"c1": "corrected", "c2": None}),
    ([on("c1"), STATUS], {"c1": "corrected", "c2": None}),
    ([on("c1"), STATUS, {"do": "undo"}], {"c1": "accepted", "c2": None}),
    ([{"do": "set", "id": MONEY, "fields": {"value": 5e7}}, on("c1")], {"c1": "corrected", "c2": None}),
    ([{"do": "set", "id": "a2", "fields": {"name": "Bank of the Mekong"}}, on("c1")], {"c1": "corrected", "c2": None}),
    ([{"do": "set", "id": "a2", "fields": {"role": "lender"}}, on("c1")], {"c1": "accepted", "c2": None}),
    ([{"do": "add_slot", "id": "c1", "slot": "projects", "value": "p1"}, on("c1")], {"c1": "corrected", "c2": None}),
    ([STATUS, on("c1", "rejected")], {"c1": "rejected", "c2": None}),
    ([NEW, on("c3")], {"c1": None, "c2": None, "c3": "corrected"}),
    ([{"do": "remove", "id": "c2"}, {**NEW, "fields": SAME_AGAIN}, on("c2")], {"c1": None, "c2": "corrected"}),
]


@pytest.mark.parametrize(("decisions", "expected"), CASES)
def test_what_the_page_shows_of_decisions(start: Opener, decisions: list[Json], expected: Json) -> None:
    body = decide(start(), "sure", *decisions)
    assert shown(body) == expected
    assert start().article("sure") == body


def test_who_decided_and_when(client: TestClient) -> None:
    body = client.post("/api/articles/sure/edits", json={"version": 0, **on("c1")}).json()
    one, other = body["view"]["commitments"]
    assert (one["decision"]["decision"], one["decision"]["by"], one["reopened"]) == ("accepted", "Ann", None)
    assert one["decision"]["at"].startswith("20")
    assert (other["decision"], other["reopened"]) == (None, None)
    assert {"c1", MONEY, "c1 by a1", "a1", "a2", "m1", "m2", "m3"} <= set(body["accepted"])
    body = client.post("/api/articles/sure/undo", json={"version": 1}).json()
    assert (body["accepted"], body["view"]["commitments"][0]["decision"]) == ([], None)


def test_a_rejected_commitment_is_not_in_the_gold_and_can_come_back(start: Opener, tmp_path: Path) -> None:
    store, mine = start(), tmp_path / "mine"
    body = decide(store, "sure", on("c1", "rejected"), on("c2", "unsure"))
    assert [one["id"] for one in body["record"]["commitments"]] == ["c1", "c2"]
    assert [one["id"] for one in raw(mine, "sure", "drafts")["commitments"]] == ["c2"]
    decide(store, "sure", FINISH)
    assert [one["id"] for one in raw(mine, "sure")["commitments"]] == ["c2"]
    decide(store, "sure", on("c1", None))
    assert [one["id"] for one in raw(mine, "sure")["commitments"]] == ["c1", "c2"]


def test_others_read_the_decisions_without_the_journal(start: Opener, tmp_path: Path) -> None:
    store = start()
    decide(store, "sure", {"do": "set", "id": MONEY, "fields": {"value": 5e7}}, on("c1"), on("c2", "rejected"))
    one, other = rows(tmp_path)
    assert (one.article, one.sha256, one.commitment) == ("sure", record().article.sha256, "c1")
    assert (one.decision, one.corrected, one.reviewer, one.reopened) == ("accepted", True, "Ann", None)
    assert (one.row.by, one.row.to, one.row.flow and one.row.flow.provider) == (
        ["Laos"], ["Mekong Bank"], ["Mekong Bank", "Kaysa Vong"],
    )  # fmt: skip
    assert one.before is not None
    assert (one.row.amounts[0].value, one.before.amounts[0].value, one.row.amounts[0].text) == (
        5e7, 4e7, "$40 million",
    )  # fmt: skip
    assert {"start": one.row.trigger.start, "end": one.row.trigger.end} == place("will borrow")
    assert (other.decision, other.corrected, other.row == other.before) == ("rejected", False, True)
    decide(store, "sure", on("c1", None), on("c2", None))
    assert not (tmp_path / "mine/decisions/sure.jsonl").exists()


@pytest.mark.parametrize("lost", [["decisions"], ["drafts", "decisions"], ["cut"]])
def test_decisions_are_complete_after_a_kill(start: Opener, tmp_path: Path, lost: list[str]) -> None:
    """Of the files that a decision writes, any may be missing or old when the process ends."""
    mine = tmp_path / "mine"
    store = start()
    body = decide(store, "sure", on("c2", "unsure"))
    before = {part: next((mine / part).iterdir()).read_bytes() for part in ("decisions", "drafts")}
    body = decide(store, "sure", on("c1"), DROP)
    whole = (mine / "decisions/sure.jsonl").read_bytes()
    for part in lost:
        if part == "cut":
            (mine / "decisions/sure.jsonl").unlink()
        else:
            next((mine / part).iterdir()).write_bytes(before[part])
    store = start()
    assert (mine / "decisions/sure.jsonl").read_bytes() == whole
    assert store.article("sure") == body


def test_a_journal_from_before_decisions_goes_on(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", DROP)
    lines = (tmp_path / "mine/review/sure.jsonl").read_text(encoding="utf-8").splitlines()
    assert "decisions" not in json.loads(lines[-1])
    store = start(write_records(tmp_path / "same.jsonl", named("sure", 0.9)))
    assert shown(decide(store, "sure", on("c1"))) == {"c1": "accepted", "c2": None}


FIFTY = {"do": "set", "id": slot("c1", "amounts", "$40 million"), "fields": {"value": 5e7}}


def test_a_command_lists_where_reviewers_differ(start: Opener, records: Path, tmp_path: Path) -> None:
    ann, bob = start(), start(records, "bob", "Bob")
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
