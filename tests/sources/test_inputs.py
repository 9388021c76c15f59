"""The whole way in: which files inputs name, standard input, ids, and one bad article among good ones."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sources.documents import Read, Reading, Write

from pipeline.errors import SetupError
from pipeline.record import Article
from pipeline.sources import ReadOptions, expected, read, read_stream
from pipeline.sources.locations import Seen, find

FILES = ["b.txt", "a.md", "sub/c.TXT", "sub/deep/d.txt", "sub/.hidden.txt", ".git/e.txt", "sub/f.log", "x[1].txt"]
CASES = yaml.safe_load(Path(__file__).with_name("cases").joinpath("inputs.yaml").read_text(encoding="utf-8"))
USELESS = [*CASES["useless"], (["x" * 5_000], "cannot be read"), (["a\0b"], "a\0b")]
NO_FILE = "a pipe or a device, not a file; to read from a pipe name - (standard input)"


@pytest.fixture
def tree(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in FILES:
        write(name, f"The text of {name}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("inputs", "names"), CASES["named"])
def test_inputs(tree: Path, reading: Reading, inputs: list[str], names: list[str]) -> None:
    for given in (inputs, [f"{tree}/{name}" for name in inputs]):
        articles, errors = reading(*given)
        assert ([article.text.removeprefix("The text of ") for article in articles], errors) == (names, [])


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


LOAN, ROAD = "A loan was signed.", "A road was opened."


def test_the_bad_are_told_and_the_good_are_kept(write: Write, reading: Reading) -> None:
    articles, errors = reading(
        write("1.txt", LOAN),
        write("2.txt", ""),
        write("3.txt", " \n"),
        write("4.txt", b"\x00\x01"),
        write("5.jsonl", json.dumps({"text": ROAD}) + '\n{"text": "cut'),
        write("6.html", "<html></html>"),
        "missing.txt",
        write("7.txt", "Another road was opened."),
    )
    assert [article.text for article in articles] == [LOAN, ROAD, "Another road was opened."]
    assert [error.split(":")[0] for error in errors] == ["2.txt", "3.txt", "4.txt", "5.jsonl", "6.html", "missing.txt"]


def test_an_unreadable_file(write: Write, reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    locked, good = write("locked.txt", LOAN), write("good.txt", ROAD)
    opened = Path.open

    def guarded(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "locked.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", guarded)
    articles, errors = reading(locked, good)
    assert [article.text for article in articles] == [ROAD]
    assert errors == ["locked.txt: cannot be read (Permission denied)"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_name_that_is_no_text(tmp_path: Path, reading: Reading) -> None:
    for name in (b"empty\xff.txt", b"good\xff.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("" if b"empty" in name else LOAN)
    articles, errors = reading(tmp_path)
    assert [article.text for article in articles] == [LOAN]
    assert errors == ["empty\\udcff.txt: holds no text"]


@pytest.mark.parametrize(("content", "texts", "failed"), CASES["stdin"])
def test_standard_input(reading: Reading, content: str, texts: list[str], failed: int) -> None:
    articles, errors = reading("-", "-", stdin=io.BytesIO(content.encode()))
    assert ([article.text for article in articles], len(errors)) == (texts, failed)
    assert all(error.startswith("<stdin>") for error in errors)


def test_the_process_s_own_standard_input(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LOAN.encode())))
    assert reading("-")[0][0].text == LOAN


@pytest.mark.parametrize(("given", "made"), CASES["ids"])
def test_ids_are_made_unique(
    read_file: Read, caplog: pytest.LogCaptureFixture, given: list[str], made: list[str]
) -> None:
    rows = "\n".join(json.dumps({"id": name, "text": LOAN}) for name in given)
    assert [article.id for article in read_file("rows.jsonl", rows)[0]] == made
    said = [record for record in caplog.records if "is not unique; this article gets" in record.getMessage()]
    assert len(said) == sum(one != other for one, other in zip(given, made, strict=True))


@pytest.mark.parametrize("options", [ReadOptions(columns={"body": "text"}), ReadOptions(date="April")])
def test_options_that_cannot_be(write: Write, options: ReadOptions) -> None:
    with pytest.raises(SetupError):
        read([str(write("a.txt", LOAN))], options)


def test_it_streams(reading: Reading) -> None:
    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            return json.dumps({"text": LOAN}).encode() + b"\n"

    results = read(["-"], ReadOptions(stdin=Endless()))  # type: ignore[arg-type]
    assert [isinstance(next(results), Article) for _ in range(3)] == [True] * 3


def test_a_broken_disk_midway(reading: Reading) -> None:
    class Broken(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline()
            if not line:
                raise OSError(5, "Input/output error")
            return line

    articles, errors = reading("-", stdin=Broken(json.dumps({"text": LOAN}).encode() + b"\n"))
    assert len(articles) == 1 and errors == ["<stdin>: cannot be read (Input/output error)"]


def test_an_open_file_of_another_kind_is_named() -> None:
    (error,) = read_stream(io.BytesIO(b""), "a.xlsx")
    assert str(error).startswith("a.xlsx: Corridor does not read .xlsx files (it reads")
    (article,) = read_stream(io.BytesIO(LOAN.encode()), "a")
    assert isinstance(article, Article) and article.text == LOAN
