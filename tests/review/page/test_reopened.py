"""What was accepted and is not in the records any more as it was: reopened, first in the queue, with what changed."""

import json
from pathlib import Path
from typing import Any

import pytest
from review.formats.people import FIRST, ROW, SECOND, gold, write_gold
from review.page.conftest import Opener
from review.page.steps import DROP, FINISH, Json, decide, ids, named, raw, slot, write_records
from review.page.test_decided import NEW, on, rows, shown

from pipeline.errors import ArticleError
from pipeline.gold.importer import guide_record
from pipeline.record import Record, digest
from pipeline.review.edits.working import Refused
from pipeline.review.page.article import OTHER_TEXT
from pipeline.review.page.store import Store

MONEY = slot("c1", "amounts", "$40 million")
FIFTY = {"do": "set", "id": MONEY, "fields": {"value": 5e7}}
AGREED = {"do": "set", "id": "c1", "fields": {"status": "agreed"}}
LINE = "A first line."
RAISED = {"$40 million": "$45 million", "40000000": "45000000"}


def edition(first: str = FIRST, second: str = SECOND, before: str = "", **values: Any) -> Record:
    """The article as it reads later; `values`: words of the gold and what they are now."""
    parts = [before] * bool(before) + [first, second]
    text, starts = " ".join(parts), [0]
    for part in parts:
        starts.append(starts[-1] + len(part) + 1)
    sentences = [[start, start + len(part)] for start, part in zip(starts, parts, strict=False)]
    made = json.dumps(gold())
    for word, now in values.items():
        made = made.replace(word, now)
    told = json.loads(made)
    if before:
        for row in told["mentions"]:
            row[0] += 1
        for row in told["relations"]:
            row[3] += 1
        for row in told["commitments"]:
            row.update(sent=row["sent"] + 1, also=[n + 1 for n in row["also"]])
    return guide_record("laos-1", {**ROW, "id": "sure", "text": text, "sentences": sentences}, told)


def act(found: Record, name: str = "c1", **fields: Any) -> Record:
    """The record with other fields of a commitment."""
    left = [one.model_copy(update=fields if one.id == name else {}) for one in found.commitments]
    return found.model_copy(update={"commitments": left})


def valued(found: Record, value: float) -> Record:
    (amount,) = found.commitments[0].amounts
    return act(found, amounts=[amount.model_copy(update={"value": value})])


def first_sentence(found: Record) -> Record:
    """The record of the article as if it ended there."""
    end = found.sentences[0].end
    text = found.article.text[:end]
    article = found.article.model_copy(update={"text": text, "sha256": digest(text)})
    names = {m.id for m in found.mentions if m.end <= end}
    actors = [a.model_copy(update={"mentions": [m for m in a.mentions if m in names]}) for a in found.actors]
    parts = {"mentions": found.mentions[: len(names)], "actors": actors, "sentences": found.sentences[:1]}
    made = act(found, evidence=found.commitments[0].evidence[:1])
    left = {"article": article, "relations": [], "commitments": made.commitments[:1]}
    return found.model_copy(update={**parts, **left})


def reopened(body: Json) -> dict[str, str]:
    return {row["id"]: row["reopened"] for row in body["view"]["commitments"] if row["reopened"]}


def later(start: Opener, folder: Path, found: Record) -> Store:
    """A review of a newer record of `sure`, beside one that is less certain and new."""
    return start(write_records(folder / "later.jsonl", named("new", 0.1), found))


