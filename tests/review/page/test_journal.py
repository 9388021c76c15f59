"""Nothing that was answered for is lost, wherever the process ends, the disk is full or a line is torn."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review.page.conftest import Opener
from review.page.desks import ACCEPT, DROP, FINISH, REOPEN, Json, decide, files, raw

from pipeline.errors import ArticleError
from pipeline.gold.folder import read_gold
from pipeline.review.page.folder import Folder


def test_the_journal_says_who_did_what_and_when(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", ACCEPT, {"do": "undo"}, FINISH)
    first, *rest = (json.loads(line) for line in (tmp_path / "mine/review/sure.jsonl").read_text().splitlines())
    assert (first["article"], first["origin"], first["record"]["article"]["id"]) == ("sure", "records", "sure")
    assert [(line["version"], line["reviewer"], line["do"]) for line in rest] == [
        (1, "Ann", "accept"), (2, "Ann", "undo"), (3, "Ann", "finish"),
    ]  # fmt: skip
    assert all(line["time"].endswith("+00:00") for line in rest)


class Killed(BaseException):
    """The process ends here."""


def dies(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, after: int) -> None:
    """Lets a function be called so often, then nothing more is done."""
    calls, real = [0], getattr(where, name)

    def dying(*args: Any, **told: Any) -> Any:
        calls[0] += 1
        if calls[0] > after:
            raise Killed
        return real(*args, **told)

    monkeypatch.setattr(where, name, dying)


@pytest.mark.parametrize("decision", [DROP, FINISH, REOPEN, {"do": "undo"}])
@pytest.mark.parametrize(
    ("where", "name", "after"),
    [(os, "fsync", n) for n in range(6)]
    + [(Folder, "put", 0), (Folder, "put", 1), (Folder, "remove", 0), (Folder, "put_row", 0)],
)
def test_killed_at_any_point_all_that_was_answered_is_there(
    start: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decision: Json, where: Any, name: str, after: int
) -> None:
    before = decide(start(), "sure", ACCEPT, *([FINISH] if decision == REOPEN else []))
    with monkeypatch.context() as patch:
        dies(patch, where, name, after)
        store = start()
        try:
            answered = store.decide("sure", before["version"], decision)
        except Killed:
            answered = None
    store, mine = start(), tmp_path / "mine"
    there = files(mine) - {"articles.jsonl", "review/sure.jsonl"}
    found = store.article("sure")
    assert found["version"] in ({before["version"] + 1} if answered else {before["version"], before["version"] + 1})
    assert answered is None or found == answered
    part = "gold" if found["state"] == "finished" else "drafts"
    assert there == {f"{part}/sure.json"}
    assert len(raw(mine, "sure", part)["mentions"]) == len(found["record"]["mentions"])
    assert part == "drafts" or [one.article.id for one in read_gold(mine)] == ["sure"]


@pytest.mark.parametrize("torn", ['{"version": 3, "do": "rem', "{}", ""])
def test_a_torn_last_line_is_dropped(start: Opener, tmp_path: Path, torn: str) -> None:
    before = decide(start(), "sure", ACCEPT, DROP)
    path = tmp_path / "mine/review/sure.jsonl"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + torn, encoding="utf-8")
    store = start()
    assert store.article("sure") == before
    decide(store, "sure", {"do": "undo"})
    assert path.read_text(encoding="utf-8").startswith(whole + '{"version": 3')
    assert start().article("sure")["version"] == 3


def test_a_torn_first_line_is_no_journal(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", DROP)
    path = tmp_path / "mine/review/sure.jsonl"
    path.write_bytes(path.read_bytes()[:300])
    store = start()
    assert store.article("sure")["version"] == 0
    assert decide(store, "sure", ACCEPT)["version"] == 1
    assert start().article("sure")["accepted"] == ["m1"]


def spoilt(line: int, text: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [text if number == line else old for number, old in enumerate(lines)]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (spoilt(0, "{"), ":1: is damaged"),
        (spoilt(0, '{"article": "sure", "record": 1}'), ":1: is damaged"),
        (spoilt(1, "[1]"), ":2: is damaged"),
        (spoilt(1, '{"do": "remove", "id": "m99"}'), ":2: cannot be repeated"),
        (spoilt(1, '{"do": "dance"}'), ":2: cannot be repeated"),
    ],
)
def test_a_damaged_line_is_named_and_costs_one_article(
    start: Opener, tmp_path: Path, said: list[str], change: Callable[[list[str]], list[str]], where: str
) -> None:
    decide(start(), "sure", ACCEPT, DROP)
    path = tmp_path / "mine/review/sure.jsonl"
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    store = start()
    with pytest.raises(ArticleError, match=f"sure.jsonl{where}.*restore an older copy"):
        store.article("sure")
    assert decide(store, "unsure", ACCEPT)["version"] == 1


def test_what_cannot_be_saved_is_not_done(start: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = start()
    before = decide(store, "sure", ACCEPT)
    kept = (tmp_path / "mine/review/sure.jsonl").read_bytes()
    with monkeypatch.context() as patch:

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.decide("sure", 1, DROP)
    assert (tmp_path / "mine/review/sure.jsonl").read_bytes() == kept
    assert store.article("sure") == before
    assert store.decide("sure", 1, DROP)["version"] == 2


def test_gold_that_cannot_be_written_follows_later(
    start: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = start()
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(Folder, "put", full)
        with pytest.raises(OSError, match="No space"):
            store.decide("sure", 0, DROP)
    assert (store.article("sure")["version"], files(tmp_path / "mine")) == (1, {"review/sure.jsonl"})
    decide(store, "sure", ACCEPT)
    assert len(raw(tmp_path / "mine", "sure", "drafts")["mentions"]) == 7


def test_a_journal_of_another_article_is_not_taken(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", DROP)
    shutil.copy(tmp_path / "mine/review/sure.jsonl", tmp_path / "mine/review/unsure.jsonl")
    with pytest.raises(ArticleError, match=r"unsure.jsonl: is the journal of 'sure', not of 'unsure'"):
        start().article("unsure")


def test_a_journal_of_an_earlier_version_goes_on(start: Opener, tmp_path: Path) -> None:
    """Its first line also held what a record lacks of the guide's gold."""
    decide(start(), "sure", DROP)
    path = tmp_path / "mine/review/sure.jsonl"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    more = {"row": {"id": "sure", "text": ""}, "kept": {"sentence_fixes": []}, "lost": [], "flows": {}}
    path.write_text("\n".join([json.dumps(json.loads(first) | more), *rest]) + "\n", encoding="utf-8")
    assert len(start().article("sure")["record"]["mentions"]) == 7
    decide(start(), "sure", FINISH)
    assert (tmp_path / "mine/gold/sure.json").is_file()
