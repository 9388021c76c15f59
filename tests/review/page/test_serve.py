"""The command as it really runs: killed and started again, stopped, locked, and reached from elsewhere."""

import os
import platform
import re
import resource
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Queue
from urllib.parse import quote

import httpx2
import pytest
from review.crowd import SILENT, crowd, statuses
from review.page.running import ARTICLE, WAIT, started
from review.page.steps import named, raw, write_records
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.gold.folder import read_gold
from pipeline.review.httpd import IDLE
from pipeline.review.page.app import serve
from pipeline.review.page.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_records(tmp_path / "records.jsonl", named("sure"), *map(named, HOSTILE))
    return tmp_path


HOSTILE = ["line\nend", "\n", "../../x", "..%2f..%2fx", "a%252Fb", "100%"]


def test_killed_between_decisions_nothing_is_lost(folder: Path) -> None:
    server = started(folder, "--no-open", "--reviewer", "Ann")
    server.decide(0, do="accept", id="m1")
    before = server.decide(1, do="remove", id="m8")
    assert server.end(signal.SIGKILL)[0] == -signal.SIGKILL
    again = started(folder)
    assert again.said.startswith("corridor: 6 untouched, 1 begun, 0 finished; review at http://127.0.0.1:")
    assert again.get() == before
    assert len(raw(folder / "mine", "sure", "drafts")["mentions"]) == 7


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.05, 0.13, 0.31])
def test_killed_while_deciding_all_that_was_answered_is_there(folder: Path, moment: float) -> None:
    server = started(folder)
    answered = [server.get()]

    def hurry() -> None:
        while True:
            name, version = f"Bank {answered[-1]['version']}", answered[-1]["version"]
            try:
                answered.append(server.decide(version, do="set", id="a2", fields={"name": name}))
            except httpx2.TransportError:
                return

    person = threading.Thread(target=hurry)
    person.start()
    time.sleep(moment)
    server.end(signal.SIGKILL)
    person.join(WAIT)
    last, found = answered[-1], started(folder).get()
    assert found["version"] in (last["version"], last["version"] + 1)
    if found["version"] == last["version"]:
        assert found == last
    else:
        assert found["record"]["actors"][1]["name"] == f"Bank {last['version']}"
    kept = raw(folder / "mine", "sure", "drafts") if found["version"] else {"actors": found["record"]["actors"]}
    assert kept["actors"][1]["name"] == found["record"]["actors"][1]["name"]


def test_ctrl_c_ends_it_and_says_where_the_gold_lies(folder: Path) -> None:
    server = started(folder)
    server.decide(0, do="remove", id="m8")
    server.client.post(f"{ARTICLE}/finish", json={"version": 1, "finished": True})
    assert server.end(signal.SIGINT) == (130, "corridor: stopped; your review is saved in mine\n")
    assert [one.article.id for one in read_gold(folder / "mine")] == ["sure"]


def test_ids_that_look_like_paths_go_through_a_real_server(folder: Path) -> None:
    server = started(folder)
    for name in HOSTILE:
        path = f"/api/articles/{quote(name, safe='')}"
        answer = server.client.post(f"{path}/finish", json={"version": 0, "finished": True})
        assert answer.json()["record"]["article"]["id"] == name
    assert server.client.get("/../../../../etc/passwd").status_code == 404
    assert server.client.get("/..%2f..%2f..%2fetc%2fpasswd").status_code == 404
    assert sorted(one.article.id for one in read_gold(folder / "mine")) == sorted(HOSTILE)
    assert sorted(path.name for path in folder.iterdir()) == ["mine", "records.jsonl"]


