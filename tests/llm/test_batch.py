"""`corridor extract --llm-batch`: the same records as the direct way, whatever a server does to its batches."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from llm.conftest import SECRET, own_environment, secret  # noqa: F401 (fixtures)
from loopback import Handler, Loopback
from test_cli import Answer, run

from pipeline.run.workers.worker import Outcome, Worker, outcomes_of
from pipeline.settings import Settings

Row = dict[str, Any]
COUNT = 6
LENDERS = ("Savane", "Lagune", "Volta", "Sahel", "Niger", "Baobab")
GONE = {"id": "x", "custom_id": "", "response": None, "error": {"code": "batch_expired", "message": "too late"}}


def content_of(body: Row) -> str:
    """What the model says to a call."""
    name = re.search(r"Banque (?:du|de la) \w+", body["messages"][-1]["content"])
    assert name
    bank = {"id": "a1", "type": "actor", "quote": name[0], "sentence": 0, "kind": "bank"}
    act = {"sentence": 0, "trigger": "prêtera", "kind": "finance", "status": "pledged", "by": ["a1"]}
    return json.dumps({"new": [bank], "commitments": [act]})


def completion(content: str) -> Row:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return {"id": "c", "choices": [choice], "usage": {"prompt_tokens": 3_000, "completion_tokens": 500}}


def answered(row: Row, content: str | None = None) -> Row:
    """The row of a result."""
    body = completion(content_of(row["body"]) if content is None else content)
    return {"id": "x", "custom_id": row["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}


def good(rows: list[Row], number: int) -> tuple[str, list[Row], list[Row]]:
    """The state of a batch, the rows of its results, and those of its errors; `number`: how many came before it."""
    return "completed", [answered(row) for row in rows], []


class _Handler(Handler):
    def do_GET(self) -> None:
        own, path = self.server.own, self.path.partition("?")[0]
        own.paths.append(path)
        if path == "/v1/batches":
            self.say({"object": "list", "data": [*own.batches.values()], "has_more": False})
        elif path.startswith("/v1/batches/"):
            self.say(own.look(path.rpartition("/")[2]))
        else:
            self.send(200, own.files[path.split("/")[3]], "application/octet-stream")

    def do_POST(self) -> None:
        own, data = self.server.own, self.rfile.read(int(self.headers["Content-Length"]))
        own.paths.append(self.path)
        if own.fault and own.fault(self.path):
            self.say({"error": {"message": f"no, {SECRET}"}}, own.code)
        elif self.path.endswith("/chat/completions"):
            self.say(completion(content_of(json.loads(data))))
        elif self.path.endswith("/files"):
            lines = [line for line in data.splitlines() if line.startswith(b'{"custom_id"')]
            self.say({"id": own.keep(b"\n".join(lines)), "object": "file", "purpose": "batch"})
        else:
            self.say(own.begin(json.loads(data)))

    def say(self, value: Any, code: int = 200) -> None:
        self.send(code, json.dumps(value).encode(), "application/json")


class Server(Loopback):
    """A server of batches. `script`: what becomes of each; `looks`: how often a batch is looked at before it ends."""

    def __init__(self) -> None:
        self.script: Callable[[list[Row], int], tuple[str, list[Row], list[Row]]] = good
        self.looks, self.code = 1, 400
        self.fault: Callable[[str], bool] | None = None
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Row] = {}
        self.paths: list[str] = []
        self._seen: dict[str, int] = {}
        super().__init__(_Handler)
        self.url = f"{self.origin}/v1"

    def keep(self, data: bytes) -> str:
        self.files[name := f"file-{len(self.files)}"] = data
        return name

    def begin(self, asked: Row) -> Row:
        name = f"batch-{len(self.batches)}"
        made = {"id": name, "object": "batch", "status": "in_progress", "output_file_id": None, "error_file_id": None}
        self.batches[name] = {**asked, **made, "created_at": 0}
        return self.batches[name]

    def look(self, name: str) -> Row:
        batch = self.batches[name]
        self._seen[name] = self._seen.get(name, 0) + 1
        if self._seen[name] > self.looks and batch["status"] == "in_progress":
            rows = self.rows(batch)
            batch["status"], results, errors = self.script(rows, len(self.batches) - 1)
            for field, found in (("output_file_id", results), ("error_file_id", errors)):
                text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in found)
                batch[field] = self.keep(text.encode()) if found else None
        return batch

    def rows(self, batch: Row) -> list[Row]:
        return [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]

    @property
    def direct(self) -> int:
        """How many calls came beside batches."""
        return self.paths.count("/v1/chat/completions")


def engine(batches: Iterable[Any]) -> Iterator[list[Outcome]]:
    """Cuts sentences in this process."""
    worker = Worker(Settings(extractor="llm"))
    for batch in batches:
        yield [*outcomes_of(batch, worker)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.llm.batch.WAITS", (0.01, 0.02))
    monkeypatch.setattr("pipeline.run.local_engine", lambda *_: nullcontext(engine))
    rows = [
        {"id": f"n{n}", "date": "2025-03-04", "text": f"La Banque de la {name} prêtera {n + 2} millions d’euros."}
        for n, name in enumerate(LENDERS)
    ]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with Server() as scripted:
        yield scripted


def read(server: Server, options: str = "--llm-batch wait", code: int = 0, out: str = "run/") -> Answer:
    model = f"--llm-url {server.url} --llm-model m --extractor llm"
    said = run(f"corridor extract news.jsonl -o {out} {model} {options}")
    assert said.code == code, said.err
    return said


def data(out: str = "run") -> bytes:
    return b"".join(path.read_bytes() for path in sorted(Path(out).glob("records-*")))


def same_as_direct(server: Server) -> None:
    """Whether the records are those of the direct way, byte for byte."""
    read(server, "", out="direct/")
    assert data("direct") == data() and data().count(b'"trigger"') == COUNT


def state() -> Row:
    found: Row = json.loads(Path("run/run.json").read_text())
    return found


def test_a_batch_gives_the_records_of_the_direct_way_at_half_the_price(server: Server) -> None:
    said = read(server, "--llm-batch wait --llm-prices 10,10")
    assert len(server.batches) == 1 and server.direct == 1  # the first call shows what the endpoint takes
    reader = state()["reader"]
    assert (reader["calls"], reader["tokens_in"], reader["batch_in"]) == (6, 18_000, 15_000)
    assert reader["cost"] == round(10 * (3_500 + 17_500 / 2) / 1e6, 4) and "cost 0.12" in said.err
    assert not [*Path("run/llm_batch").iterdir()]  # no text stays behind
    assert run("corridor verify run").code == 0
    same_as_direct(server)


def test_a_file_has_the_batch_form(server: Server) -> None:
    read(server)
    rows = server.rows(server.batches["batch-0"])
    assert {(row["method"], row["url"]) for row in rows} == {("POST", "/v1/chat/completions")}
    assert len({row["custom_id"] for row in rows}) == len(rows) == COUNT - 1
    assert {row["body"]["model"] for row in rows} == {"m"} and all(len(row["body"]["messages"]) == 2 for row in rows)
    batch = server.batches["batch-0"]
    assert (batch["endpoint"], batch["completion_window"]) == ("/v1/chat/completions", "24h")


def backwards(rows: list[Row], number: int) -> Any:
    return "completed", [answered(row) for row in reversed(rows)], []


def half_expired(rows: list[Row], number: int) -> Any:
    if number:
        return good(rows, number)
    return "expired", [answered(row) for row in rows[:2]], [GONE | {"custom_id": row["custom_id"]} for row in rows[2:]]


def all_expired(rows: list[Row], number: int) -> Any:
    return good(rows, number) if number else ("expired", [], [])


def some_fail(rows: list[Row], number: int) -> Any:
    if number:
        return good(rows, number)
    busy = {"status_code": 500, "body": {"error": {"message": "busy"}}}
    wrong = {"custom_id": rows[0]["custom_id"], "response": busy}
    return "completed", ["{no json", "[]", {"custom_id": 3}, wrong, *(answered(row) for row in rows[1:])], []


def some_prose(rows: list[Row], number: int) -> Any:
    return "completed", [answered(row, None if number or n else "Voici.") for n, row in enumerate(rows)], []


def another_form(rows: list[Row], number: int) -> Any:
    odd = {"custom_id": rows[0]["custom_id"], "response": {"status_code": 200, "body": {"choices": []}}, "error": None}
    return good(rows, number) if number else ("completed", [odd, *(answered(row) for row in rows[1:])], [])


@pytest.mark.parametrize("script", [backwards, half_expired, all_expired, some_fail, some_prose, another_form])
def test_no_fault_of_a_batch_changes_the_records(server: Server, script: Any) -> None:
    server.script = script
    read(server)
    assert len(server.batches) == 1 + (script is not backwards)
    same_as_direct(server)


def test_a_key_of_another_run_is_no_answer(server: Server) -> None:
    server.script = lambda rows, number: ("completed", [answered(row) | {"custom_id": "0" * 64} for row in rows], [])
    said = read(server, code=1)
    assert "5 requests got no usable answer in 2 batches" in said.err
    assert data().count(b'"trigger"') == 1 and len(server.batches) == 2


def test_an_answer_that_stays_broken_is_asked_for_twice_and_no_more(server: Server) -> None:
    server.script = lambda rows, _: ("completed", [answered(rows[0], "Voici."), *map(answered, rows[1:])], [])
    said = read(server)
    assert len(server.batches) == 2 and data().count(b'"trigger"') == COUNT - 1
    assert "an answer with no JSON object: 1 time" in said.err


def test_a_run_may_return_and_collect_later(server: Server) -> None:
    server.looks = 10**6
    assert "1 batch on the way; collect the answers with --resume" in read(server, "--llm-batch return").err
    assert data().count(b'"trigger"') == 0 and state()["state"] == "reading"
    assert "1 batch on the way" in read(server, "--llm-batch return --resume").err
    assert len(server.batches) == 1
    server.looks = 0
    read(server, "--llm-batch return --resume")
    assert server.direct == 1
    same_as_direct(server)


@pytest.mark.parametrize("at", ["/v1/files", "/v1/batches", "GET", "content"])
def test_a_run_that_is_killed_goes_on_and_submits_nothing_twice(
    server: Server, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"/v1/files": "files.Files.create", "GET": "batches.Batches.retrieve"}
    target = f"openai.resources.{names[at]}" if at in names else "pipeline.llm.batch.Batches._content"
    with monkeypatch.context() as patch:
        if at == "/v1/batches":  # after the server has made it, before its id was kept
            patch.setattr("pipeline.llm.endpoint.Cache.note_batch", interrupted_by_an_id())
        else:
            patch.setattr(target, interrupted)
        said = read(server, code=130)
    assert "continue with" in said.err
    read(server, "--llm-batch wait --resume")
    assert len(server.batches) == 1 and server.direct == 1
    same_as_direct(server)


def interrupted(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def interrupted_by_an_id() -> Any:
    from pipeline.llm.endpoint import Cache

    whole = Cache.note_batch

    def note(self: Cache, name: str, batch: str, collected: bool = False) -> None:
        if batch:
            raise KeyboardInterrupt
        whole(self, name, batch, collected)

    return note


def test_an_error_of_the_server_ends_the_wait_and_hides_the_key(server: Server, secret: str) -> None:  # noqa: F811
    server.fault = lambda path: path.endswith("/batches")
    said = read(server, code=1)
    assert "collect the answers with --resume" in said.err and SECRET not in said.err
    server.fault = None
    read(server, "--llm-batch wait --resume")
    assert SECRET.encode() not in Path("run/llm.sqlite").read_bytes()
    same_as_direct(server)


def test_an_endpoint_that_is_none_gets_one_call(server: Server) -> None:
    server.url += "/none"  # a path that the server answers with an error
    server.fault = lambda path: True
    server.code = 404
    assert "was not asked any more: HTTP 404" in read(server, code=1).err
    assert (server.batches, len(server.paths)) == ({}, 1)


def test_files_are_answered_elsewhere(server: Server) -> None:
    assert "results-*.jsonl beside them, then --resume" in read(server, "--llm-batch files").err
    assert server.paths == []
    (path,) = Path("run/llm_batch").glob("requests-*.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    results = [json.dumps(answered(row)) for row in reversed(rows)]
    (path.parent / "results-1.jsonl").write_text("\n".join(results[:4]) + "\n", encoding="utf-8")
    assert "then --resume" in read(server, "--llm-batch files --resume").err
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    (path.parent / "results-2.jsonl").write_text("\n".join(results[4:]) + "\n", encoding="utf-8")
    read(server, "--llm-batch files --resume")
    assert server.paths == [] and run("corridor verify run").code == 0
    same_as_direct(server)


def test_many_requests_make_several_files_and_a_budget_holds(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.llm.batch.PER_FILE", 2)
    read(server, "--llm-batch wait --llm-budget '4 calls'")
    assert sorted(len(server.rows(batch)) for batch in server.batches.values()) == [1, 2]
    assert state()["reader"]["calls"] == 4 and state()["reader"]["left"] == 2
    read(server, "--llm-batch wait --resume")
    assert sum(len(server.rows(batch)) for batch in server.batches.values()) + server.direct == COUNT
    same_as_direct(server)


def test_a_bound_of_tokens_holds_in_batches_too(server: Server) -> None:
    read(server, "--llm-batch wait --llm-max-tokens 1000 --llm-budget '20k tokens'")
    spent = state()["reader"]
    assert 0 < spent["tokens_in"] + spent["tokens_out"] <= 20_000 and 0 < spent["left"] < COUNT


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("-o r.jsonl --llm-url http://localhost:1/v1 --llm-model m --llm-batch wait", "--llm-batch needs a run folder"),
        ("-o run/ --llm-batch wait", "--llm-batch needs a language model"),
    ],
)
def test_batches_need_a_run_folder_and_a_model(server: Server, options: str, reason: str) -> None:
    said = run(f"corridor extract news.jsonl {options}")
    assert said.code == 2 and reason in said.err


def test_an_older_cache_learns_of_batches(server: Server) -> None:
    read(server, "")
    with sqlite3.connect("run/llm.sqlite") as rows:
        rows.execute("DROP TABLE batches")
    read(server, "--llm-batch wait --resume")
    assert server.batches == {}
