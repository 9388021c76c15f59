"""What a run writes into its folder: each article once, copies, failures; the same bytes after any stop."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from run.engine import MADE, Engine, articles, files, go, lines, long, named, records, resumed

from pipeline.errors import ArticleError, SetupError
from pipeline.run import APART, PACKAGE, code
from pipeline.run.files import Folder


def test_every_article_is_accounted_for(tmp_path: Path) -> None:
    items = [*articles("one", "bad", "two", "one"), ArticleError("x.txt", "is empty"), *articles("three")]
    assert go(tmp_path / "run", items, Engine()) == {"done": 3, "failed": 2, "skipped": 1}
    assert [line["text"] for line in lines(tmp_path / "run")] == ["one", "two", "three"]
    failed = [json.loads(line) for line in (tmp_path / "run" / "failed.jsonl").read_text().splitlines()]
    assert failed == [{"id": "a1", "reason": "cannot be read"}, {"id": "x.txt", "reason": "is empty"}]
    state = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (state["state"], state["articles"], state["made"]) == ("finished", 6, MADE)
    rows = sqlite3.connect(tmp_path / "run" / "manifest.sqlite").execute("SELECT id, status, reason FROM articles")
    assert ("a3", "skipped", "has the same text as a0") in rows.fetchall()


@pytest.mark.parametrize(("last", "form"), [*((last, "jsonl") for last in range(11)), (6, "parquet")])
def test_a_run_that_was_cut_off_ends_with_the_same_bytes(tmp_path: Path, last: int, form: str) -> None:
    items = articles(*(long(word) for word in "abcdefg"), long("a"), "bad", *(long(word) for word in "hij"))
    made = {**MADE, "to": form}
    go(tmp_path / "whole", items, Engine(), made=made)
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "cut", items, Engine(last), made=made)
    counts, seen, _ = resumed(tmp_path / "cut", items, made=made)
    assert sum(counts.values()) == len(items)
    assert records(tmp_path / "cut") == records(tmp_path / "whole")
    assert len(seen) == 11 - max(read for read in (0, 4, 7) if read <= last)  # by the end of each part; a7 is a copy
    parts = sorted((tmp_path / "cut").glob("records-*"))
    assert {path.suffix for path in parts} == {f".{form}"}
    if form == "parquet":
        ids = [row["id"] for path in parts for row in pq.read_table(path).to_pylist()]
        assert ids == [f"a{n}" for n in (*range(7), 9, 10, 11)]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_an_input_that_grew_is_read_from_where_it_ended(tmp_path: Path, form: str) -> None:
    texts = ("one", "bad", "one", *(long(word) for word in "abcdaef"))
    items, made, again = articles(*texts), {**MADE, "to": form}, Engine()
    for end in (2, 3, 5, 6, 8, 9):
        go(tmp_path / "run", items[:end], again, resume=True, made=made)
    assert again.seen == ["a0", "a1", "a3", "a4", "a5", "a6", "a8"]  # a2 and a7 are copies
    go(tmp_path / "fresh", items[:9], Engine(), made=made)
    run, fresh = files(tmp_path / "run"), files(tmp_path / "fresh")
    same = {name for name in fresh if name.startswith(("records-", "manifest-", "failed"))}
    assert {name: run[name] for name in same} == {name: fresh[name] for name in same}
    max((tmp_path / "run").glob("records-*")).write_bytes(b"damaged")
    assert resumed(tmp_path / "run", items, made=made)[1] == ["a8", "a9"]


def test_what_failed_is_read_once_more_where_that_is_asked(tmp_path: Path) -> None:
    texts = ("one", "two", "three", "four", "bad", "six", "seven", "eight")
    items = [*articles(*texts), ArticleError("x.txt", "is empty")]
    go(tmp_path / "run", items, Engine())
    for retry, seen in ((False, []), (True, ["a4", "a5", "a6", "a7"])):
        assert resumed(tmp_path / "run", items, retry=retry) == ({"done": 7, "failed": 2}, seen, [])


def test_a_copy_is_read_once_what_it_copied_is_gone(tmp_path: Path) -> None:
    rest = ("two", "three", "four", "one", "six", "seven", "eight", "nine")
    go(tmp_path / "run", articles("one", *rest), Engine())
    counts, seen, _ = resumed(tmp_path / "run", articles("ONE", *rest))
    assert (counts, seen) == ({"done": 9}, [f"a{n}" for n in range(8)])  # the last part hangs on nothing
    go(tmp_path / "fresh", articles("ONE", *rest), Engine())
    assert records(tmp_path / "run") == records(tmp_path / "fresh")


OTHERS: list[tuple[str, list[str]]] = [  # the articles then, and from where on they are said to stand elsewhere
    ("abcdefghij", []),
    ("abcdefghijkl", []),
    ("abc", []),
    ("abcd", []),
    ("xabcdefghij", ["1"]),
    ("abcdegfhij", ["5"]),
    ("abcdeXfghij", ["5"]),
    ("jihgfedcba", ["1"]),
]


@pytest.mark.parametrize(("letters", "places"), OTHERS)
def test_an_input_that_grew_shrank_or_was_sorted_otherwise_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, letters: str, places: list[str]
) -> None:
    go(tmp_path / "run", named("abcdefghij"), Engine())
    counts, _, altered = resumed(tmp_path / "run", named(letters), prune=len(letters) < 10)
    assert (counts, altered) == ({"done": len(letters)}, [])
    moved = [message.split()[3] for message in caplog.messages if message.startswith("from about article ")]
    assert moved == places
    go(tmp_path / "fresh", named(letters), Engine())
    assert records(tmp_path / "run") == records(tmp_path / "fresh")
    assert {*files(tmp_path / "run")} == {*files(tmp_path / "fresh")}


@pytest.mark.parametrize(
    ("near_copies", "stories", "counts"),
    [
        ("group", ["a0", "a1", "a0", "a3"], {"done": 4}),
        ("skip", ["a0", "a1", "a3"], {"done": 3, "skipped": 1}),
        ("off", [None, None, None, None], {"done": 4}),
    ],
)
def test_near_copies(tmp_path: Path, near_copies: str, stories: list[str], counts: dict[str, int]) -> None:
    items = articles(long("port"), long("road"), f"KARACHI: {long('port').upper()} (Agencies)", long("dam"))
    assert go(tmp_path / "run", items, Engine(), near_copies=near_copies) == counts
    assert [line.get("story") for line in lines(tmp_path / "run")] == stories


def test_a_copy_of_another_day_is_a_copy_still(tmp_path: Path) -> None:
    first, other = articles(long("port"), long("port"))
    items = [first, other.model_copy(update={"date": "2025-05-05"})]  # type: ignore[union-attr]
    assert go(tmp_path / "run", items, Engine()) == {"done": 1, "skipped": 1}


def test_a_run_made_otherwise_and_a_folder_of_other_things_are_refused(tmp_path: Path) -> None:
    items = articles("one")
    go(tmp_path / "run", items, Engine())
    (tmp_path / "letter.txt").write_text("mine")
    refusals: list[tuple[Path, dict[str, Any], str]] = [
        (tmp_path / "run", {}, "already holds a run; continue it with --resume"),
        (tmp_path / "run", {"resume": True, "made": {**MADE, "models": "2"}}, r"settings \(models: 1 then, 2 now\)"),
        (tmp_path, {}, "is a folder with other files in it"),
    ]
    for folder, options, message in refusals:
        with pytest.raises(SetupError, match=message):
            go(folder, items, Engine(), **options)


def test_what_reads_no_article_makes_no_other_run() -> None:
    names = {path.relative_to(PACKAGE).parts[0] for path in code()}
    assert names >= {"extract", "llm", "run", "sources", "stages", "values"}
    assert not names & APART


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names files by /proc")
def test_a_file_reaches_the_disk_before_its_name_and_the_folder_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order that a power cut asks for."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def forced(descriptor: int) -> None:
        steps.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def renamed(path: Path, target: Any) -> Path:
        steps.append(f"{path.name} to {Path(target).name}")
        return replace(path, target)

    folder = Folder(tmp_path / "run")
    folder.lock()
    monkeypatch.setattr(os, "fsync", forced)
    monkeypatch.setattr(Path, "replace", renamed)
    folder.write("records", b"a\n")
    assert steps == [".records.part", ".records.part to records", "run"]
    assert folder.names() == ["records"]
