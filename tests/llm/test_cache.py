"""The cache of answers: another question has another key, and what was answered survives."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from llm.articles import record, whole

from pipeline.errors import SetupError
from pipeline.llm import prompt as prompts
from pipeline.llm.cache import NAME, Cache, Cached, key
from pipeline.llm.endpoint import Endpoint
from pipeline.llm.prompt import INSTRUCTIONS, instructions

ENDPOINT = Endpoint("http://localhost:8080/v1", "small")
PROMPT = whole(record())
ANSWER = Cached('{"commitments": []}', None, 1, 2_000, 40)


@pytest.fixture
def longer_instructions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path = tmp_path / "instructions.md"
    path.write_text(INSTRUCTIONS.read_text(encoding="utf-8") + "Be brief.\n", encoding="utf-8")
    monkeypatch.setattr(prompts, "INSTRUCTIONS", path)
    instructions.cache_clear()
    yield
    monkeypatch.undo()
    instructions.cache_clear()


def test_an_answer_is_there_after_it_was_kept(tmp_path: Path) -> None:
    with Cache(tmp_path / NAME) as cache:
        assert cache.get(ENDPOINT, PROMPT) is None
        cache.put(ENDPOINT, PROMPT, ANSWER)
        assert cache.get(ENDPOINT, PROMPT) == ANSWER


def test_answers_survive_reopening(tmp_path: Path) -> None:
    broken = Cached("", "an answer with no JSON object", 2, 4_000, 10)
    with Cache(tmp_path / NAME) as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
        cache.put(ENDPOINT, whole(record({"title": "Other"})), broken)
        cache.keep_offline("digest", "{}")
    with Cache(tmp_path / NAME) as cache:
        assert cache.get(ENDPOINT, PROMPT) == ANSWER
        assert cache.get(ENDPOINT, whole(record({"title": "Other"}))) == broken
        assert cache.offline("digest") == "{}"


def test_an_answer_is_on_the_disk_before_the_cache_is_closed(tmp_path: Path) -> None:
    with Cache(tmp_path / NAME) as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
        with Cache(tmp_path / NAME) as second:
            assert second.get(ENDPOINT, PROMPT) == ANSWER


def test_a_later_answer_stands_in_place_of_the_first() -> None:
    with Cache() as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
        later = Cached('{"commitments": [], "new": []}', None, 2, 1, 1)
        cache.put(ENDPOINT, PROMPT, later)
        assert cache.get(ENDPOINT, PROMPT) == later


@pytest.mark.parametrize(
    "other",
    [{"model": "large"}, {"url": "http://localhost:8081/v1"}, {"url": "https://localhost:8080/v1"}, {"max_tokens": 99}],
)
def test_another_model_address_or_length_is_another_key(other: dict[str, Any]) -> None:
    endpoint = Endpoint(**{"url": ENDPOINT.url, "model": ENDPOINT.model} | other)
    assert key(endpoint, PROMPT) != key(ENDPOINT, PROMPT)
    with Cache() as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
        assert cache.get(endpoint, PROMPT) is None


@pytest.mark.parametrize("same", [{"timeout": 5.0}, {"concurrency": 9}, {"retries": 0}, {"url": ENDPOINT.url + "/"}])
def test_how_it_is_asked_does_not_change_the_key(same: dict[str, Any]) -> None:
    endpoint = Endpoint(**{"url": ENDPOINT.url, "model": ENDPOINT.model} | same)
    assert key(endpoint, PROMPT) == key(ENDPOINT, PROMPT)


def test_another_prompt_is_another_key() -> None:
    assert key(ENDPOINT, whole(record({"date": "2025-03-06"}))) != key(ENDPOINT, PROMPT)
    assert key(ENDPOINT, whole(record())) == key(ENDPOINT, PROMPT)


def test_other_instructions_are_another_key(request: pytest.FixtureRequest) -> None:
    before = key(ENDPOINT, PROMPT)
    request.getfixturevalue("longer_instructions")
    assert key(ENDPOINT, PROMPT) != before


def test_a_cache_without_a_file_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Cache() as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
        assert cache.get(ENDPOINT, PROMPT) == ANSWER
    assert list(tmp_path.iterdir()) == []


def test_a_line_of_a_record_is_kept_by_its_article() -> None:
    with Cache() as cache:
        assert cache.offline("one") is None
        cache.keep_offline("one", "{1}")
        cache.keep_offline("two", "{2}")
        cache.keep_offline("one", "{3}")
        assert (cache.offline("one"), cache.offline("two")) == ("{3}", "{2}")


def test_the_file_holds_neither_instructions_nor_article(tmp_path: Path) -> None:
    with Cache(tmp_path / NAME) as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
    data = (tmp_path / NAME).read_bytes()
    assert b"Volta Bank" not in data and instructions()[:40].encode() not in data
    assert ANSWER.content.encode() in data


@pytest.mark.parametrize("content", [b"id,text\n1,a loan\n" * 50, b"SQLite format 3\0" + b"x" * 200])
def test_a_file_that_is_no_database_is_a_set_up_error_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "articles.csv"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=r"articles\.csv: no cache of answers"):
        Cache(path)
    assert path.read_bytes() == content


def test_a_folder_and_a_missing_folder_are_set_up_errors(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / NAME):
        with pytest.raises(SetupError, match="no cache of answers"):
            Cache(path)


def test_a_database_of_something_else_is_a_set_up_error_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as rows:
        rows.execute("CREATE TABLE answers (question TEXT)")
    rows.close()
    with pytest.raises(SetupError, match=r"other\.sqlite: no cache of answers"), Cache(path) as cache:
        cache.get(ENDPOINT, PROMPT)


def test_a_cache_that_was_damaged_is_a_set_up_error_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with Cache(path) as cache:
        for number in range(40):
            cache.put(Endpoint(ENDPOINT.url, f"model {number}"), PROMPT, Cached("x" * 4_000, None, 1, 1, 1))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(12_288)
        file.write(b"\xff" * (size - 12_288))
    with pytest.raises(SetupError, match=r"llm\.sqlite: (no cache of answers|cannot be read)"), Cache(path) as cache:
        for number in range(40):
            cache.get(Endpoint(ENDPOINT.url, f"model {number}"), PROMPT)


def test_a_cache_that_cannot_be_written_or_read_is_a_set_up_error(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with Cache(path) as cache:
        with sqlite3.connect(path) as rows:
            rows.execute("DROP TABLE answers")
        rows.close()
        with pytest.raises(SetupError, match=r"llm\.sqlite: cannot be written"):
            cache.put(ENDPOINT, PROMPT, ANSWER)
        with pytest.raises(SetupError, match=r"llm\.sqlite: cannot be read"):
            cache.get(ENDPOINT, PROMPT)
