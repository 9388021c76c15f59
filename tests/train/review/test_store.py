"""The queue and its decisions: saved at once, there again after any end, never over the work of another hand."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from train.annotate.people import ROW, gold, write_gold
from train.review.conftest import Opener
from train.review.desks import Json, named, raw, record, write_records

from pipeline.errors import ArticleError, SetupError
from pipeline.evaluate.files import read_gold
from pipeline.evaluate.gold import read_corpus
from pipeline.train.review.folder import Folder
from pipeline.train.review.store import Conflict, Store, Unknown
from pipeline.train.review.working import Refused

ACCEPT: Json = {"do": "accept", "id": "m1"}
DROP: Json = {"do": "remove", "id": "m8"}
FINISH: Json = {"do": "finish", "finished": True}
REOPEN: Json = {"do": "finish", "finished": False}


def decide(store: Store, name: str, *decisions: Json) -> Json:
    body = store.article(name)
    for decision in decisions:
        body = store.decide(name, body["version"], decision)
    return body


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"review/lock"}


def ids(store: Store, state: str | None = None) -> list[str]:
    return [told["id"] for told in store.queue(state, 50, 0)["articles"]]


def test_the_least_confident_come_first(start: Opener) -> None:
    store = start()
    assert ids(store) == ["unsure", "middling", "sure"]
    assert store.queue(None, 1, 1)["articles"] == [
        {"id": "middling", "title": "A bridge", "state": "untouched", "confidence": 0.6}
    ]
    assert store.queue(None, 50, 0)["next"] == "unsure"
    assert [store.article(name)["next"] for name in ids(store)] == ["middling", "sure", "unsure"]


def test_states_and_counts_follow_the_decisions(start: Opener) -> None:
    store = start()
    decide(store, "unsure", ACCEPT)
    decide(store, "sure", FINISH)
    assert store.counts() == {"untouched": 1, "begun": 1, "finished": 1}
    assert [ids(store, state) for state in store.counts()] == [["middling"], ["unsure"], ["sure"]]
    assert store.article("middling")["next"] == "unsure"
    decide(store, "unsure", FINISH)
    decide(store, "middling", FINISH)
    assert store.queue(None, 50, 0)["next"] is None


def test_what_is_under_way_is_no_gold_until_it_is_finished(start: Opener, tmp_path: Path) -> None:
    store, mine = start(), tmp_path / "mine"
    decide(store, "sure", DROP)
    assert files(mine) == {"drafts/sure.json", "review/sure.jsonl"}
    assert raw(mine, "sure", "drafts")["mentions"] == gold()["mentions"][:-1]
    decide(store, "sure", FINISH)
    assert files(mine) == {"articles.jsonl", "gold/sure.json", "review/sure.jsonl"}
    (found,) = read_gold(mine)
    assert (found.text, found.title, found.raw["mentions"]) == (ROW["text"], "A bridge", gold()["mentions"][:-1])
    decide(store, "sure", {"do": "undo"})
    assert raw(mine, "sure")["mentions"] == gold()["mentions"]
    decide(store, "sure", REOPEN)
    assert read_corpus(mine) == []
    assert "drafts/sure.json" in files(mine)


def test_a_decision_on_another_version_is_turned_away(start: Opener) -> None:
    store = start()
    decide(store, "sure", ACCEPT)
    with pytest.raises(Conflict) as conflict:
        store.decide("sure", 0, DROP)
    assert conflict.value.body == store.article("sure")
    assert store.article("sure")["version"] == 1


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        ({"do": "undo"}, "nothing to undo"),
        ({"do": "redo"}, "nothing to redo"),
        ({"do": "undo", "reviewer": "Eve"}, "reviewer: Extra inputs"),
        ({"do": "finish"}, "finished: Field required"),
        ({"do": "finish", "finished": "yes"}, "finished: Input should be a valid boolean"),
        (REOPEN, "untouched already"),
    ],
)
def test_moves_that_cannot_be_made(start: Opener, tmp_path: Path, decision: Json, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        decide(start(), "sure", decision)
    assert files(tmp_path / "mine") == set()


def test_the_journal_says_who_did_what_and_when(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", ACCEPT, {"do": "undo"}, FINISH)
    first, *rest = (json.loads(line) for line in (tmp_path / "mine/review/sure.jsonl").read_text().splitlines())
    assert (first["article"], first["origin"], first["record"]["article"]["id"]) == ("sure", "records", "sure")
    assert [(line["version"], line["reviewer"], line["do"]) for line in rest] == [
        (1, "Ann", "accept"), (2, "Ann", "undo"), (3, "Ann", "finish"),
    ]  # fmt: skip
    assert all(line["time"].endswith("+00:00") for line in rest)


def test_undo_and_redo_go_on_after_a_restart(start: Opener) -> None:
    before = decide(start(), "sure", ACCEPT, DROP, {"do": "undo"})
    store = start()
    assert store.article("sure") == before
    assert (before["can_undo"], before["can_redo"], before["accepted"]) == (True, True, ["m1"])
    assert len(decide(store, "sure", {"do": "redo"})["record"]["mentions"]) == 7
    assert not decide(store, "sure", {"do": "undo"}, DROP)["can_redo"]


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
    assert part == "drafts" or [one.id for one in read_gold(mine)] == ["sure"]


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
        (spoilt(1, '{"do": "remove", "id": "m99"}'), ":2: cannot be done again"),
        (spoilt(1, '{"do": "dance"}'), ":2: cannot be done again"),
    ],
)
def test_a_damaged_line_is_named_and_costs_one_article(
    start: Opener, tmp_path: Path, said: list[str], change: Callable[[list[str]], list[str]], where: str
) -> None:
    decide(start(), "sure", ACCEPT, DROP)
    path = tmp_path / "mine/review/sure.jsonl"
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    store = start()
    with pytest.raises(ArticleError, match=f"sure.jsonl{where}.*put an older copy"):
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


def test_a_review_goes_on_with_the_record_it_was_begun_on(start: Opener, tmp_path: Path, said: list[str]) -> None:
    before = decide(start(), "sure", DROP)
    anew = write_records(tmp_path / "anew.jsonl", record(id="sure").model_copy(update={"sectors": []}), named("unsure"))
    store = start(anew)
    assert said == ["1 of 1 reviews were begun on other records than these, and go on with their own"]
    found = store.article("sure")
    assert found.pop("notes")[0].startswith("the records have another one of this article; its review goes on")
    assert found == {name: value for name, value in before.items() if name != "notes"} | {"next": "unsure"}
    (tmp_path / "mine/review/sure.jsonl").unlink()
    assert start(anew).article("sure")["record"]["sectors"] == []


def test_a_review_without_its_records_is_there_still(start: Opener, tmp_path: Path) -> None:
    before = decide(start(), "sure", DROP)
    store = start(write_records(tmp_path / "other.jsonl", named("new", 0.1)))
    assert ids(store) == ["new", "sure"]
    assert store.article("sure") == before | {"next": "new"}


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
    assert raw(tmp_path / "mine", "sure")["mentions"] == gold()["mentions"][:-1]
    assert (tmp_path / "mine/articles.jsonl").read_bytes() == before["articles.jsonl"]
    assert len(start().article("sure")["record"]["mentions"]) == 7
    decide(start(), "sure", {"do": "undo"})
    assert [one.raw["commitments"] for one in read_gold(tmp_path / "mine")] == [gold()["commitments"], []]
    assert start().article("theirs")["record"]["article"]["text"] == "Fiji waits."


def test_gold_that_is_not_sound_is_named(start: Opener, tmp_path: Path) -> None:
    dead = {**gold(), "relations": [["a1", "funds", "p9", 0]]}
    write_gold(tmp_path / "mine", ({**ROW, "id": "sure"}, dead))
    with pytest.raises(ArticleError, match=r"sure: cannot be reviewed: relation .* there is no 'p9'; correct its gold"):
        start().article("sure")


@pytest.mark.parametrize("when", ["between", "during"])
def test_gold_that_another_hand_changed_is_not_written_over(start: Opener, tmp_path: Path, when: str) -> None:
    store = start()
    decide(store, "sure", DROP, FINISH)
    path = tmp_path / "mine/gold/sure.json"
    path.write_text(json.dumps({**gold(), "id": "sure", "sectors": ["230"]}))
    with pytest.raises(ArticleError, match=r"gold/sure.json: was changed by another hand .*/review/sure.jsonl away"):
        decide(store if when == "during" else start(), "sure", ACCEPT)
    assert json.loads(path.read_text())["sectors"] == ["230"]
    (tmp_path / "mine/review/sure.jsonl").unlink()
    assert start().article("sure")["record"]["sectors"][0]["code"] == "230"


def test_what_is_no_record_is_named_and_left_out(start: Opener, tmp_path: Path, said: list[str]) -> None:
    lines = [named("one").to_json(), "{", '{"article": {"id": 1}}', named("one").to_json(), named("..").to_json()]
    (tmp_path / "some.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert ids(start(tmp_path / "some.jsonl")) == ["one"]
    expected = ("not a record", "not a record", "the article 'one' comes twice", "the article '..' cannot be asked for")
    assert [reason in told for reason, told in zip(expected, said, strict=True)] == [True] * 4


def moved(found: Any) -> Any:
    return found.model_copy(update={"start": found.start + 1, "end": found.end + 1})


UNSOUND: list[tuple[Callable[[Any], dict[str, Any]], str]] = [
    (lambda r: {"mentions": [moved(r.mentions[0]), *r.mentions[1:]]}, "'Laos' does not stand at 1"),
    (lambda r: {"mentions": [*r.mentions, r.mentions[0]]}, "the id 'm1' comes 2 times"),
    (lambda r: {"relations": [*r.relations, r.relations[0]]}, "the id 'a2 funds p1' comes 2 times"),
    (lambda r: {"actors": r.actors[1:]}, "'m1' and 'a1' do not name each other"),
    (lambda r: {"projects": [r.projects[0].model_copy(update={"id": "p 1"})]}, "the id 'p 1' has a space"),
    (lambda r: {"actors": [r.actors[0].model_copy(update={"id": "article"})]}, "means the article"),
    (lambda r: {"sentences": r.sentences[:1]}, "there is no sentence 1"),
    (lambda r: {"sentences": r.sentences[::-1]}, "sentence 0 is out of order"),
    (lambda r: {"commitments": [r.commitments[0].model_copy(update={"by": ["p1"]})]}, "no 'p1' of the actors for 'by'"),
    (lambda r: {"relations": [r.relations[0].model_copy(update={"object": "p9"})]}, "has no 'p9' to end at"),
]


@pytest.mark.parametrize(("change", "reason"), UNSOUND)
def test_a_record_that_is_not_whole_is_refused(
    start: Opener, tmp_path: Path, change: Callable[[Any], dict[str, Any]], reason: str
) -> None:
    found = record()
    source = write_records(tmp_path / "some.jsonl", found.model_copy(update=change(found)), named("well"))
    store = start(source)
    with pytest.raises(ArticleError, match=f"laos-1: cannot be reviewed: .*{reason}.*; extract it again"):
        store.article("laos-1")
    assert store.article("well")["version"] == 0


@pytest.mark.parametrize(
    ("source", "reason"),
    [("-", "standard input has them once"), ("nowhere", "nowhere: not found"), ("empty.jsonl", "holds no record to")],
)
def test_what_cannot_be_read_makes_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(SetupError, match=reason):
        Store(source, tmp_path / "mine", print)
    assert not (tmp_path / "mine").exists()


def test_records_that_are_written_anew_under_the_server(start: Opener, records: Path, tmp_path: Path) -> None:
    store = start()
    begun = decide(store, "sure", ACCEPT)
    write_records(records, named("sure", 0.9), named("unsafe", 0.3))
    with pytest.raises(ArticleError, match=r"records.jsonl:2: is another record than 'unsure' by now; start `corridor"):
        decide(store, "unsure", ACCEPT)
    write_records(records, named("unsure"), named("sure"))
    with pytest.raises(ArticleError, match=r"records.jsonl:2: not a record"):
        decide(store, "unsure", ACCEPT)
    assert decide(store, "sure", {"do": "undo"})["version"] == 2
    records.unlink()
    with pytest.raises(ArticleError, match=r"records.jsonl: cannot be read"):
        store.article("middling")
    assert [one["title"] for one in store.queue(None, 9, 0)["articles"]] == [None] * 3
    assert store.article("sure")["record"] == begun["record"]


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
    assert sorted(one.id for one in read_gold(tmp_path / "mine")) == sorted(HOSTILE)
    again = start(source)
    assert {again.article(name)["version"] for name in HOSTILE} == {2}
    assert {again.article(name)["record"]["article"]["id"] for name in HOSTILE} == set(HOSTILE)


def test_an_unknown_article(start: Opener) -> None:
    for name in ("nobody", "../records", ""):
        with pytest.raises(Unknown):
            start().article(name)


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
    with pytest.raises(SetupError, match="mine: is under review by another `corridor review`; end that first"):
        Store(str(records), tmp_path / "mine", print)
    start()


def test_a_journal_of_another_article_is_not_taken(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", DROP)
    shutil.copy(tmp_path / "mine/review/sure.jsonl", tmp_path / "mine/review/unsure.jsonl")
    with pytest.raises(ArticleError, match=r"unsure.jsonl: is the journal of 'sure', not of 'unsure'"):
        start().article("unsure")


def test_articles_of_the_folder_must_be_lines_of_json(start: Opener, tmp_path: Path) -> None:
    start()
    (tmp_path / "mine/articles.jsonl").write_text('{"id": "x", "text": ""}\n{"text": 1}\n')
    with pytest.raises(SetupError, match=r"articles.jsonl:2: is no article .*; mend the line"):
        start()
