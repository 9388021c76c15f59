"""The command as it really runs: an article in, Ctrl-C, and what stands in the way of a start."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Queue

import httpx2
import pytest
from review.crowd import POST, SILENT, crowd, statuses
from serve.working import knowledge_folder, records_file

from pipeline.serve.extraction import Extraction
from pipeline.serve.run import Server
from pipeline.settings import install

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")
ROOT = Path(__file__).resolve().parents[2]
WAIT = 60  # seconds that a start may take on a busy machine
TOKEN = "a-token-of-some-length"
LOAN = "Japan will lend Kenya $300 million for a port by 2031, its embassy said."


class Running:
    """`corridor serve` in a process of its own, once it listens."""

    def __init__(self, folder: Path, *words: str, **env: str) -> None:
        command = [sys.executable, "-m", "pipeline", "serve", "--profile", "fast", "--port", "0", *words]
        told = {**os.environ, "PYTHONPATH": str(ROOT), **env}
        self.process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, env=told)
        self.said = ""
        assert self.process.stderr is not None
        while "Ctrl-C ends it" not in self.said:
            line = self.process.stderr.readline()
            assert line, f"ended with {self.process.wait()}: {self.said}"
            self.said += line
        (self.address,) = re.findall(r"extraction at (\S+) \(Ctrl-C", self.said)

    def end(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGINT)
        _, rest = self.process.communicate(timeout=WAIT)
        return self.process.returncode, rest


@pytest.fixture
def started() -> Iterator[list[Running]]:
    running: list[Running] = []
    yield running
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


@pytest.mark.slow
def test_it_serves_others_with_a_token_and_ends_at_once(tmp_path: Path, started: list[Running]) -> None:
    records_file(tmp_path)
    knowledge_folder(tmp_path)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    words = ["records.jsonl", "--knowledge", "knowledge", "--old", "old", "--host", "0.0.0.0"]
    server = Running(tmp_path, *words, CORRIDOR_TOKEN=TOKEN)
    started.append(server)
    assert "corridor: other machines reach it at http://" in server.said
    assert "records.jsonl:4: not a record of `corridor extract`" in server.said
    assert "3 records, 3 articles" in server.said
    assert httpx2.get(f"{server.address}/health", timeout=WAIT).status_code == 401
    headers = {"authorization": f"Bearer {TOKEN}"}
    client = httpx2.Client(base_url=server.address, timeout=WAIT, headers=headers)
    record = client.post("/extract", json={"text": LOAN, "date": "2025-06-01"}).json()
    assert [one["kind"] for one in record["commitments"]] == ["finance"]
    file = client.post("/files?name=a.txt", content=f"Loan signed\n\n{LOAN}")
    assert file.json()["results"][0]["record"]["article"]["title"] == "Loan signed"
    assert [one["change"] for one in client.get("/changes").json()["items"]] == ["completed"]
    workers = children(server.process.pid)
    assert workers
    sent = f"json={{'text': {LOAN!r} * 2_500}}, headers={headers}"
    command = f"import httpx2; httpx2.post('{server.address}/extract', {sent}, timeout=60)"
    with subprocess.Popen([sys.executable, "-c", command], stderr=subprocess.DEVNULL) as sender:
        while client.get("/health").json()["worker"] != "busy":
            assert sender.poll() is None
            time.sleep(0.02)
        begun = time.monotonic()
        assert server.end() == (130, "corridor: stopped\n")  # it does not wait for the article
        assert time.monotonic() - begun < 10
    assert [pid for pid in workers if Path(f"/proc/{pid}").exists()] == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.fixture
def address(extraction: Callable[..., Extraction]) -> str:
    """Of a server in a thread, with a quick worker."""
    ready: Queue[str] = Queue()
    told = extraction(), "fast", None, None, lambda here, _: ready.put(here)
    threading.Thread(target=Server().run, args=told, daemon=True).start()
    return ready.get(timeout=WAIT)


@pytest.mark.skipif(sys.platform != "linux", reason="has other addresses of this machine")
@pytest.mark.parametrize(("said", "addresses"), [("a byte of a body", 1), ("a byte of a part", 100)])
def test_clients_that_say_no_more_keep_nobody_out(address: str, said: str, addresses: int) -> None:
    with crowd(httpx2.URL(address).port or 0, SILENT[said], 80, addresses):
        assert statuses(f"{address}/health") == [200] * 3


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="has other addresses of this machine")
@pytest.mark.parametrize("addresses", [1, 100])
@pytest.mark.parametrize("said", SILENT)
def test_many_of_them_neither(tmp_path: Path, started: list[Running], said: str, addresses: int) -> None:
    server = Running(tmp_path)
    started.append(server)
    assert httpx2.post(f"{server.address}/extract", json={"text": LOAN}, timeout=WAIT).status_code == 200
    with crowd(httpx2.URL(server.address).port or 0, SILENT[said], 500, addresses):
        assert statuses(f"{server.address}/health") == [200] * 3
        assert httpx2.post(f"{server.address}/extract", json={"text": LOAN}, timeout=WAIT).status_code == 200


@pytest.mark.slow
def test_what_the_server_works_on_is_not_dropped_for_them(address: str) -> None:
    """Nor is a body that comes slowly."""
    port = httpx2.URL(address).port or 0
    body = b'{"text": "slow"}'
    head = POST.replace(b"999", str(len(body)).encode()) + b"\r\n"
    with (
        socket.create_connection(("127.0.0.1", port), WAIT) as working,
        socket.create_connection(("127.0.0.1", port), WAIT) as sending,
    ):
        working.sendall(head + body)
        sending.sendall(POST.replace(b"999", b"90000") + b"\r\n")
        while httpx2.get(f"{address}/health").json()["worker"] != "busy":
            time.sleep(0.02)
        with crowd(port, SILENT["a byte of a body"], 40):
            sending.sendall(b" " * 45_000)
            httpx2.get(f"{address}/health")
            with crowd(port, SILENT["a byte of a body"], 40):
                sending.sendall(b" " * 45_000)
                assert sending.recv(12) == b"HTTP/1.1 422"
                working.settimeout(0.2)
                with suppress(TimeoutError):
                    assert working.recv(1) != b""


@pytest.mark.parametrize(("package", "words"), [("fastapi", []), ("mcp", ["--mcp"])])
def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path, package: str, words: list[str]) -> None:
    code = f"import sys; sys.modules['{package}'] = None\nfrom pipeline.cli import main\nmain()"
    command = [sys.executable, "-c", code, "serve", *words]
    told = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=WAIT, env=told, check=False)
    said = f"corridor: `corridor serve` needs {package}: {install('serve')}\n"
    assert (done.returncode, done.stderr) == (2, said)
