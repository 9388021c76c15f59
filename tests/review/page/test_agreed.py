"""Rows that `corridor review --accept-at` accepts: by agreement, never as a person, and never in place of one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review.page.running import started
from review.page.steps import FINISH, Json, decide, files, ids, named, raw, slot, write_records
from review.page.tabs import Open, Picture, card, focused, press, saved
from review.page.test_decided import on, rows, shown
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.record import Record
from pipeline.review.edits.working import Refused
from pipeline.review.page.store import Store

Started = Callable[..., Store]
STATUS: Json = {"do": "set", "id": "c1", "fields": {"status": "stalled"}}
RENAMED: Json = {"do": "set", "id": "a2", "fields": {"name": "Bank of the Mekong"}}


def sure(name: str, *told: float | None, confidence: float = 0.5) -> Record:
    """An article with these `row_confidence`s of c1 and c2."""
    found = named(name, confidence)
    made = [
        one.model_copy(update={"row_confidence": t, "method": "rules"})
        for one, t in zip(found.commitments, told, strict=True)
    ]
    return found.model_copy(update={"commitments": made})


@pytest.fixture
def accept(tmp_path: Path, said: list[str]) -> Any:
    """Starts a store that accepts at a number, on the article `sure` with .95 and .7, or others."""
    running: list[Store] = []

    def started(at: float | None, *found: Record) -> Store:
        while running:
            running.pop().close()
        if found or not (tmp_path / "agreed.jsonl").exists():
            write_records(tmp_path / "agreed.jsonl", *(found or [sure("sure", 0.95, 0.7)]))
        running.append(Store(str(tmp_path / "agreed.jsonl"), tmp_path / "mine", said.append, "Ann", at))
        return running[-1]

    yield started
    for store in running:
        store.close()


def now(store: Store, name: str = "sure") -> dict[str, Any]:
    return shown(store.article(name))


@pytest.mark.parametrize(
    ("at", "told", "expected"),
    [
        (0.9, (0.95, 0.7), ["by agreement", None]),
        (0.95, (0.95, 0.94), ["by agreement", None]),
        (1, (1.0, 0.999), ["by agreement", None]),
        (0, (0.0, None), ["by agreement", None]),
        (0, (None, None), [None, None]),
    ],
)
def test_rows_that_reach_the_number_are_accepted_and_no_others(
    accept: Started, at: float, told: tuple[float | None, ...], expected: list[str | None]
) -> None:
    assert list(now(accept(at, sure("sure", *told))).values()) == expected


def test_it_is_stored_by_agreement_and_in_nobodys_name(accept: Started, tmp_path: Path, said: list[str]) -> None:
    accept(0.9)
    (one,) = rows(tmp_path)
    assert (one.commitment, one.decision, one.agreement, one.reviewer) == ("c1", "accepted", 0.9, None)
    (kept,) = json.loads((tmp_path / "mine/accepted/sure.jsonl").read_text(encoding="utf-8"))["commitments"]
    assert (kept["method"], kept["confidence"], kept["row_confidence"]) == ("rules+agreement", 0.5, 0.95)
    assert "Ann" not in (tmp_path / "mine/review/sure.jsonl").read_text(encoding="utf-8")
    assert said[1:] == ["1 commitment in 1 article accepted by agreement at 0.9, not by a person"]


def test_nobody_has_seen_it_and_what_is_left_to_look_at_comes_first(accept: Started) -> None:
    some = [sure("all", 0.95, 0.92, confidence=0.1), sure("half", 0.95, 0.5, confidence=0.9), named("none", 0.8)]
    store = accept(0.9, *some)
    assert store.counts() == {"untouched": 3, "begun": 0, "finished": 0}
    assert ids(store) == ["none", "half", "all"]
    body = store.article("all")
    assert (body["state"], body["can_undo"], body["accepted"]) == ("untouched", False, [])
    assert [one["decision"]["by"] for one in body["view"]["commitments"]] == [None, None]
    assert ids(accept(None)) == ["none", "half", "all"]
    decide(store := accept(None), "half", on("c2"))
    assert store.counts() == {"untouched": 2, "begun": 1, "finished": 0}


def test_without_the_option_a_review_opens_as_it_was(accept: Started, tmp_path: Path) -> None:
    assert now(accept(None)) == {"c1": None, "c2": None}
    assert files(tmp_path / "mine") == set()
    accept(0.9)
    before = (tmp_path / "mine/review/sure.jsonl").read_bytes()
    for at in (None, 0.9, 0.8):
        assert now(accept(at)) == {"c1": "by agreement", "c2": None}
    assert (tmp_path / "mine/review/sure.jsonl").read_bytes() == before


def test_rows_that_no_longer_reach_a_higher_number_are_open_again(accept: Started, tmp_path: Path) -> None:
    assert now(accept(0.6)) == {"c1": "by agreement", "c2": "by agreement"}
    assert now(accept(0.9)) == {"c1": "by agreement", "c2": None}
    assert now(accept(1)) == {"c1": None, "c2": None}
    assert files(tmp_path / "mine") == {"drafts/sure.json", "review/sure.jsonl"}
    assert accept(1).counts()["untouched"] == 1


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([on("c1")], {"c1": "accepted", "c2": "by agreement"}),
        ([on("c1", "rejected")], {"c1": "rejected", "c2": "by agreement"}),
        ([on("c1", "unsure")], {"c1": "unsure", "c2": "by agreement"}),
        ([STATUS], {"c1": "corrected", "c2": "by agreement"}),
        ([{"do": "remove", "id": "c1 by a1"}], {"c1": "corrected", "c2": "by agreement"}),
        ([on("c1"), on("c1", None)], {"c1": None, "c2": "by agreement"}),
        ([on("c1", "rejected"), {"do": "undo"}], {"c1": "by agreement", "c2": "by agreement"}),
        ([{"do": "remove", "id": "c1"}], {"c2": "by agreement"}),
        ([STATUS, FINISH], {"c1": "corrected", "c2": "by agreement"}),
    ],
)
def test_what_a_person_decides_or_corrects_is_the_persons(
    accept: Started, decisions: list[Json], expected: dict[str, str | None]
) -> None:
    assert shown(body := decide(accept(0.6), "sure", *decisions)) == expected
    assert accept(None).article("sure") == body
    for at in (1, 0):  # whatever the number, and however often
        left = {name: None if what == "by agreement" and at else what for name, what in expected.items()}
        assert now(accept(at)) == left


def test_a_persons_decision_from_before_is_never_overwritten(accept: Started, tmp_path: Path) -> None:
    decide(accept(None), "sure", on("c1", "rejected"), {**STATUS, "id": "c2"})
    assert now(accept(0)) == {"c1": "rejected", "c2": None}
    decide(accept(0), "sure", on("c2"))
    assert now(accept(1)) == {"c1": "rejected", "c2": "corrected"}
    assert [one.reviewer for one in rows(tmp_path)] == ["Ann", "Ann"]


def test_a_change_elsewhere_that_reaches_an_agreed_row_asks_for_a_look(accept: Started, tmp_path: Path) -> None:
    body = decide(accept(0.9), "sure", RENAMED)
    assert shown(body)["c1"] is None
    assert "was Mekong Bank" in body["view"]["commitments"][0]["reopened"]
    assert (rows(tmp_path)[0].decision, rows(tmp_path)[0].reviewer) == (None, None)
    assert now(accept(0.5))["c1"] is None
    assert shown(decide(accept(None), "sure", on("c1")))["c1"] == "corrected"


def test_agreement_alone_cannot_be_taken_back_nor_made_on_the_page(accept: Started) -> None:
    store = accept(0.9)
    for refused in (on("c1", None), {"do": "undo"}, {"do": "agree", "at": 0.1}):
        with pytest.raises(Refused):
            store.decide("sure", store.article("sure")["version"], refused)


def test_a_newer_record_reopens_what_was_agreed(accept: Started) -> None:
    accept(0.9)
    newer = sure("sure", 0.97, 0.7)
    dear = newer.commitments[0].amounts[0].model_copy(update={"value": 5e7})
    parts = [newer.commitments[0].model_copy(update={"amounts": [dear]}), newer.commitments[1]]
    newer = newer.model_copy(update={"commitments": parts})
    store = accept(None, newer)
    assert (now(store)["c1"], store.counts()["untouched"]) == (None, 1)
    assert now(accept(0.9))["c1"] == "by agreement"
    assert now(accept(0.98))["c1"] is None


@pytest.mark.parametrize("lost", ["decisions", "drafts", "accepted"])
def test_agreement_is_complete_after_a_kill(accept: Started, tmp_path: Path, lost: str) -> None:
    accept(0.9)
    (path,) = (tmp_path / "mine" / lost).iterdir()
    whole = path.read_bytes()
    path.unlink()
    accept(None)
    assert path.read_bytes() == whole


def test_gold_that_a_person_finished_is_the_same_with_agreement(accept: Started, tmp_path: Path) -> None:
    decide(
        accept(None),
        "sure",
        {"do": "set", "id": slot("c1", "amounts", "$40 million"), "fields": {"value": 5e7}},
        FINISH,
    )
    before = raw(tmp_path / "mine", "sure")
    store = accept(0.5)
    assert (now(store), store.counts()["finished"]) == ({"c1": None, "c2": "by agreement"}, 1)
    assert raw(tmp_path / "mine", "sure") == before


def test_reviewers_are_not_compared_with_agreement(accept: Started, tmp_path: Path) -> None:
    accept(0.5).close()
    bob = Store(str(tmp_path / "agreed.jsonl"), tmp_path / "bob", print, "Bob")
    decide(bob, "sure", on("c1", "rejected"))
    answer = CliRunner().invoke(app, ["annotate", "agree", str(tmp_path / "mine"), str(tmp_path / "bob")])
    assert (answer.stdout, "0 commitments decided by two or more" in answer.stderr) == ("", True)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("2", "--accept-at 2.0: is compared"),
        ("-.1", "--accept-at -0.1"),
        ("nan", "--accept-at nan"),
        ("high", "--accept-at"),
    ],
)
def test_a_wrong_number_is_refused_by_name(tmp_path: Path, number: str, words: str) -> None:
    write_records(tmp_path / "records.jsonl", named("sure"))
    line = ["review", str(tmp_path / "records.jsonl"), "--gold", str(tmp_path / "mine"), f"--accept-at={number}"]
    answer = CliRunner().invoke(app, line)
    assert (answer.exit_code, words in answer.stderr, (tmp_path / "mine").exists()) == (2, True, False)


def test_the_page_says_so_and_begins_with_what_is_left(tab: Open, tmp_path: Path, picture: Picture) -> None:
    write_records(tmp_path / "records.jsonl", sure("sure", 0.95, 0.7))
    page = tab(started(tmp_path, "--no-open", "--reviewer", "Ann", "--accept-at", ".9").address, "sure")
    assert page.inner_text(".progress span") == "0 of 1 commitment decided, 1 by agreement"
    assert page.locator(".card.commitment").evaluate_all("some => some.map((one) => one.dataset.id)") == ["c2", "c1"]
    assert (focused(page), card(page, "c1").locator(".decision").inner_text()[:12]) == ("c2", "by agreement")
    picture(page, "review-agreed")
    card(page, "c1").focus()
    press(page, "a")
    saved(page, "Commitment c1 accepted.")
    assert card(page, "c1").locator(".decision").inner_text().startswith("accepted by Ann")
    assert page.inner_text(".progress span") == "1 of 2 commitments decided"
