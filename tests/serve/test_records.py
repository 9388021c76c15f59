"""Records by id and by page."""

from pathlib import Path

import pytest
from builders import record
from serve.working import records_file

from pipeline.errors import SetupError
from pipeline.record import Record
from pipeline.serve.problems import Refusal
from pipeline.serve.records import Records


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return records_file(tmp_path)


def test_what_is_no_record_or_comes_twice_is_left_out(path: Path) -> None:
    said: list[str] = []
    assert len(Records(str(path), said.append)) == 3
    assert [line.partition(": ")[0].rpartition(":")[2] for line in said] == ["4", "5"]
    assert said[1].endswith("the article 'dry' occurs twice; left out")


@pytest.mark.parametrize(
    ("words", "since", "ids"),
    [
        ("", None, ["peru/1", "dry", "old"]),
        ("ICA rain", None, ["dry"]),
        ("wire", None, ["peru/1", "dry"]),
        ("", "2025-06-01", ["dry"]),
        ("snow", None, []),
    ],
)
def test_heads_are_found(path: Path, words: str, since: str | None, ids: list[str]) -> None:
    total, heads = Records(str(path), print).heads(words, since, 0, 10)
    assert (total, [head.id for head in heads]) == (len(ids), ids)


def test_a_page_is_a_part(path: Path) -> None:
    total, heads = Records(str(path), print).heads("", None, 1, 1)
    assert (total, [(head.id, head.commitments) for head in heads]) == (3, [("dry", 0)])


def test_a_record_is_read_when_it_is_asked_for(path: Path) -> None:
    records = Records(str(path), print)
    assert Record.model_validate_json(records.json("peru/1")) == record("peru/1")
    with pytest.raises(Refusal, match="there is no record of 'x'"):
        records.json("x")
    path.write_text("changed\n", encoding="utf-8")
    with pytest.raises(Refusal, match="no longer holds 'peru/1'; start the server again"):
        records.json("peru/1")
    path.unlink()
    with pytest.raises(Refusal, match="start the server again"):
        records.json("peru/1")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("-", "", "standard input cannot"),
        ("none.jsonl", None, "not found"),
        ("in.jsonl", '{"text": "A road was opened."}\n', "this is input, not records"),
    ],
)
def test_what_cannot_be_served_is_refused(tmp_path: Path, name: str, content: str | None, reason: str) -> None:
    path = tmp_path / name
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SetupError, match=reason):
        Records(name if name == "-" else str(path), print)