SURE = named("sure", 0.9)
WITHOUT = SURE.model_copy(update={"commitments": SURE.commitments[1:]})
SHORT = FIRST.replace("$40 million", "$45 million")
CASES: list[tuple[list[Json], Record, dict[str, str]]] = [
    ([on("c1")], SURE, {}),
    ([on("c1")], named("sure", 0.2), {}),
    ([on("c1")], valued(SURE, 4.5e7), {"c1": "amount: 45 m USD, was 40 m USD"}),
    ([on("c1")], act(valued(SURE, 4.5e7), status="agreed"),
     {"c1": "status: agreed, was pledged; amount: 45 m USD, was 40 m USD"}),
    ([on("c1")], act(SURE, negated=True), {"c1": "denied: yes, was no"}),
    ([on("c1")], act(SURE, flow=None), {"c1": "flow: none, was loan from Kaysa Vong, Mekong Bank to Laos"}),
    ([on("c1")], act(SURE, to=[]), {"c1": "to: none, was Mekong Bank"}),
    ([on("c1")], act(SURE, kind="contract"), {"c1": "kind: contract, was finance"}),
    ([on("c1")], act(SURE, sectors=["230"], confidence=0.1), {}),
    ([on("c1")], WITHOUT, {"c1": "the new record does not have it"}),
    ([on("c1", "rejected"), on("c2", "unsure")], valued(SURE, 4.5e7), {}),
    ([on("c2")], valued(SURE, 4.5e7), {}),
    ([FIFTY, on("c1")], SURE, {}),
    ([FIFTY, on("c1")], valued(SURE, 5e7), {}),
    ([FIFTY, on("c1")], valued(SURE, 6e7), {"c1": "amount: 60 m USD, was 50 m USD"}),
    ([NEW, on("c3")], SURE, {}),
    ([on("c1"), on("c2")], edition(before=LINE), {}),
    ([FIFTY, on("c1")], edition(before=LINE), {}),
    ([on("c1"), on("c2")], edition(FIRST.replace(" for ", "\n for ")), {}),
    ([on("c1"), on("c2")], edition(FIRST.replace("by 2030", "By 2030")), {}),
    ([on("c1"), on("c2")], edition(FIRST.replace("by 2030", "in 2030")),
     {"c1": f"text: “{FIRST.replace('by 2030', 'in 2030')}”, was “{FIRST}”"}),
]  # fmt: skip


@pytest.mark.parametrize(("decisions", "found", "expected"), CASES)
def test_what_a_newer_record_reopens(
    start: Opener, tmp_path: Path, said: list[str], decisions: list[Json], found: Record, expected: dict[str, str]
) -> None:
    before = decide(start(), "sure", *decisions)
    store = later(start, tmp_path, found)
    body = store.article("sure")
    assert reopened(body) == expected
    kept = {name: one for name, one in shown(before).items() if one and name not in expected}
    assert {name: one for name, one in shown(body).items() if one} == kept
    assert ids(store) == (["sure", "new"] if expected else ["new", "sure"])
    assert any("1 article with decisions that were reopened; first in the queue" in line for line in said) == bool(
        expected
    )


def test_a_reopened_commitment_shows_the_new_values_and_is_decided_again(start: Opener, tmp_path: Path) -> None:
    """In the same text all other corrections stay, of the reopened commitment too."""
    decide(start(), "sure", AGREED, DROP, on("c1"), FINISH)
    found = valued(SURE, 4.5e7)
    store = later(start, tmp_path, found)
    body = store.article("sure")
    one = body["record"]["commitments"][0]
    assert (one["status"], one["amounts"][0]["value"], body["state"]) == ("agreed", 4.5e7, "begun")
    assert [m["id"] for m in body["record"]["mentions"]] == [f"m{n}" for n in range(1, 8)]
    assert "c1" not in body["accepted"]
    assert body["notes"][0].startswith("the records hold new values of what you accepted")
    assert rows(tmp_path)[0].decision == "accepted"  # nothing is written before the next decision
    body = decide(store, "sure", on("c1"))
    assert (shown(body), reopened(body)) == ({"c1": "corrected", "c2": None}, {})
    (row,) = rows(tmp_path)
    assert (row.decision, row.row.amounts[0].value, row.before and row.before.status) == ("accepted", 4.5e7, "pledged")
    assert raw(tmp_path / "mine", "sure", "drafts")["commitments"][0]["amounts"][0]["value"] == 4.5e7
    again = later(start, tmp_path, found)
    assert {**again.article("sure"), "notes": []} == {**body, "notes": []}
    back = decide(again, "sure", {"do": "undo"}, {"do": "undo"})
    assert (shown(back)["c1"], back["record"]["commitments"][0]["amounts"][0]["value"]) == ("corrected", 4e7)


