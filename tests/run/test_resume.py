"""What a resumed run does with an input that has shrunk, grown or changed: no finished record goes without a word."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from run.test_run import MADE, Engine, Read, articles, go, long, records

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, Record, digest
from pipeline.run.folder import RunFolder
from pipeline.run.inputs import Selection
from pipeline.run.workers.worker import Outcome
from pipeline.sources import ReadOptions, read


class Real(Engine):
    """Answers with records as they are, that hold nothing but the article."""

    def _answer(self, article: Article) -> Outcome:
        outcome = super()._answer(article)
        if outcome.state == "failed":
            return outcome
        return Outcome(article.id, "done", line=Record(article=article).to_json(), words=1)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.run.parts.PART", 4)


def files(folder: Path) -> dict[str, bytes]:
    """All that stands in a folder, but for the lock."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}


def refused(folder: Path, items: list[Read], match: str, **options: Any) -> None:
    """Resuming with other articles is refused, and changes nothing."""
    before, engine = files(folder), Real()
    with pytest.raises(SetupError, match=match):
        go(folder, items, engine, resume=True, **options)
    assert (files(folder), engine.seen) == (before, [])


def test_a_shorter_input_is_refused_and_pruned_only_when_asked(tmp_path: Path) -> None:
    items = articles(*"abcdefghij")
    go(tmp_path / "run", items, Real())
    refused(tmp_path / "run", items[:3], r"7 finished articles are not in this input: a3, a4, a5, \.\.\..*--prune")
    refused(tmp_path / "run", items[1:], r"1 finished article is not in this input: a0\.")
    assert go(tmp_path / "run", items[:3], Real(), resume=True, prune=True)[0] == {"done": 3}
    go(tmp_path / "fresh", items[:3], Real())
    assert records(tmp_path / "run") == records(tmp_path / "fresh")
    assert {*files(tmp_path / "run")} == {*files(tmp_path / "fresh")}


def test_an_input_that_cannot_be_read_now_loses_nothing(tmp_path: Path) -> None:
    items = articles(*"abcdefgh")
    go(tmp_path / "run", items, Real())
    gone: list[Read] = [*items[:4], ArticleError("share/b.jsonl", "does not exist")]
    refused(tmp_path / "run", gone, r"4 finished .*cannot be read: 1, such as share/b\.jsonl: does not exist")


