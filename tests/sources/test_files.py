"""`cases/files.yaml`: a file, its articles, and what is said of the rest; other tests have what a table cannot hold."""

import io
import logging
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from sources.documents import Reading, Write

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources import ReadOptions, read_stream

CASES = yaml.safe_load(Path(__file__).with_name("cases").joinpath("files.yaml").read_text(encoding="utf-8"))


def content_of(case: dict[str, Any]) -> bytes:
    """The bytes of a file: a text, or pieces, of which some are repeated."""
    pieces = case["content"] if isinstance(case["content"], list) else [case["content"]]
    text = "".join(piece if isinstance(piece, str) else piece[0] * piece[1] for piece in pieces)
    return text.encode(case.get("encoding", "utf-8"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_file(case: dict[str, Any], write: Write, reading: Reading, caplog: pytest.LogCaptureFixture) -> None:
    """`articles`: some fields of each; `errors`, `said` of columns and `warned`: the beginning of each line."""
    name, data, said = case["file"], content_of(case), list[str]()
    options = {"tell": lambda where, what: said.append(what), **case.get("options", {})}
    begin = time.perf_counter()
    with caplog.at_level(logging.WARNING, "corridor"):
        articles, errors = reading(write(name, data), **options)
    assert time.perf_counter() - begin < 10
    expected = case.get("articles", [])
    assert (len(articles), said) == (len(expected), case.get("said", said))
    for article, own in zip(articles, expected, strict=True):
        assert {field: getattr(article, field) for field in own} == own
    begins(errors, case.get("errors", []))
    begins([record.getMessage().partition(": ")[2] for record in caplog.records], case.get("warned", []))
    results = list(read_stream(io.BytesIO(data), name, ReadOptions(**case.get("options", {}))))
    assert [result for result in results if isinstance(result, Article)] == articles
    assert [str(result) for result in results if isinstance(result, ArticleError)] == errors


@pytest.mark.parametrize("block", [1, 7])
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["file"].endswith(".json")])
def test_blocks_of_a_json_file_part_nothing(
    name: str, block: int, write: Write, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = content_of(CASES[name])
    whole = reading(path := write("rows.json", data))
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", max(block, len(data) // 1_000))
    assert reading(path) == whole


def begins(lines: list[str], starts: list[str]) -> None:
    """Each line begins as it should."""
    assert len(lines) == len(starts), lines
    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == starts
