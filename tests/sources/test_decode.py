"""Bytes become the characters that were meant, and nothing is smoothed."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str, str | bytes], Path]
TEXT = (
    "The ministry\u2019s\u00a0plan:\r\n\u201cUS$5m\u201d for caf\u00e9s, by\tJune.\r\n\r\nMore \u2028 lines\x85here.\n"
)
PLAIN = "The ministry\u2019s plan: \u201cUS$5m\u201d for caf\u00e9s \u2013 by June.\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_kept_as_read(write: Write, reading: Callable[..., tuple[list, list]], encoding: str) -> None:
    articles, errors = reading(write("a.txt", TEXT.encode(encoding)))
    assert (articles[0].text, errors) == (TEXT, [])


def test_utf16_big_endian(write: Write, reading: Callable[..., tuple[list, list]]) -> None:
    articles, _ = reading(write("a.txt", b"\xfe\xff" + TEXT.encode("utf-16-be")))
    assert articles[0].text == TEXT


@pytest.mark.parametrize("block", [1, 2, 7, 1_000])
def test_utf16_comes_block_by_block(
    write: Write, reading: Callable[..., tuple[list, list]], monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", block)
    text = f"{TEXT}\U0001f600\n\n{TEXT}"
    assert reading(write("a.txt", text.encode("utf-16")))[0][0].text == text
    rows = '{"text": "One loan."}\n{"text": "One road."}\n'.encode("utf-16")
    articles, errors = reading(write("rows.jsonl", rows[:-9] + b"\xd8"))
    assert [article.text for article in articles] == ["One loan."]
    assert errors == ["rows.jsonl: has the byte order mark of UTF-16, but is cut or broken"]


def test_windows_1252_says_so(
    write: Write, reading: Callable[..., tuple[list, list]], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        articles, _ = reading(write("old.txt", PLAIN.encode("cp1252") * 3))
    assert articles[0].text == PLAIN * 3
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1 and "old.txt:1: not UTF-8, read as Windows-1252" in told[0]


def test_a_stray_byte_costs_only_its_line(write: Write, reading: Callable[..., tuple[list, list]]) -> None:
    articles, _ = reading(write("a.txt", PLAIN.encode() + b"A stray \x96 dash.\n" + PLAIN.encode()))
    assert articles[0].text == PLAIN + "A stray \u2013 dash.\n" + PLAIN


def test_a_file_cut_inside_a_character(
    write: Write, reading: Callable[..., tuple[list, list]], caplog: pytest.LogCaptureFixture
) -> None:
    articles, _ = reading(write("a.txt", "\u201cIt is signed,\u201d he said of caf\u00e9s\u2019".encode()[:-1]))
    assert articles[0].text == "\u201cIt is signed,\u201d he said of caf\u00e9s\ufffd"
    assert "broken UTF-8" in caplog.text


BINARY = {
    "nul.txt": b"text\x00more",
    "png.txt": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "late.txt": b"x" * 20_000 + b"\x00",
    "gzip.txt": b"\x1f\x8b\x08\x08\xff\xfe\x01",
    "utf16-without-mark.txt": "text".encode("utf-16-le"),
    "page.html": b"<html>\x00</html>",
    "rows.jsonl": b"\x89PNG\r\n\x1a\n\x00\x00\n\x00\n\x00\n",
    "rows.csv": b"text\n\x00\x01\n",
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_files_are_refused(write: Write, reading: Callable[..., tuple[list, list]], name: str) -> None:
    articles, errors = reading(write(name, BINARY[name]), write("good.txt", "A loan was signed."))
    assert [article.text for article in articles] == ["A loan was signed."]
    assert errors[-1].startswith(name) and "binary" in " ".join(errors)


def test_half_a_utf16_file(write: Write, reading: Callable[..., tuple[list, list]]) -> None:
    assert "UTF-16" in reading(write("a.txt", TEXT.encode("utf-16")[:-1]))[1][0]