def test_a_body_without_a_length_is_bounded_too(folder: Path) -> None:
    server = started(folder)
    parts = (b"x" * 65536 for _ in range(64))
    headers = {"content-type": "application/json"}
    with suppress(httpx2.TransportError):  # it may hang up before the whole is sent
        assert server.client.post(f"{ARTICLE}/edits", content=parts, headers=headers).status_code == 413
    assert server.get()["version"] == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_token_is_asked_for(folder: Path, host: str) -> None:
    server = started(folder, "--no-open", "--host", host)
    site = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}"
    port = re.findall(rf"review at {re.escape(site)}:(\d+)/\?token=[\w-]{{43}} \(Ctrl-C", server.said)[0]
    here = httpx2.Client(base_url=f"{site}:{port}", timeout=WAIT)
    assert here.get(ARTICLE).status_code == 401
    told = server.address.partition("?token=")[2]
    assert here.get(f"/?token={told}x").status_code == 401
    assert here.get(f"/?token={told}").status_code == 303
    assert here.get(ARTICLE).status_code == 200
    assert here.get(ARTICLE, headers={"host": "evil.example"}).status_code == 421
    assert server.said.startswith("corridor: other machines reach it at") == (host == "0.0.0.0")
    for address in re.findall(r"other machines reach it at (\S+); keep", server.said):
        elsewhere = httpx2.URL(address)
        assert (elsewhere.host, elsewhere.params["token"]) == (platform.node().lower(), told)
        assert here.get(ARTICLE, headers={"host": f"{elsewhere.host}:{elsewhere.port}"}).status_code == 200


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
@pytest.mark.parametrize("said", SILENT)
def test_clients_that_say_no_more_keep_nobody_out(folder: Path, said: str) -> None:
    server = started(folder, "--no-open", "--host", "0.0.0.0")
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (128, 128))
    let_in = "; ".join(f"{name}={value}" for name, value in server.client.cookies.items())
    told = SILENT[said].replace(b"/extract", f"{ARTICLE}/edits".encode())
    told = told.replace(b"127.0.0.1", f"127.0.0.1\r\nCookie: {let_in}".encode())
    server.client.close()  # what comes next is a new connection
    begun = time.monotonic()
    with crowd(httpx2.URL(server.address).port or 0, told, 500) as silent:
        assert statuses(server.address) == [303] * 3
        for one in silent:
            with suppress(ConnectionError):
                assert one.recv(1) == b""
    assert time.monotonic() - begun < IDLE + WAIT


def test_a_request_that_comes_a_byte_at_a_time_is_not_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.review.httpd.IDLE", 0.5)
    ready: Queue[str] = Queue()
    threading.Thread(
        target=serve, args=(store, "127.0.0.1", 0, lambda address, _: ready.put(address)), daemon=True
    ).start()
    address = httpx2.URL(ready.get(timeout=WAIT))
    let_in = f"Host: {address.host}\r\nCookie: corridor-{address.port}={address.params['token']}\r\n".encode()
    kept = b"GET /api/choices HTTP/1.1\r\n" + let_in + b"\r\n"
    body = b"POST /api/articles/sure/edits HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99\r\n"
    for first in (b"GET / HTTP/1.1\r\n", kept + b"GET", body + let_in + b"\r\n{"):
        begun = time.monotonic()
        with socket.create_connection((address.host, address.port), timeout=WAIT) as client:
            client.sendall(first)
            with suppress(ConnectionError):
                while time.monotonic() - begun < WAIT:
                    client.sendall(b" ")
                    time.sleep(0.1)
        assert time.monotonic() - begun < WAIT / 2, first


def test_the_browser_is_opened_once_it_listens(folder: Path) -> None:
    script = folder / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {folder}/opened\n')
    script.chmod(0o755)
    server = started(folder, "--open", browser=f"{script} %s")
    for _ in range(WAIT * 10):
        if (folder / "opened").exists() and (folder / "opened").read_text():
            break
        time.sleep(0.1)
    assert (folder / "opened").read_text() == f"{server.address}\n"


def test_what_stands_in_the_way_is_exit_2(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    port = str(httpx2.URL(started(folder).address).port)
    for options, reason in (
        (["mine"], "mine: in use by another `corridor review`; end that first"),
        (["other", "--port", port], f"127.0.0.1:{port}: in use, or not an address of this machine; choose another"),
        (["other", "--host", "192.0.2.1"], "192.0.2.1:0: in use, or not"),
        (["other", "--host", "no.such.host.invalid"], "no.such.host.invalid:0: in use, or not"),
        (["records.jsonl"], "records.jsonl"),
    ):
        done = CliRunner().invoke(app, ["review", "records.jsonl", "--no-open", "--gold", *options])
        assert (done.exit_code, reason in done.stderr) == (2, True), done.stderr
