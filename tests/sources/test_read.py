"""The whole way in: mixed inputs, standard input, ids, and one bad article among good ones."""

import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, digest
from pipeline.sources import ReadOptions, read, read_stream

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
LOAN, ROAD = "A loan was signed.", "A road was opened."


def test_bare_text_takes_what_the_options_say(write: Write, reading: Reading) -> None:
    article = reading(write("a.txt", LOAN), date="5 April 2025", source="Dawn")[0][0]
    assert (article.date, article.source, article.title) == ("2025-04-05", "Dawn", None)
    assert (article.id, article.sha256) == (digest(LOAN)[:16], digest(LOAN))


def test_markdown_stays_as_it_stands(write: Write, reading: Reading) -> None:
    text = "# Loan signed\n\n*A loan* was [signed](x).\n"
    assert reading(write("a.md", text))[0][0].text == text


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


STDIN = [
    (b"A loan was signed.\n", ["A loan was signed.\n"], 0),
    (b"\xef\xbb\xbf\r\n A loan", ["\r\n A loan"], 0),
    (b'\n{"text": "One"}\n{"text": "Two"}\n', ["One", "Two"], 0),
    (b'{"text": "One"}\n{"text": "T', ["One"], 1),
    (b'{"text": "O\nmore', ['{"text": "O\nmore'], 0),
    (b"[1]\n", ["[1]\n"], 0),
    (b"", [], 1),
    (b" \n", [], 1),
    (b"\x00\x00", [], 1),
]


@pytest.mark.parametrize(("content", "texts", "failed"), STDIN)
def test_standard_input(reading: Reading, content: bytes, texts: list[str], failed: int) -> None:
    articles, errors = reading("-", "-", stdin=io.BytesIO(content))
    assert ([article.text for article in articles], len(errors)) == (texts, failed)
    assert all(error.startswith("<stdin>") for error in errors)


def test_the_process_s_own_standard_input(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LOAN.encode())))
    assert reading("-")[0][0].text == LOAN


IDS = [
    ("aab", ["a", "a-2", "b"]),
    ("aaa", ["a", "a-2", "a-3"]),
    (["a", "a-2", "a"], ["a", "a-2", "a-3"]),
    (["a", "a", "a-2"], ["a", "a-2", "a-2-2"]),
]


@pytest.mark.parametrize(("given", "made"), IDS)
def test_ids_are_made_unique(write: Write, reading: Reading, given: list[str], made: list[str]) -> None:
    rows = "\n".join(json.dumps({"id": name, "text": LOAN}) for name in given)
    assert [article.id for article in reading(write("rows.jsonl", rows))[0]] == made


def test_a_repeated_id_is_said(write: Write, reading: Reading, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        reading(write("1.txt", LOAN), write("2.txt", LOAN))
    assert "is not unique" in caplog.text


@pytest.mark.parametrize("options", [ReadOptions(columns={"body": "text"}), ReadOptions(date="April")])
def test_options_that_cannot_be(write: Write, options: ReadOptions) -> None:
    with pytest.raises(SetupError):
        read([str(write("a.txt", LOAN))], options)


def test_it_streams(reading: Reading) -> None:
    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            return json.dumps({"text": LOAN}).encode() + b"\n"

    stream: Any = Endless()
    results: Iterator[Article | ArticleError] = read(["-"], ReadOptions(stdin=stream))
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


@pytest.mark.parametrize(
    ("name", "data", "texts", "reasons"),
    [
        ("a.txt", LOAN.encode(), [LOAN], []),
        ("a", LOAN.encode(), [LOAN], []),
        (
            "A.CSV",
            f"id,text\nx,{LOAN}\nx,{ROAD}\ny,\n".encode(),
            [LOAN, ROAD],
            ["A.CSV:4: the field 'text'"],
        ),
        ("a.jsonl", b"", [], ["a.jsonl: holds no article"]),
        ("a.xlsx", b"", [], ["a.xlsx: Corridor does not read .xlsx files (it reads"]),
        ("a.json.gz", b"no gzip", [], ["a.json.gz: "]),
    ],
)
def test_an_open_file_is_read_by_its_name(name: str, data: bytes, texts: list[str], reasons: list[str]) -> None:
    found = [*read_stream(io.BytesIO(data), name)]
    articles = [one for one in found if isinstance(one, Article)]
    errors = [str(one) for one in found if isinstance(one, ArticleError)]
    assert [article.text for article in articles] == texts
    assert len({article.id for article in articles}) == len(articles)
    assert [error[: len(reason)] for error, reason in zip(errors, reasons, strict=True)] == reasons
