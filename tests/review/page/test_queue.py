"""What is no record is named and left out; what cannot be read stops all, and nothing is written."""

from pathlib import Path

import pytest
from review.page.conftest import Opener
from review.page.desks import ids, named

from pipeline.errors import SetupError
from pipeline.review.page.store import Store


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
