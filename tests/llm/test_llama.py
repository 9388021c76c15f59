"""`corridor extract --reader llm` against a server: by itself a stand-in, in the slow lane llama.cpp's.

What a small model answers is mostly wrong or broken. Checked is what holds for any answer: the record, the counts, and
that nothing is asked twice.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from llm.llama import NAME, Server, child, llama, stand_in
from test_cli import Answer, run

from pipeline.gold.check import problems
from pipeline.llm.endpoint import NAME as CACHE
from pipeline.llm.endpoint import Cache, Endpoint, Reply
from pipeline.llm.ground import COPIED
from pipeline.llm.prompt import Prompt, instructions
from pipeline.llm.read import UNGROUNDED
from pipeline.llm.windows import prompts_of
from pipeline.record import Record, json_schema

# Invented news.
ARTICLES = (
    {
        "id": "bridge",
        "title": "Norland to rebuild Zambian bridge",
        "date": "2025-03-04",
        "text": "LUSAKA: The Norland Development Bank will lend Zambia $40 million to rebuild the Mulobezi bridge. "
        "Works Minister Ruth Phiri said the bridge would be open to traffic by 2028.",
    },
    {
        "id": "clinics",
        "title": "Clinics in Fiji wait for equipment",
        "date": "2025-05-20",
        "text": "SUVA: Japan signed a grant agreement with Fiji on Monday for the equipment of twelve clinics.",
    },
)
LOAN = {
    "sentence": 0, "trigger": "will lend", "kind": "finance", "status": "pledged", "by": ["a1"], "amounts": ["x9"]
}  # fmt: skip
NOWHERE = {"sentence": 0, "trigger": "will abolish", "kind": "policy", "status": "pledged", "by": ["a1"]}
KNOWN = json.dumps({"commitments": [LOAN, NOWHERE]})  # an id that is none, and words that stand nowhere
ANSWER = 600  # tokens at most of an article with its candidates and the answer to it
COUNTS = ("calls", "tokens_in", "tokens_out")
TIMEOUT = 600  # seconds for a request: the longest took 25 on two cores in use


@pytest.fixture(params=["stand-in", pytest.param("llama.cpp", marks=pytest.mark.slow)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    prompt = len(instructions()) // 4
    with stand_in(KNOWN) if request.param == "stand-in" else llama(tmp_path, prompt + ANSWER) as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the articles to work in."""
    monkeypatch.chdir(tmp_path)
    lines = "".join(json.dumps(article) + "\n" for article in ARTICLES)
    (tmp_path / "news.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def extract(server: Server, more: str = "") -> Answer:
    options = f"--reader llm --llm-url {server.url} --llm-model {NAME} --llm-concurrency 1 --llm-timeout {TIMEOUT}"
    answer = run(f"corridor extract news.jsonl -o run/ --workers 1 {options} {more}")
    assert answer.code == 0, answer.err
    return answer


def records(here: Path) -> list[Record]:
    """The records of the run, each held against the schema; nothing in them is ungrounded."""
    found = []
    for path in sorted((here / "run").glob("records-*")):
        for line in path.read_text(encoding="utf-8").splitlines():
            Draft202012Validator(json_schema()).validate(json.loads(line))
            found.append(Record.model_validate_json(line))
    assert [problems(record) for record in found] == [[] for _ in ARTICLES]
    assert run("corridor verify run/").code == 0
    return found


def ledger(here: Path) -> dict[str, Any]:
    """What run.json says of the second reader."""
    return json.loads((here / "run" / "run.json").read_text(encoding="utf-8"))["reader"]


def plain(here: Path) -> list[Record]:
    """The records of the run as they were before the second reading."""
    with Cache(here / "run" / CACHE) as cache:
        found = {one.article.id: one for one in map(Record.model_validate_json, cache.offline_lines())}
    return [found[record.article.id] for record in records(here)]


def answers(here: Path, server: Server) -> list[tuple[Prompt, Reply]]:
    """The prompts of the articles with their answers."""
    found = []
    with Cache(here / "run" / CACHE) as cache:
        for record in plain(here):
            (prompt,) = prompts_of(record)
            answer = cache.get(Endpoint(server.url, NAME), prompt)
            assert answer is not None
            found.append((prompt, answer))
    return found


def test_a_run_is_read_a_second_time_by_a_server(server: Server, here: Path) -> None:
    extract(server)
    first, done = records(here), ledger(here)
    assert [record.article.id for record in first] == [article["id"] for article in ARTICLES]
    assert [done[name] for name in ("stopped", "retries", "estimated", "cached", "left")] == [None, 0, 0, 0, 0]
    assert done["articles"] + done["unread"] == len(ARTICLES) == done["articles"] + sum(done["set_aside"].values())
    assert done["calls"] == len(ARTICLES) + done["asked_again"]

    kept = answers(here, server)
    for prompt, answer in kept:
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.text}]
        assert answer.tokens_in == answer.calls * server.count(messages)
        assert answer.tokens_out > 0
    for name in COUNTS:
        assert done[name] == sum(getattr(answer, name) for _, answer in kept)

    extract(server, "--resume")
    again = ledger(here)
    assert ([again[name] for name in COUNTS], again["cached"]) == ([0, 0, 0], len(ARTICLES))
    for name in ("articles", "set_aside", "dropped"):
        assert again[name] == done[name]
    assert records(here) == first


def test_what_a_server_answers_is_grounded(here: Path) -> None:
    with stand_in(KNOWN) as server:
        extract(server)
    first, second = records(here)
    (act,) = first.commitments
    assert (act.method.split("+")[0], act.trigger.text, act.amounts) == (f"llm:{NAME}", "will lend", [])
    assert second == plain(here)[1]
    found = ledger(here)
    assert found["dropped"] == {"an unknown id": 1, "words that do not stand in the sentence": 1, COPIED: 1}
    assert (found["articles"], found["unread"], found["set_aside"]) == (1, 1, {UNGROUNDED: 1})


def test_an_answer_that_repeats_the_example_changes_nothing(here: Path) -> None:
    """This is what the small model does mostly."""
    example = instructions().partition("# Answer")[2]
    with stand_in(example[example.index("{") : example.rindex("No commitment")]) as server:
        extract(server)
    assert records(here) == plain(here)
    found = ledger(here)
    assert (found["calls"], found["articles"], found["set_aside"]) == (2, 0, {UNGROUNDED: 2})


def test_a_server_that_does_not_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="it ended with 3"), child("raise SystemExit(3)", log=tmp_path / "log"):
        pass
    with child("import sys; print(sys.argv[1]); sys.stdin.read()", "there", log=tmp_path / "log") as address:
        assert address == "there"
