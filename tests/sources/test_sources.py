"""Which files the inputs name, and what is said of inputs that name none."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.sources import expected, read
from pipeline.sources.inputs import Seen, find

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
FILES = ["b.txt", "a.md", "sub/c.TXT", "sub/deep/d.txt", "sub/.hidden.txt", ".git/e.txt", "sub/f.log", "x[1].txt"]
NO_FILE = "a pipe or a device, not a file; to read from a pipe name - (standard input)"


@pytest.fixture
def tree(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        write(name, f"The text of {name}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


CASES = [
    (["."], ["a.md", "b.txt", "sub/c.TXT", "sub/deep/d.txt", "x[1].txt"]),
    (["sub"], ["sub/c.TXT", "sub/deep/d.txt"]),
    (["b.txt", "a.md"], ["b.txt", "a.md"]),
    (["b.txt", ".", "./b.txt"], ["b.txt", "a.md", "sub/c.TXT", "sub/deep/d.txt", "x[1].txt"]),
    (["*.txt"], ["b.txt", "x[1].txt"]),
    (["x[1].txt"], ["x[1].txt"]),
    (["**/*.txt"], ["b.txt", "sub/deep/d.txt", "x[1].txt"]),
    (["sub/*"], ["sub/c.TXT", "sub/deep/d.txt"]),
    (["sub/**"], ["sub/c.TXT", "sub/deep/d.txt"]),
    (["sub/../[ab].*"], ["a.md", "b.txt"]),
    (["sub/.h*"], ["sub/.hidden.txt"]),
    (["sub/.hidden.txt"], ["sub/.hidden.txt"]),
]


@pytest.mark.parametrize(("inputs", "names"), CASES)
def test_inputs(tree: Path, reading: Reading, inputs: list[str], names: list[str]) -> None:
    articles, errors = reading(*inputs)
    assert ([article.text.removeprefix("The text of ") for article in articles], errors) == (names, [])


def test_an_absolute_glob(tree: Path, reading: Reading) -> None:
    assert len(reading(f"{tree}/s*/**/*.txt")[0]) == 1


def test_a_file_without_an_extension_is_text(write: Write, reading: Reading) -> None:
    assert reading(write("article", "A loan was signed."))[0][0].text == "A loan was signed."


USELESS = [
    ([], "no input"),
    (["missing.txt"], "missing.txt: does not exist"),
    (["*.html"], "*.html: matches nothing"),
    (["empty"], "empty: holds nothing that Corridor reads"),
    (["named.txt"], "named.txt: holds nothing that Corridor reads"),
    (["sub/f.log"], "sub/f.log: Corridor does not read .log files"),
    (["x" * 5_000], "cannot be read"),
    (["a\0b"], "a\0b"),
    (["missing.txt", "empty"], "missing.txt: does not exist\nempty: holds nothing"),
]


@pytest.mark.parametrize(("inputs", "reason"), USELESS, ids=range(len(USELESS)))
def test_nothing_to_read_at_all(tree: Path, reading: Reading, inputs: list[str], reason: str) -> None:
    (tree / "empty").mkdir()
    (tree / "named.txt").mkdir()
    with pytest.raises(SetupError) as caught:
        read(inputs)
    assert reason in str(caught.value)
    if inputs:  # beside one that can be read, the bad ones are told and it is unharmed
        articles, errors = reading(*inputs, "b.txt")
        assert len(articles) == 1 and len(errors) == len(inputs)


def test_links_do_not_go_round(tree: Path, reading: Reading) -> None:
    for name in ("loop", "sub/loop", "sub/again"):
        (tree / name).symlink_to(tree, target_is_directory=True)
    (tree / "self.txt").symlink_to("self.txt")
    (tree / "gone.txt").symlink_to("nowhere.txt")
    (tree / "same.txt").symlink_to("b.txt")
    assert len(reading(".")[0]) == 5
    assert len(reading("**/*.txt")[0]) == 3


def test_links_do_not_lead_out(tree: Path, reading: Reading) -> None:
    (tree / "sub" / "out.txt").symlink_to(tree / "b.txt")
    assert len(reading("sub")[0]) == 2
    assert reading("sub/out.txt")[0][0].text == "The text of b.txt"  # named outright


def test_links_are_counted_or_followed(tree: Path, reading: Reading, caplog: pytest.LogCaptureFixture) -> None:
    away = tree.parent / f"{tree.name}-away"
    (away / "deep").mkdir(parents=True)
    (away / "deep" / "z.txt").write_text("The text of z")
    (away / "round").symlink_to(tree / "sub", target_is_directory=True)
    (tree / "sub" / "away").symlink_to(away, target_is_directory=True)
    (tree / "sub" / "loop").symlink_to(tree, target_is_directory=True)
    (tree / "sub" / "out.txt").symlink_to(tree / "b.txt")
    (tree / "sub" / "gone.txt").symlink_to("nowhere.txt")
    (tree / "sub" / "same.txt").symlink_to("c.TXT")
    said = "sub: skipped 3 links to folders or out of it; --follow-links follows them"
    assert len(reading("sub")[0]) == 2
    assert [record.getMessage() for record in caplog.records] == [said]
    assert len(reading("sub/*")[0]) == 2 + 4  # a folder that is named itself is read
    caplog.clear()
    articles, errors = reading("sub", "b.txt", follow_links=True)
    names = [article.text.removeprefix("The text of ") for article in articles]
    assert (sorted(names), errors) == (["a.md", "b.txt", "sub/c.TXT", "sub/deep/d.txt", "x[1].txt", "z"], [])
    assert [record for record in caplog.records if "skipped" in record.getMessage()] == []


def test_pipes_and_devices_are_not_waited_for(tree: Path, reading: Reading) -> None:
    os.mkfifo(tree / "sub" / "pipe.jsonl")
    (tree / "zero.txt").symlink_to("/dev/zero")
    assert len(reading("sub")[0]) == 2
    articles, errors = reading("sub/pipe.jsonl", "zero.txt", "b.txt")
    assert (len(articles), errors) == (1, [f"sub/pipe.jsonl: {NO_FILE}", f"zero.txt: {NO_FILE}"])
    assert expected(["sub", "b.txt"]) == 3


@pytest.mark.parametrize("begin", ["file://", "FILE://localhost"])
def test_a_file_address_is_read_as_the_path(tree: Path, reading: Reading, begin: str) -> None:
    (tree / "sub" / "out.txt").symlink_to("/etc/hostname")
    (tree / "sub" / "link").symlink_to("/etc", target_is_directory=True)
    (tree / "sub" / "100%25.txt").write_text("Nothing in an address is decoded.")
    os.mkfifo(tree / "sub" / "pipe.txt")
    for name in ("", "sub", "sub/", "*.txt", "**/*.txt", "sub/.hidden.txt", "sub/100%25.txt", "sub/f.log", "gone.txt"):
        path = f"{tree}/{name}"
        assert reading(f"{begin}{path}", "x[1].txt") == reading(path, "x[1].txt"), name
    assert reading(f"{begin}{tree}/sub/pipe.txt", "b.txt")[1] == [f"sub/pipe.txt: {NO_FILE}"]
    assert len(reading("b.txt", f"{begin}{tree}/b.txt")[0]) == 1
    assert expected([f"{begin}{tree}/sub"]) == 3


def test_folders_and_files_are_sorted_together(write: Write, tmp_path: Path, reading: Reading) -> None:
    names = ["a/z.txt", "a.txt", "a1/b.txt", "b.txt", "b.txt.md", "c.jsonl/d.txt"]
    for name in reversed(names):
        write(name, name)
    assert [article.text for article in reading(tmp_path)[0]] == names


def test_the_names_of_a_million_files_are_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(300):
        (tmp_path / f"{number // 100}").mkdir(exist_ok=True)
        (tmp_path / f"{number // 100}" / f"{number:03}.txt").write_text("x")
    asked: list[str] = []
    listed = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: asked.append(str(path)) or listed(path))
    next(iter(find([str(tmp_path)], {".txt"})))
    assert asked == [str(tmp_path), str(tmp_path / "0")]


def test_a_full_disk_is_named() -> None:
    seen = Seen()
    seen._rows.execute("PRAGMA max_page_count = 10")
    with pytest.raises(SetupError, match="set TMPDIR to a disk with room"):
        for number in range(10_000):
            seen.add(f"{number}" * 20)
