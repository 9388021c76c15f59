"""A first line that stands alone is the title; the text stays as it is."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.sources.articles import first_line

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]

TITLES = [
    ("Rail loan signed\n\nThe ministry signed a loan.", "Rail loan signed"),
    ("\n\n  Rail loan signed \r\n \t\r\nThe ministry signed a loan.", "Rail loan signed"),
    ("Rail loan signed\r\rThe ministry signed a loan.", "Rail loan signed"),
    ("# Rail loan signed\nThe ministry signed a loan.", "Rail loan signed"),
    ("### Rail loan signed ###\n\nThe ministry signed a loan.", "Rail loan signed"),
    ("# Loan\n\nThe ministry signed a loan.", "Loan"),
]
NONE = [
    "", "Rail loan signed", "Rail loan signed\n\n", "# Rail loan signed\n", "Rail loan signed\nThe ministry\n\nsigned.",
    "A loan was signed.\n\nA road was opened.", "Who pays?\n\nThe ministry.", "He said “no.”\n\nThe ministry.",
    "Read also:\n\nThe ministry.", "Loan\n\nThe ministry.", "By Maya Rai\n\nThe ministry.", "7 March 2025\n\nA loan.",
    "---\ntitle: x\n---\n\nA loan.", "- a loan\n\n- a road", "#loan of the day\n\nA loan.", "<p>a loan\n\nA road",
    "https://daily.example/a b\n\nA loan.", "word " * 50 + "\n\nA loan.", "# " + "word " * 50 + "\n\nA loan.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_a_first_line_that_stands_alone(text: str, title: str) -> None:
    assert first_line(text) == title


@pytest.mark.parametrize("text", NONE)
def test_a_first_line_that_is_no_title(text: str) -> None:
    assert first_line(text) is None


LONG = [" \n" * 4_000_000 + "a", "a b\n" + "\n " * 4_000_000, "# a" + " #" * 4_000_000 + "b\nx"]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_text_takes_no_time(text: str) -> None:
    begin = time.perf_counter()
    assert first_line(text) is None
    assert time.perf_counter() - begin < 3


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a"])
def test_files_of_text_have_the_title_and_keep_the_line(write: Write, reading: Reading, name: str) -> None:
    text = "# Rail loan signed\n\nThe ministry signed a loan.\n"
    article = reading(write(name, text), title="Another")[0][0]
    assert (article.title, article.text) == ("Rail loan signed", text)


def test_the_title_of_the_options_is_for_articles_without_one(write: Write, reading: Reading) -> None:
    rows = '{"text": "A loan was signed."}\n{"text": "A road was opened.", "title": "Road"}\n'
    articles, _ = reading(write("a.txt", "A dam was opened."), write("b.jsonl", rows), title="Given")
    assert [article.title for article in articles] == ["Given", "Given", "Road"]