def test_a_selection_is_an_input_too(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_text("".join(json.dumps({"text": long(word)}) + "\n" for word in "abcdefgh"))

    def chosen(**how: Any) -> list[Read]:
        return [*Selection(**how)(read([str(tmp_path / "news.jsonl")], ReadOptions()))]

    go(tmp_path / "run", chosen(limit=5), Real())
    for how, number in (({"limit": 3}, 2), ({"since": "2025-01-01"}, 5)):
        refused(tmp_path / "run", chosen(**how), f"{number} finished articles are not")
    assert go(tmp_path / "run", chosen(), Real(), resume=True)[0] == {"done": 8}
    refused(tmp_path / "run", chosen(sample=0.4), "finished articles? (is|are) not")


def test_what_failed_or_was_skipped_has_no_record_to_lose(tmp_path: Path) -> None:
    items = [*articles("one", "two", "bad", "two"), ArticleError("x.txt", "is empty")]
    go(tmp_path / "run", items, Real())
    assert go(tmp_path / "run", items[:2], Real(), resume=True)[0] == {"done": 2}


def test_a_file_that_lay_there_twice_may_go_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(long("port"))
    (tmp_path / "c.txt").write_text(long("road"))

    def found() -> list[Read]:
        return [*read([str(path) for path in sorted(tmp_path.glob("*.txt"))], ReadOptions())]

    assert go(tmp_path / "run", found(), Real())[0] == {"done": 2, "skipped": 1}
    (tmp_path / "a.txt").unlink()
    assert go(tmp_path / "run", found(), Real(), resume=True)[0] == {"done": 2}
    (tmp_path / "b.txt").unlink()
    refused(tmp_path / "run", found(), "1 finished article is not in this input")


def test_an_input_that_changes_while_it_is_read_ends_the_run_before_a_record_goes(tmp_path: Path) -> None:
    items = articles(*"abcdefghij")
    go(tmp_path / "run", items, Real())
    before, times = records(tmp_path / "run"), 0

    class Shrinking(list[Read]):
        def __iter__(self) -> Iterator[Read]:
            nonlocal times
            times += 1
            return iter([*items] if times == 1 else [*items[:6]])

    with pytest.raises(SetupError, match="the input changed while it was read"):
        go(tmp_path / "run", Shrinking(), Real(), resume=True)
    assert (records(tmp_path / "run"), times) == (before, 2)


CHANGES = {
    "text": "another",
    "date": "2019-05-05",
    "title": "A port",
    "source": "The Daily",
    "url": "https://news.invalid/1",
    "language": "fr",
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_decides_a_record_is_noticed(tmp_path: Path, name: str) -> None:
    items = articles(*"abcdef")
    go(tmp_path / "run", items, Real())
    values = {**items[4].model_dump(), name: CHANGES[name]}  # type: ignore[union-attr]
    altered = Article(**{**values, "sha256": digest(values["text"])})
    after: list[Read] = [*items[:4], altered, *items[5:]]
    engine = Real()
    assert go(tmp_path / "run", after, engine, resume=True)[1] == ["a4"]
    assert engine.seen == ["a4", "a5"]
    go(tmp_path / "fresh", after, Real())
    assert records(tmp_path / "run") == records(tmp_path / "fresh")
    assert go(tmp_path / "run", after, Real(), resume=True)[1] == []


def test_a_copy_of_another_day_is_a_copy_still(tmp_path: Path) -> None:
    one, other = articles(long("port"), long("port"))
    items: list[Read] = [one, other.model_copy(update={"date": "2025-05-05"})]  # type: ignore[union-attr]
    assert go(tmp_path / "run", items, Real())[0] == {"done": 1, "skipped": 1}


MINE = ["records-backup.jsonl", "records-00001 (copy).jsonl", "manifest-old.sqlite", "manifest-x.jsonl", "notes.txt"]


def test_files_of_a_user_in_the_folder_stay_and_change_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    items = articles(*"abcdefghij")
    go(tmp_path / "run", items, Real())
    for name in MINE:
        (tmp_path / "run" / name).write_text("mine\n")
    engine = Real()
    with caplog.at_level(logging.WARNING, "corridor"):
        assert go(tmp_path / "run", items, engine, resume=True)[0] == {"done": 10}
        go(tmp_path / "run", items[:8], engine, resume=True, prune=True)
    assert (engine.seen, caplog.messages) == ([], [])
    assert all((tmp_path / "run" / name).read_text() == "mine\n" for name in MINE)


@pytest.mark.parametrize("text", ["", '{"made": {"prof', "[]", "{}", "null", "\udcff"])
def test_a_damaged_run_json_is_put_together_again(tmp_path: Path, text: str) -> None:
    items = articles(*"abcdefgh")
    go(tmp_path / "run", items, Real())
    (tmp_path / "run" / "run.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SetupError, match=r"made with other settings \(models: 1 then, 2 now\)"):
        go(tmp_path / "run", items, Real(), resume=True, made={**MADE, "models": "2"})
    engine = Real()
    go(tmp_path / "run", items, engine, resume=True)
    assert engine.seen == []
    assert json.loads((tmp_path / "run" / "run.json").read_text())["state"] == "finished"


def test_without_anything_that_says_how_a_run_was_made_it_is_refused_with_the_way_out(tmp_path: Path) -> None:
    items = articles(*"abcdefgh")
    go(tmp_path / "run", items, Real())
    for path in (tmp_path / "run").glob("manifest-*"):
        path.unlink()
    (tmp_path / "run" / "run.json").write_text("{}")
    refused(tmp_path / "run", items, r"run\.json is missing or damaged.*restore a copy of it, or name another folder")


def test_half_a_file_that_the_first_start_left_is_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".run.json.part").write_text('{"ma')
    assert go(tmp_path / "run", articles("one"), Real())[0] == {"done": 1}


@pytest.mark.parametrize("end", [0, 100, 5000])
def test_a_cut_manifest_is_made_again_from_its_parts(
    tmp_path: Path, end: int, caplog: pytest.LogCaptureFixture
) -> None:
    items = [*articles(*"abcdefg", "bad"), *articles("a")]
    go(tmp_path / "run", items, Real())
    whole, path = files(tmp_path / "run"), tmp_path / "run" / "manifest.sqlite"
    path.write_bytes(path.read_bytes()[:end])
    refused(tmp_path / "run", items[:3], "4 finished articles")
    engine = Real()
    go(tmp_path / "run", items, engine, resume=True)
    assert engine.seen == []
    assert any("manifest.sqlite was missing or damaged; rebuilt" in message for message in caplog.messages)
    same = {name for name, data in files(tmp_path / "run").items() if data == whole[name]}
    assert same >= {*whole} - {"manifest.sqlite", "run.json"}


def test_with_all_of_the_manifest_gone_records_are_neither_trusted_nor_lost(tmp_path: Path) -> None:
    items = articles(*"abcdefgh")
    go(tmp_path / "run", items, Real())
    whole = records(tmp_path / "run")
    for path in (tmp_path / "run").glob("manifest*"):
        path.unlink()
    refused(tmp_path / "run", items[:5], "3 finished articles are not in this input: a5, a6, a7")
    engine = Real()
    go(tmp_path / "run", items, engine, resume=True)
    assert (len(engine.seen), records(tmp_path / "run")) == (8, whole)


def test_a_manifest_that_another_program_holds_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    items = articles(*"abcdefgh")
    go(tmp_path / "run", items, Real())
    other = sqlite3.connect(tmp_path / "run" / "manifest.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.MonkeyPatch.context() as patch:
        connect = sqlite3.connect
        patch.setattr(sqlite3, "connect", lambda *names, **more: connect(*names, **{**more, "timeout": 0.1}))
        refused(tmp_path / "run", items, r"cannot be written \(database is locked\)")
    other.close()
    assert go(tmp_path / "run", items, Real(), resume=True)[0] == {"done": 8}


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    first = RunFolder(str(tmp_path / "run"), MADE, resume=False)
    for resume in (False, True):
        with pytest.raises(SetupError, match="another `corridor extract` is writing to it"):
            RunFolder(str(tmp_path / "run"), MADE, resume)
    first.close()
    assert go(tmp_path / "run", articles("one"), Real(), resume=True)[0] == {"done": 1}
