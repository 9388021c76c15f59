"""The cache of answers: another question has another key, and what was answered survives."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from llm.articles import record, whole

from pipeline.errors import SetupError
from pipeline.llm import prompt as prompts
from pipeline.llm.endpoint import NAME, Cache, Endpoint, Reply
from pipeline.llm.prompt import INSTRUCTIONS, instructions

ENDPOINT = Endpoint("http://localhost:8080/v1", "small")
PROMPT = whole(record())
ANSWER = Reply('{"commitments": []}', 2_000, 40)


def test_answers_and_records_survive_reopening_and_the_last_one_counts(tmp_path: Path) -> None:
    other = whole(record({"title": "Other"}))
    broken = Reply("", 4_000, 10, calls=2, broken="an answer with no JSON object")
    with Cache(tmp_path / NAME) as cache:
        assert (cache.get(ENDPOINT, PROMPT), cache.offline("one")) == (None, None)
        cache.put(ENDPOINT, PROMPT, Reply('{"commitments": [], "new": []}', 1, 1))
        cache.put(ENDPOINT, PROMPT, ANSWER)
        cache.put(ENDPOINT, other, Reply("no JSON at all", 4_000, 10, calls=2, broken=broken.broken))
        for name, line in (("one", "{1}"), ("two", "{2}"), ("one", "{3}")):
            cache.keep_offline(name, line)
        with Cache(tmp_path / NAME) as second:  # it is on the disk before the first one is closed
            assert second.get(ENDPOINT, PROMPT) == ANSWER
    with Cache(tmp_path / NAME) as cache:
        assert (cache.get(ENDPOINT, PROMPT), cache.get(ENDPOINT, other)) == (ANSWER, broken)
        assert (cache.offline("one"), cache.offline("two"), [*cache.offline_lines()]) == ("{3}", "{2}", ["{3}", "{2}"])
    data = (tmp_path / NAME).read_bytes()
    assert b"Volta Bank" not in data and instructions()[:40].encode() not in data
    assert ANSWER.content.encode() in data


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"model": "large"}, False),
        ({"url": "http://localhost:8081/v1"}, False),
        ({"url": "https://localhost:8080/v1"}, False),
        ({"max_tokens": 99}, False),
        ({"timeout": 5.0, "concurrency": 9, "retries": 0}, True),
        ({"url": ENDPOINT.url + "/"}, True),
    ],
)
def test_what_decides_an_answer_is_part_of_its_key(other: dict[str, Any], same: bool) -> None:
    with Cache() as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
        endpoint = Endpoint(**{"url": ENDPOINT.url, "model": ENDPOINT.model} | other)
        assert cache.get(endpoint, PROMPT) == (ANSWER if same else None)
        assert cache.get(endpoint, whole(record({"date": "2025-03-06"}))) is None


def test_other_instructions_are_another_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = prompts.version()
    path = tmp_path / "instructions.md"
    path.write_text(INSTRUCTIONS.read_text(encoding="utf-8") + "Be brief.\n", encoding="utf-8")
    with Cache() as cache:
        cache.put(ENDPOINT, PROMPT, ANSWER)
        monkeypatch.setattr(prompts, "INSTRUCTIONS", path)
        instructions.cache_clear()
        try:
            assert (cache.get(ENDPOINT, PROMPT), prompts.version() == before) == (None, False)
        finally:
            monkeypatch.undo()
            instructions.cache_clear()
        assert (cache.get(ENDPOINT, PROMPT), prompts.version()) == (ANSWER, before)


@pytest.mark.parametrize(
    "content", [b"id,text\n1,a loan\n" * 50, b"SQLite format 3\0" + b"x" * 200, "a folder", "no folder", "other tables"]
)
def test_what_is_no_cache_is_a_set_up_error_with_its_name(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "mine.sqlite"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "a folder":
        path.mkdir()
    elif content == "no folder":
        path = tmp_path / "none" / "mine.sqlite"
    else:
        rows = sqlite3.connect(path)
        rows.execute("CREATE TABLE answers (question TEXT)")
        rows.close()
    with pytest.raises(SetupError, match=r"mine\.sqlite: no cache of answers"):
        Cache(path)
    assert not isinstance(content, bytes) or path.read_bytes() == content


def test_a_cache_that_was_damaged_is_a_set_up_error_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with Cache(path) as cache:
        for number in range(40):
            cache.put(Endpoint(ENDPOINT.url, f"model {number}"), PROMPT, Reply("x" * 4_000, 1, 1))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(12_288)
        file.write(b"\xff" * (size - 12_288))
    with pytest.raises(SetupError, match=r"llm\.sqlite: (no cache of answers|cannot be read)"), Cache(path) as cache:
        for number in range(40):
            cache.get(Endpoint(ENDPOINT.url, f"model {number}"), PROMPT)
