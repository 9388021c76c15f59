"""What a resumed run does with an input that has shrunk or changed, and with damage: no finished record goes unsaid."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from run.engine import MADE, Engine, Read, articles, files, go, long, records, resumed

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, digest
from pipeline.run.folder import RunFolder
from pipeline.run.inputs import Selection
from pipeline.sources import ReadOptions, read

ITEMS = articles(*"abcdefgh")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A finished run of `ITEMS`."""
    go(tmp_path / "run", ITEMS, Engine())
    return tmp_path / "run"


def refused(folder: Path, items: list[Read], match: str, **options: Any) -> None:
    """Resuming with these articles is refused, and changes nothing."""
    before, engine = files(folder), Engine()
    with pytest.raises(SetupError, match=match):
        go(folder, items, engine, resume=True, **options)
    assert (files(folder), engine.seen) == (before, [])


def test_a_shorter_input_is_refused_and_pruned_only_when_asked(run: Path) -> None:
    refused(run, ITEMS[:3], r"5 finished articles are not in this input: a3, a4, a5, \.\.\..*--prune")
    refused(run, ITEMS[1:], r"1 finished article is not in this input: a0\.")
    unread = [*ITEMS[:4], ArticleError("share/b.jsonl", "does not exist")]
    refused(run, unread, r"4 finished .*cannot be read: 1, such as share/b\.jsonl: does not exist")
    assert resumed(run, ITEMS[:3], prune=True)[0] == {"done": 3}
    assert len(records(run).splitlines()) == 3


def test_a_selection_is_an_input_too(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_text("".join(json.dumps({"text": long(word)}) + "\n" for word in "abcdefgh"))

    def chosen(**how: Any) -> list[Read]:
        return [*Selection(**how)(read([str(tmp_path / "news.jsonl")], ReadOptions()))]

    go(tmp_path / "run", chosen(limit=5), Engine())
    for how, number in (({"limit": 3}, 2), ({"since": "2025-01-01"}, 5)):
        refused(tmp_path / "run", chosen(**how), f"{number} finished articles are not")
    assert resumed(tmp_path / "run", chosen())[0] == {"done": 8}
    refused(tmp_path / "run", chosen(sample=0.4), "finished articles? (is|are) not")


def test_what_has_no_record_of_its_own_may_go(tmp_path: Path) -> None:
    """What failed, and a file that lay there twice."""
    items = [*articles("one", "two", "bad", "two"), ArticleError("x.txt", "is empty")]
    go(tmp_path / "failed", items, Engine())
    assert resumed(tmp_path / "failed", items[:2])[0] == {"done": 2}
    for name, word in (("a.txt", "port"), ("b.txt", "port"), ("c.txt", "road")):
        (tmp_path / name).write_text(long(word))

    def texts() -> list[Read]:
        return [*read([str(path) for path in sorted(tmp_path.glob("*.txt"))], ReadOptions())]

    assert go(tmp_path / "run", texts(), Engine()) == {"done": 2, "skipped": 1}
    (tmp_path / "a.txt").unlink()
    assert resumed(tmp_path / "run", texts())[0] == {"done": 2}
    (tmp_path / "b.txt").unlink()
    refused(tmp_path / "run", texts(), "1 finished article is not in this input")


def test_an_input_that_changes_while_it_is_read_ends_the_run_before_a_record_goes(run: Path) -> None:
    before, times = records(run), 0

    class Shrinking(list[Read]):
        def __iter__(self) -> Iterator[Read]:
            nonlocal times
            times += 1
            return iter([*ITEMS] if times == 1 else [*ITEMS[:6]])

    with pytest.raises(SetupError, match="the input changed while it was read"):
        go(run, Shrinking(), Engine(), resume=True)
    assert (records(run), times) == (before, 2)


CHANGES = {
    "text": "another",
    "date": "2019-05-05",
    "title": "A port",
    "source": "The Daily",
    "url": "https://news.invalid/1",
    "language": "fr",
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_decides_a_record_is_noticed_and_its_part_done_anew(run: Path, tmp_path: Path, name: str) -> None:
    values = {**ITEMS[4].model_dump(), name: CHANGES[name]}  # type: ignore[union-attr]
    after = [*ITEMS[:4], Article(**{**values, "sha256": digest(values["text"])}), *ITEMS[5:]]
    assert resumed(run, after)[1:] == (["a4", "a5", "a6", "a7"], ["a4"])
    go(tmp_path / "fresh", after, Engine())
    assert records(run) == records(tmp_path / "fresh")
    assert resumed(run, after)[1:] == ([], [])


MINE = ["records-backup.jsonl", "records-00001 (copy).jsonl", "manifest-old.sqlite", "manifest-x.jsonl", "notes.txt"]


def test_files_of_a_user_in_the_folder_stay_and_change_nothing(run: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in MINE:
        (run / name).write_text("mine\n")
    with caplog.at_level(logging.WARNING, "corridor"):
        assert resumed(run, ITEMS) == ({"done": 8}, [], [])
        assert resumed(run, ITEMS[:4], prune=True) == ({"done": 4}, [], [])
    assert caplog.messages == []
    assert all((run / name).read_text() == "mine\n" for name in MINE)


@pytest.mark.parametrize("text", ["", '{"made": {"prof', "[]", "{}", "null", "\udcff"])
def test_a_damaged_run_json_is_put_together_again(run: Path, text: str) -> None:
    (run / "run.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SetupError, match=r"made with other settings \(models: 1 then, 2 now\)"):
        go(run, ITEMS, Engine(), resume=True, made={**MADE, "models": "2"})
    assert resumed(run, ITEMS)[1] == []
    assert json.loads((run / "run.json").read_text())["state"] == "finished"


def test_without_anything_that_says_how_a_run_was_made_it_is_refused_with_the_way_out(run: Path) -> None:
    for path in run.glob("manifest-*"):
        path.unlink()
    (run / "run.json").write_text("{}")
    refused(run, ITEMS, r"run\.json is missing or damaged.*restore a copy of it, or name another folder")


def test_half_a_file_that_the_first_start_left_is_no_other_file(tmp_path: Path) -> None:
    (tmp_path / ".run.json.part").write_text('{"ma')
    assert go(tmp_path, articles("one"), Engine()) == {"done": 1}


def test_a_manifest_that_another_program_holds_is_not_taken_for_a_damaged_one(run: Path) -> None:
    with closing(sqlite3.connect(run / "manifest.sqlite")) as other, pytest.MonkeyPatch.context() as patch:
        other.execute("BEGIN EXCLUSIVE")
        connect = sqlite3.connect
        patch.setattr(sqlite3, "connect", lambda *names, **more: connect(*names, **{**more, "timeout": 0.1}))
        refused(run, ITEMS, r"cannot be written \(database is locked\)")
    assert resumed(run, ITEMS)[0] == {"done": 8}


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with closing(RunFolder(str(tmp_path / "run"), MADE, resume=False)):
        for resume in (False, True):
            with pytest.raises(SetupError, match="another `corridor extract` is writing to it"):
                RunFolder(str(tmp_path / "run"), MADE, resume)
    assert resumed(tmp_path / "run", articles("one"))[0] == {"done": 1}
