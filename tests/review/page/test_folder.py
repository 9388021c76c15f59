"""Nothing that was answered for is lost or leads out of the folder, wherever the process ends or a line is torn."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review.formats.people import ROW, gold, write_gold
from review.page.conftest import Opener
from review.page.steps import (
    ACCEPT,
    DROP,
    FINISH,
    REOPEN,
    Json,
    decide,
    files,
    ids,
    mentions,
    named,
    raw,
    write_records,
)

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import read_gold
from pipeline.review.page.folder import Folder
from pipeline.review.page.store import Store


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
    + [(Folder, "put", 0), (Folder, "put", 1), (Path, "unlink", 0), (Folder, "put_row", 0)],
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
    path.write_bytes(path.read_bytes()[:300])  # no first line is no journal
    assert decide(start(), "sure", ACCEPT)["version"] == 1
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


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_what_cannot_be_saved_is_not_done_and_gold_follows_later(
    start: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = start()
    before = decide(store, "sure", ACCEPT)
    kept = (tmp_path / "mine/review/sure.jsonl").read_bytes()
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        store.decide("sure", 1, DROP)
    assert (tmp_path / "mine/review/sure.jsonl").read_bytes() == kept
    assert store.article("sure") == before
    assert store.decide("sure", 1, DROP)["version"] == 2
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(Folder, "put", full)
        store.decide("unsure", 0, DROP)
    assert (store.article("unsure")["version"], (tmp_path / "mine/drafts/unsure.json").exists()) == (1, False)
    decide(store, "unsure", ACCEPT)
    assert len(raw(tmp_path / "mine", "unsure", "drafts")["mentions"]) == 7


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


def test_gold_by_another_hand_is_kept_and_can_be_opened(start: Opener, tmp_path: Path) -> None:
    row = {**ROW, "id": "sure", "outlet": "The Daily", "date": "April 2025"}
    other = {**ROW, "id": "theirs", "text": "Fiji waits.", "sentences": [[0, 11]]}
    nothing = {name: [] for name in ("mentions", "actors", "projects", "relations", "commitments", "sectors")}
    write_gold(tmp_path / "mine", (row, {**gold(), "id": "sure"}), (other, {**nothing, "id": "theirs"}))
    before = {name: (tmp_path / "mine" / name).read_bytes() for name in files(tmp_path / "mine")}
    store = start()
    assert ids(store, "finished") == ["sure", "theirs"]
    assert store.article("sure")["state"] == "finished"
    assert {name: (tmp_path / "mine" / name).read_bytes() for name in before} == before
    decide(store, "sure", DROP)
    assert mentions(raw(tmp_path / "mine", "sure")) == gold()["mentions"][:-1]
    assert (tmp_path / "mine/articles.jsonl").read_bytes() == before["articles.jsonl"]
    assert len(start().article("sure")["record"]["mentions"]) == 7
    decide(start(), "sure", {"do": "undo"})
    assert [[c.id for c in one.commitments] for one in read_gold(tmp_path / "mine")] == [["c1", "c2"], []]
    assert start().article("theirs")["record"]["article"]["text"] == "Fiji waits."


def test_gold_that_is_not_sound_is_named(start: Opener, tmp_path: Path) -> None:
    dead = {**gold(), "relations": [["a1", "funds", "p9", 0]]}
    write_gold(tmp_path / "mine", ({**ROW, "id": "sure"}, dead))
    with pytest.raises(
        ArticleError, match=r"sure: cannot be reviewed: the relation .* refers to 'p9', which is missing; correct its"
    ):
        start().article("sure")


@pytest.mark.parametrize("when", ["between", "during"])
def test_gold_that_another_hand_changed_is_not_written_over(start: Opener, tmp_path: Path, when: str) -> None:
    store = start()
    decide(store, "sure", DROP, FINISH)
    path = tmp_path / "mine/gold/sure.json"
    path.write_text(json.dumps({**gold(), "id": "sure", "sectors": ["230"]}))
    with pytest.raises(ArticleError, match=r"gold/sure.json: was changed outside .* move .*/review/sure.jsonl away"):
        decide(store if when == "during" else start(), "sure", ACCEPT)
    assert json.loads(path.read_text())["sectors"] == ["230"]
    (tmp_path / "mine/review/sure.jsonl").unlink()
    assert start().article("sure")["record"]["sectors"][0]["code"] == "230"


def test_lines_of_other_articles_stay_byte_for_byte(start: Opener, tmp_path: Path) -> None:
    odd = b'{"text":"Fiji waits.", "id":"theirs","sentences": [[0,11]], "score":1.50, "note":"\\u0041\\ud800"}\n'
    ours = b'{"id":"sure","text":"x","sentences":[], "outlet":"The Daily"}\n'
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/articles.jsonl").write_bytes(ours + odd)
    decide(start(), "sure", FINISH)
    first, second = (tmp_path / "mine/articles.jsonl").read_bytes().splitlines(keepends=True)
    assert second == odd
    assert (json.loads(first)["text"], json.loads(first)["outlet"]) == (ROW["text"], "The Daily")


HOSTILE = ["../../x", "a/b", "/etc/passwd", "nul\x00", "x" * 5000, "é" * 200, "<script>alert(1)</script>", "a%2Fb", "%",
           "C:\\x", ".hidden", "con", "line\nbreak", " ", "a b", "gold.json", "~", "A" * 149 + "%2F"]  # fmt: skip


def test_any_id_stays_inside_and_is_found_again(start: Opener, tmp_path: Path) -> None:
    source = write_records(tmp_path / "hostile.jsonl", *map(named, HOSTILE))
    outside = files(tmp_path)
    store = start(source)
    for name in HOSTILE:
        decide(store, name, DROP, FINISH)
    assert {name for name in files(tmp_path) if not name.startswith("mine/")} == outside
    assert len([name for name in files(tmp_path / "mine") if name.startswith("gold/")]) == len(HOSTILE)
    assert sorted(one.article.id for one in read_gold(tmp_path / "mine")) == sorted(HOSTILE)
    again = start(source)
    assert {again.article(name)["version"] for name in HOSTILE} == {2}
    assert {again.article(name)["record"]["article"]["id"] for name in HOSTILE} == set(HOSTILE)


@pytest.mark.parametrize("part", ["gold", "drafts", "review"])
def test_folders_that_lead_outside_are_refused(start: Opener, tmp_path: Path, part: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / part).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SetupError, match=f"mine/{part}: is a link that leads out of"):
        start()
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("name", ["drafts/sure.json", "gold/sure.json", "review/sure.jsonl", "articles.jsonl"])
def test_files_that_lead_outside_are_refused(start: Opener, tmp_path: Path, name: str) -> None:
    start()
    (tmp_path / "secret").write_text('{"id": "sure"}\n')
    (tmp_path / "mine" / name).symlink_to(tmp_path / "secret")
    with pytest.raises(SetupError, match=f"mine/{name}: is a link that leads out of"):
        decide(start(), "sure", DROP, FINISH)
    assert (tmp_path / "secret").read_text() == '{"id": "sure"}\n'


def test_a_folder_has_one_server(start: Opener, records: Path, tmp_path: Path) -> None:
    start()
    with pytest.raises(SetupError, match="mine: in use by another `corridor review`; end that first"):
        Store(str(records), tmp_path / "mine", print)
    start()


def test_articles_of_the_folder_must_be_lines_of_json(start: Opener, tmp_path: Path) -> None:
    start()
    (tmp_path / "mine/articles.jsonl").write_text('{"id": "x", "text": ""}\n{"text": 1}\n')
    with pytest.raises(SetupError, match=r"articles.jsonl:2: not an article .*; correct the line"):
        start()
