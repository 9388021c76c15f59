"""What an article is made of, and what is refused."""

import logging

import pytest

from pipeline.errors import ArticleError
from pipeline.readers import ReadOptions, make_article
from pipeline.readers.articles import from_fields
from pipeline.record import digest

TEXT = "The bank approved a loan of $50 million for the northern railway line, the ministry said on Monday."


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
    article = from_fields({"text": TEXT, **row}, "rows", options).model_dump()
    assert {name: article[name] for name in expected} == expected


REFUSED = [
    ({}, "'text' is missing or empty"),
    ({"text": None}, "'text' is missing or empty"),
    ({"text": float("nan")}, "'text' is missing or empty"),
    ({"text": ""}, "'text' is missing or empty"),
    ({"text": " \n\t\u00a0"}, "no text in it"),
    ({"text": 5}, "'text' is not a string"),
    ({"text": ["a"]}, "'text' is not a string"),
    ({"text": b"bytes"}, "'text' is not a string"),
    ({"text": "a\0b"}, "NUL"),
    ({"text": "x" * 20_000_001}, "over 20,000,000 characters"),
    ({"text": "half \ud83d pair"}, "the text cannot be written as UTF-8 (half a surrogate pair at character 5)"),
    ({"text": TEXT, "title": "\udc00"}, "the title cannot be written as UTF-8"),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED)
def test_refused(row: dict[str, object], reason: str) -> None:
    with pytest.raises(ArticleError) as caught:
        from_fields(row, "rows:7", ReadOptions())
    assert caught.value.where == "rows:7" and reason in caught.value.reason


def test_what_is_odd_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        make_article(
            "Les deux gouvernements ont signé lundi un accord sur une nouvelle ligne.", where="f", date="April"
        )
    assert "f: in another language than English (fr)" in caplog.text
    assert "f: the date 'April' is no full date" in caplog.text
