"""Whatever comes in: a valid record or a named error, true offsets, the same bytes twice, and nothing fetched."""

import logging
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fuzz.strategies import examples, files, texts
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.errors import ArticleError
from pipeline.extract import extract_stream
from pipeline.record import Article, Record, quotes
from pipeline.sources import make_article, read
from pipeline.values.codes import purpose
from pipeline.values.currencies import Home
from pipeline.values.dates import find_dates, parse_date
from pipeline.values.gazetteer.names import key, surname, without_honorifics, without_legal_form
from pipeline.values.money import find_money, parse_money
from pipeline.values.numbers import find_quantities, parse_number, parse_quantity


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No connection can be made, and warnings about articles stay off the screen."""

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    logging.getLogger("corridor").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("corridor").setLevel(logging.NOTSET)


def article_of(text: str, number: int) -> Article | None:
    try:
        return make_article(text, id=f"a{number}", date="2025-03-04")
    except ArticleError as error:
        assert error.reason
        return None


def check(record: Record) -> str:
    """Its JSON, after all its offsets were found true and it was read back equal."""
    text = record.article.text
    assert all(text[quote.start : quote.end] == quote.text for quote in quotes(record))
    assert all(0 <= s.start <= s.end <= len(text) for s in record.sentences)
    line = record.to_json()
    assert Record.model_validate_json(line) == record
    return line


@pytest.mark.slow
@examples(60)
@given(given_texts=st.lists(texts, min_size=1, max_size=10))
def test_a_text_becomes_a_record_the_same_one_each_time(nlp: Language, given_texts: list[str]) -> None:
    articles = [a for n, text in enumerate(given_texts) if (a := article_of(text, n)) is not None]
    once = list(extract_stream(articles, nlp))
    again = list(extract_stream(reversed(articles), nlp))[::-1]
    assert len(once) == len(articles)
    for one, other in zip(once, again, strict=True):
        assert isinstance(one, Record) and isinstance(other, Record), f"{one} {other}"
        assert check(one) == check(other)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@examples(1_400)
@given(file=files)
def test_a_file_becomes_articles_and_named_errors(folder: Path, file: tuple[str, bytes]) -> None:
    kind, data = file
    path = folder / f"input{kind}"
    path.write_bytes(data)
    found = list(read([str(path)]))
    assert found
    for result in found:
        if isinstance(result, ArticleError):
            assert str(path) in result.where and result.reason
        else:
            assert result.text.strip()
            result.text.encode("utf-8")
            assert "root:" not in result.text  # of a file outside


PIECES = (
    "last", "next", "999", "two", "few", "years", "months", "century", "ago", "end of", "mid-", "June", "31", "2025",
    "FY99", "-26", "the", "year", "Q3", "to", "00",
)  # fmt: skip
DATES = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=6).map(" ".join)


@examples(600)
@given(text=texts | st.text(st.characters() | st.sampled_from("$Rs0123456789.,- mbnUSD€tokmMWsqftha")) | DATES)
def test_a_value_is_found_inside_the_text_or_not_at_all(text: str) -> None:
    money, dates, measures = find_money(text), find_dates(text), find_quantities(text)
    spans = [*money, *dates, *measures]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert ((parse_money(text) is None), (parse_quantity(text) is None)) == (not money, not measures)
    assert all(parse_date(text[start:end], date(2025, 3, 4)) for start, end in dates)
    for start, end in [(0, len(text)), *spans]:
        number, amount = parse_number(text[start:end]), parse_money(text[start:end], Home(("PAK",)))
        assert number is None or number >= 0
        assert amount is None or amount.value is None or amount.value == amount.value
        day = parse_date(text[start:end], date(2025, 3, 4))
        assert day is None or (day.iso is None) == (day.basis is None)
        assert (purpose(text[start:end]) or ("", 1))[1] <= 1
    for clean in (key, surname, without_honorifics, without_legal_form):
        assert isinstance(clean(text), str)
