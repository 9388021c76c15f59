"""What an article is made of: its fields, its date, its title and its language, and what is refused."""

import json
import logging
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from sources.documents import Read, Reading, Write
from tables import Row, table_of

from pipeline.errors import ArticleError
from pipeline.record import Article, digest
from pipeline.sources import ReadOptions, make_article
from pipeline.sources.articles import first_line, iso_date, language, of_row
from pipeline.sources.options import matcher

NONE = ReadOptions()
TEXT = "The bank approved a loan of $50 million for the northern railway line, the ministry said on Monday."


def from_row(row: dict[str, object], options: ReadOptions = NONE) -> Article | ArticleError:
    return of_row(lambda: row, "rows:7", options, matcher("rows", options))


def test_a_bare_text_is_named_by_its_digest() -> None:
    article = make_article(TEXT)
    assert (article.id, article.sha256) == (digest(TEXT)[:16], digest(TEXT))
    assert article.text == TEXT and article.language == "en" and article.date is None


FIELDS = [
    ({"id": " a1 "}, {"id": "a1"}),
    ({"id": 17}, {"id": "17"}),
    ({"id": ""}, {"id": digest(TEXT)[:16]}),
    ({"id": float("nan")}, {"id": digest(TEXT)[:16]}),
    ({"id": float("inf")}, {"id": digest(TEXT)[:16]}),
    ({"id": None, "title": "  "}, {"id": digest(TEXT)[:16], "title": None}),
    ({"title": "Loan signed"}, {"title": "Loan signed"}),
    ({"source": {"repo": "x"}}, {"source": "The Daily"}),
    ({"source": "Dawn"}, {"source": "Dawn"}),
    ({"outlet": "Dawn"}, {"source": "Dawn"}),
    ({"source": {"repo": "x"}, "publisher": "Dawn"}, {"source": "Dawn"}),
    ({"source": "Dawn", "outlet": "The Star"}, {"source": "Dawn"}),
    ({"url": 5}, {"url": None}),
    ({"date": "5 April 2025"}, {"date": "2025-04-05"}),
    ({"date": ""}, {"date": "2024-01-01"}),
    ({"date": "April"}, {"date": None}),  # it carries one, though not a day: no other is put in its place
    ({"language": "fr", "extra": [1]}, {"language": "en"}),
]


@pytest.mark.parametrize(("row", "expected"), FIELDS)
def test_fields(row: dict[str, object], expected: dict[str, object]) -> None:
    options = ReadOptions(date="2024-01-01", source="The Daily")
    article = from_row({"text": TEXT, **row}, options).model_dump()
    assert {name: article[name] for name in expected} == expected


LINE, WIRE = "Wed, March 5, 2025\n", "SUVA, 5 March 2025 - "


@pytest.mark.parametrize(
    ("start", "given", "date", "basis"),
    [
        ("", None, None, None),
        ("", "2025-04-05", "2025-04-05", "given"),
        (WIRE, None, "2025-03-05", "dateline"),
        (WIRE, "April", "2025-03-05", "dateline"),
        (WIRE, "2025-03-06", "2025-03-06", "given"),
        ("SUVA, March 5 - ", None, None, None),
        (LINE, None, "2025-03-05", "dateline"),
        (LINE, "2025-03-05", "2025-03-05", "given"),
        (LINE, "2025-12-14", "2025-12-14", "given"),
    ],
)
def test_the_date_of_an_article(start: str, given: str | None, date: str | None, basis: str | None) -> None:
    article = make_article(start + TEXT, date=given)
    assert (article.date, article.date_basis) == (date, basis)


@pytest.mark.parametrize(("given", "warned"), [("2025-12-14", True), ("2025-03-06", False)])
def test_a_date_that_the_text_contradicts_is_named(caplog: pytest.LogCaptureFixture, given: str, warned: bool) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        make_article(LINE + TEXT, where="news.csv:7", date=given)
    said = f"news.csv:7: the date given, {given}, counts, but the text says 2025-03-05"
    assert (said in caplog.text) is warned


REFUSED = [
    ({}, "'text' is missing or empty"),
    ({"text": None}, "'text' is missing or empty"),
    ({"text": float("nan")}, "'text' is missing or empty"),
    ({"text": ""}, "'text' is missing or empty"),
    ({"text": " \n\t\u00a0"}, "holds no text"),
    ({"text": 5}, "'text' is not a string"),
    ({"text": ["a"]}, "'text' is not a string"),
    ({"text": b"bytes"}, "'text' is not a string"),
    ({"text": "a\0b"}, "NUL"),
    ({"text": "x" * 20_000_001}, "over 20,000,000 characters"),
    ({"text": "half \ud83d pair"}, "the text cannot be written as UTF-8 (half a surrogate pair at character 5)"),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED)