def test_who_keeps_the_old_value_is_not_asked_again(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", on("c1"))
    found = valued(SURE, 4.5e7)
    decide(later(start, tmp_path, found), "sure", {**FIFTY, "fields": {"value": 4e7}}, on("c1"))
    assert shown(later(start, tmp_path, found).article("sure")) == {"c1": "corrected", "c2": None}
    decide(later(start, tmp_path, WITHOUT), "sure", on("c1"))
    assert reopened(later(start, tmp_path, WITHOUT).article("sure")) == {}


def test_another_text_goes_on_from_the_new_record(start: Opener, tmp_path: Path) -> None:
    """What still holds is kept with its corrections; what was changed is to be decided again."""
    fix = {"do": "set", "id": "c2", "fields": {"status": "completed"}}
    decide(start(), "sure", on("c1"), fix, on("c2"), NEW, on("c3"), FINISH)
    found = edition(SHORT, before=LINE, **RAISED)
    store = later(start, tmp_path, found)
    body = store.article("sure")
    text = body["record"]["article"]["text"]
    assert (text, body["state"]) == (found.article.text, "begun")
    assert reopened(body)["c1"].startswith("amount: 45 m USD, was 40 m USD; text: “Laos will borrow $45")
    assert shown(body) == {"c1": None, "c2": "corrected", "c3": "corrected"}
    two, three = body["record"]["commitments"][1:]
    assert (two["status"], two["id"]) == ("completed", "c2")
    for quote in (two["trigger"], three["trigger"]):
        assert text[quote["start"] : quote["end"]] == quote["text"]
    decide(store, "sure", on("c1"), FINISH)
    article = json.loads((tmp_path / "mine/articles.jsonl").read_text())
    assert article["text"] == text
    assert raw(tmp_path / "mine", "sure")["commitments"][0]["amounts"][0]["value"] == 45000000
    assert ids(later(start, tmp_path, found)) == ["new", "sure"]


def test_what_is_gone_is_named(start: Opener, tmp_path: Path) -> None:
    decide(start(), "sure", on("c1"), on("c2"))
    body = later(start, tmp_path, first_sentence(edition(SHORT, **RAISED))).article("sure")
    assert list(reopened(body)) == ["c1"]
    assert body["notes"][:2] == [
        OTHER_TEXT,
        f"accepted: “approved”: its words are not in the text any more: “{SECOND}”",
    ]


def test_a_damaged_record_reopens_nothing(start: Opener, tmp_path: Path) -> None:
    """It is named, and the review goes on as it was."""
    before = decide(start(), "sure", on("c1"))
    broken = valued(SURE, 4.5e7).model_copy(update={"actors": []})
    body = later(start, tmp_path, edition(SHORT, **RAISED).model_copy(update={"actors": []})).article("sure")
    assert (body["record"], "cannot be reviewed" in body["notes"][0]) == (before["record"], True)
    assert later(start, tmp_path, broken).article("sure")["record"]["article"] == before["record"]["article"]


def test_gold_from_before_a_review_is_reopened_by_another_text_only(start: Opener, tmp_path: Path) -> None:
    write_gold(tmp_path / "mine", ({**ROW, "id": "sure"}, {**gold(), "id": "sure"}))
    decide(start(), "sure", on("c1"))
    assert reopened(later(start, tmp_path, valued(SURE, 4.5e7)).article("sure")) == {}
    assert list(reopened(later(start, tmp_path, edition(SHORT, **RAISED)).article("sure"))) == ["c1"]


def test_only_the_server_goes_on_from_another_record(start: Opener) -> None:
    with pytest.raises(Refused, match="there is no operation 'renew'"):
        decide(start(), "sure", {"do": "renew", "base": {}, "state": {}})


@pytest.mark.parametrize("part", ["base", "state"])
def test_a_damaged_line_of_the_journal_is_named(start: Opener, tmp_path: Path, part: str) -> None:
    decide(start(), "sure", on("c1"))
    decide(later(start, tmp_path, valued(SURE, 4.5e7)), "sure", on("c1"))
    path = tmp_path / "mine/review/sure.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = json.dumps(json.loads(lines[2]) | {part: {}})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ArticleError, match=r"sure.jsonl:3: is damaged"):
        start().article("sure")
