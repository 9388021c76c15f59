"""The queue and its decisions: saved at once, each on the version that was seen, on the record that was begun."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review.formats.people import ROW, gold
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
    record,
    write_records,
)

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import read_gold
from pipeline.review.edits.working import Refused
from pipeline.review.page.store import Conflict, Store, Unknown


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
    assert mentions(raw(mine, "sure", "drafts")) == gold()["mentions"][:-1]
    decide(store, "sure", FINISH)
    assert files(mine) == {"articles.jsonl", "gold/sure.json", "review/sure.jsonl"}
    (found,) = read_gold(mine)
    assert (found.article.text, found.article.title, len(found.mentions)) == (ROW["text"], "A bridge", 7)
    assert {part.method for part in [*found.mentions, *found.commitments]} == {"person"}
    decide(store, "sure", {"do": "undo"})
    assert mentions(raw(mine, "sure")) == gold()["mentions"]
    decide(store, "sure", REOPEN)
    assert not (mine / "gold" / "sure.json").exists()
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
        ({"do": "undo", "reviewer": "Eve"}, "reviewer: Unexpected keyword"),
        ({"do": "finish"}, "finished: Missing required"),
        ({"do": "finish", "finished": "yes"}, "finished: Input should be a valid boolean"),
        (REOPEN, "untouched already"),
    ],
)
def test_moves_that_cannot_be_made(start: Opener, tmp_path: Path, decision: Json, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        decide(start(), "sure", decision)
    assert files(tmp_path / "mine") == set()


def test_undo_and_redo_go_on_after_a_restart(start: Opener) -> None:
    before = decide(start(), "sure", ACCEPT, DROP, {"do": "undo"})
    store = start()
    assert store.article("sure") == before
    assert (before["can_undo"], before["can_redo"], before["accepted"]) == (True, True, ["m1"])
    assert len(decide(store, "sure", {"do": "redo"})["record"]["mentions"]) == 7
    assert not decide(store, "sure", {"do": "undo"}, DROP)["can_redo"]


def test_a_review_goes_on_with_the_record_it_was_begun_on(start: Opener, tmp_path: Path, said: list[str]) -> None:
    before = decide(start(), "sure", DROP)
    anew = write_records(tmp_path / "anew.jsonl", record(id="sure").model_copy(update={"sectors": []}), named("unsure"))
    store = start(anew)
    assert said == ["1 of 1 reviews started from other records; they continue with those"]
    found = store.article("sure")
    assert found.pop("notes")[0].startswith("the records hold another record of this article; its review continues")
    assert found == {name: value for name, value in before.items() if name != "notes"} | {"next": "unsure"}
    (tmp_path / "mine/review/sure.jsonl").unlink()
    assert start(anew).article("sure")["record"]["sectors"] == []


def test_a_review_without_its_records_is_there_still(start: Opener, tmp_path: Path) -> None:
    before = decide(start(), "sure", DROP)
    store = start(write_records(tmp_path / "other.jsonl", named("new", 0.1)))
    assert ids(store) == ["new", "sure"]
    assert store.article("sure") == before | {"next": "new"}


def test_records_that_are_written_anew_under_the_server(start: Opener, records: Path, tmp_path: Path) -> None:
    store = start()
    begun = decide(store, "sure", ACCEPT)
    write_records(records, named("sure", 0.9), named("unsafe", 0.3))
    with pytest.raises(ArticleError, match=r"records.jsonl:2: no longer holds 'unsure'; start `corridor"):
        decide(store, "unsure", ACCEPT)
    write_records(records, named("unsure"), named("sure"))
    with pytest.raises(ArticleError, match=r"records.jsonl:2: not a record"):
        decide(store, "unsure", ACCEPT)
    assert decide(store, "sure", {"do": "undo"})["version"] == 2
    records.unlink()
    with pytest.raises(ArticleError, match=r"records.jsonl: cannot be read"):
        store.article("middling")
    assert [one["title"] for one in store.queue(None, 9, 0)["articles"]] == ["A bridge"] * 3
    assert store.article("sure")["record"] == begun["record"]


def test_an_unknown_article(start: Opener) -> None:
    for name in ("nobody", "../records", ""):
        with pytest.raises(Unknown):
            start().article(name)


def test_what_is_no_record_is_named_and_left_out(start: Opener, tmp_path: Path, said: list[str]) -> None:
    lines = [named("one").to_json(), "{", '{"article": {"id": 1}}', named("one").to_json(), named("..").to_json()]
    (tmp_path / "some.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert ids(start(tmp_path / "some.jsonl")) == ["one"]
    expected = ("not a record", "not a record", "the article 'one' occurs twice", "'..' cannot be requested")
    assert [reason in told for reason, told in zip(expected, said, strict=True)] == [True] * 4


@pytest.mark.parametrize(
    ("source", "reason"),
    [("-", "which standard input cannot"), ("nowhere", "nowhere: not found"), ("empty.jsonl", "holds no record to")],
)
def test_what_cannot_be_read_makes_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(SetupError, match=reason):
        Store(source, tmp_path / "mine", print)
    assert not (tmp_path / "mine").exists()


def moved(found: Any) -> Any:
    return found.model_copy(update={"start": found.start + 1, "end": found.end + 1})


UNSOUND: list[tuple[Callable[[Any], dict[str, Any]], str]] = [
    (lambda r: {"mentions": [moved(r.mentions[0]), *r.mentions[1:]]}, "'Laos' is not at 1"),
    (lambda r: {"mentions": [*r.mentions, r.mentions[0]]}, "the id 'm1' occurs 2 times"),
    (lambda r: {"relations": [*r.relations, r.relations[0]]}, "the id 'a2 funds p1' occurs 2 times"),
    (lambda r: {"actors": r.actors[1:]}, "'m1' and 'a1' do not refer to each other"),
    (lambda r: {"projects": [r.projects[0].model_copy(update={"id": "p 1"})]}, "the id 'p 1' has a space"),
    (lambda r: {"actors": [r.actors[0].model_copy(update={"id": "article"})]}, "is that of the article"),
    (lambda r: {"sentences": r.sentences[:1]}, "there is no sentence 1"),
    (lambda r: {"sentences": r.sentences[::-1]}, "sentence 0 is out of order"),
    (lambda r: {"commitments": [r.commitments[0].model_copy(update={"by": ["p1"]})]}, "has 'p1' in 'by', which is"),
    (lambda r: {"relations": [r.relations[0].model_copy(update={"object": "p9"})]}, "refers to 'p9', which is missing"),
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
