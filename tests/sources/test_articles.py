"""`cases/files.yaml`: a file, its articles, and what is said of the rest; dates, titles and languages of articles."""

import io
import json
import logging
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sources.documents import Reading, Write
from tables import Row, table_of

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources import ReadOptions, make_article, read_stream
from pipeline.sources.articles import first_line, iso_date, language

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


def test_what_is_odd_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        make_article(
            "Les deux gouvernements ont signé lundi un accord sur une nouvelle ligne.", where="f", date="April"
        )
    assert "f: not in English (fr)" in caplog.text
    assert "f: the date 'April' is not a full date" in caplog.text


@pytest.mark.parametrize("case", [*table_of(__file__, "languages.csv"), {"code": "", "text": ""}], ids=str)
def test_language(case: Row) -> None:
    assert language(case["text"]) == (case["code"] or None)


def test_only_the_beginning_is_looked_at() -> None:
    texts = {case["code"]: case["text"] for case in table_of(__file__, "languages.csv")}
    assert language(texts["en"] * 30 + texts["fr"] * 100_000) == "en"


def test_all_of_the_corpus_is_english(corpus: Path) -> None:
    with (corpus / "articles.jsonl").open(encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    assert {language(text) for text in texts} == {"en"}
    assert {language(text.upper()) for text in texts} == {"en"}


@pytest.mark.parametrize("case", table_of(__file__, "dates.csv"), ids=lambda case: case["written"])
def test_a_date_counts_where_every_reading_gives_the_same_day(case: Row) -> None:
    assert iso_date(case["written"]) == iso_date(f"  {case['written']} ") == (case["iso"] or None)


OTHERS = [
    (20250307, "2025-03-07"),
    (date(2025, 3, 7), "2025-03-07"),
    (datetime(2025, 3, 7, 23, 59), "2025-03-07"),
    *((value, None) for value in ("", "5 April 2025 " * 50, 1741305600000, True, 1.5)),
]


@pytest.mark.parametrize(("value", "iso"), OTHERS)
def test_a_date_that_is_no_text(value: object, iso: str | None) -> None:
    assert iso_date(value) == iso


LONG = [" \n" * 4_000_000 + "a", "a b\n" + "\n " * 4_000_000, "# a" + " #" * 4_000_000 + "b\nx"]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_text_takes_no_time(text: str) -> None:
    begin = time.perf_counter()
    assert first_line(text) is None
    assert time.perf_counter() - begin < 3


def test_the_title_of_the_options_is_for_articles_without_one(write: Write, reading: Reading) -> None:
    rows = '{"text": "A loan was signed."}\n{"text": "A road was opened.", "title": "Road"}\n'
    articles, _ = reading(write("a.txt", "A dam was opened."), write("b.jsonl", rows), title="Given")
    assert [article.title for article in articles] == ["Given", "Given", "Road"]