def test_refused(row: dict[str, object], reason: str) -> None:
    error = from_row(row)
    assert isinstance(error, ArticleError) and error.where == "rows:7" and reason in error.reason


def test_what_is_odd_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        make_article(
            "Les deux gouvernements ont signé lundi un accord sur une nouvelle ligne.", where="f", date="April"
        )
    assert "f: not in English (fr)" in caplog.text
    assert "f: the date 'April' is not a full date" in caplog.text


SET_ASIDE = [
    ({"url": "http://[::"}, "the url 'http://[::' cannot be read"),
    ({"id": "\udc00"}, "the id '\\udc00' cannot be read"),
    ({"title": ["Loan signed"]}, "the title (list) cannot be read"),
    ({"source": {"name": 5}}, "the source 5 cannot be read"),
    ({"id": float("inf")}, "the id (float) cannot be read"),
    ({"id": True}, "the id True cannot be read"),
    ({"date": 10**5_000}, "the date (int) is not a full date"),
    ({"date": float("inf")}, "the date (float) is not a full date"),
]


@pytest.mark.parametrize(("row", "said"), SET_ASIDE)
def test_what_cannot_be_read_of_a_field_costs_no_article(
    caplog: pytest.LogCaptureFixture, row: dict[str, object], said: str
) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        article = from_row({"text": TEXT, **row})
    assert article == make_article(TEXT)
    assert [f"rows:7: {said}" in record.getMessage() for record in caplog.records] == [True]


@pytest.mark.parametrize("case", [*table_of(__file__, "languages.csv"), {"code": "", "text": ""}], ids=str)
def test_language(case: Row) -> None:
    assert language(case["text"]) == (case["code"] or None)


def test_only_the_beginning_is_looked_at() -> None:
    texts = {case["code"]: case["text"] for case in table_of(__file__, "languages.csv")}
    english = texts["en"] * 30
    assert language(english + texts["fr"] * 100_000) == "en"


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


TITLES = [
    ("Rail loan signed\n\nThe ministry signed a loan.", "Rail loan signed"),
    ("\n\n  Rail loan signed \r\n \t\r\nThe ministry signed a loan.", "Rail loan signed"),
    ("Rail loan signed\r\rThe ministry signed a loan.", "Rail loan signed"),
    ("# Rail loan signed\nThe ministry signed a loan.", "Rail loan signed"),
    ("### Rail loan signed ###\n\nThe ministry signed a loan.", "Rail loan signed"),
    ("# Loan\n\nThe ministry signed a loan.", "Loan"),
]
TITLES_NONE = [
    "", "Rail loan signed", "Rail loan signed\n\n", "# Rail loan signed\n", "Rail loan signed\nThe ministry\n\nsigned.",
    "A loan was signed.\n\nA road was opened.", "Who pays?\n\nThe ministry.", "He said “no.”\n\nThe ministry.",
    "Read also:\n\nThe ministry.", "Loan\n\nThe ministry.", "By Maya Rai\n\nThe ministry.", "7 March 2025\n\nA loan.",
    "---\ntitle: x\n---\n\nA loan.", "- a loan\n\n- a road", "#loan of the day\n\nA loan.", "<p>a loan\n\nA road",
    "https://daily.example/a b\n\nA loan.", "word " * 50 + "\n\nA loan.", "# " + "word " * 50 + "\n\nA loan.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_a_first_line_that_stands_alone(text: str, title: str) -> None:
    assert first_line(text) == title


@pytest.mark.parametrize("text", TITLES_NONE)
def test_a_first_line_that_is_no_title(text: str) -> None:
    assert first_line(text) is None


LONG = [" \n" * 4_000_000 + "a", "a b\n" + "\n " * 4_000_000, "# a" + " #" * 4_000_000 + "b\nx"]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_text_takes_no_time(text: str) -> None:
    begin = time.perf_counter()
    assert first_line(text) is None
    assert time.perf_counter() - begin < 3


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a"])
def test_files_of_text_have_the_title_and_keep_the_line(read_file: Read, name: str) -> None:
    text = "# Rail loan signed\n\nThe ministry signed a loan.\n"
    article = read_file(name, text, title="Another")[0][0]
    assert (article.title, article.text) == ("Rail loan signed", text)


def test_the_title_of_the_options_is_for_articles_without_one(write: Write, reading: Reading) -> None:
    rows = '{"text": "A loan was signed."}\n{"text": "A road was opened.", "title": "Road"}\n'
    articles, _ = reading(write("a.txt", "A dam was opened."), write("b.jsonl", rows), title="Given")
    assert [article.title for article in articles] == ["Given", "Given", "Road"]
