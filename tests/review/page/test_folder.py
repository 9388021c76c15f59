"""The folder: gold of other hands stays, any id has a file inside, nothing leads out, one server has it."""

import json
from pathlib import Path

import pytest
from review.formats.people import ROW, gold, write_gold
from review.page.conftest import Opener
from review.page.desks import ACCEPT, DROP, FINISH, decide, files, ids, mentions, named, raw, write_records

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import read_gold
from pipeline.review.page.store import Store


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
