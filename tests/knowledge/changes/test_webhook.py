"""Alerts sent to a server on the loopback interface."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from knowledge.changes.news import known, port

from pipeline.errors import SetupError
from pipeline.knowledge.alerts import post, require_address
from pipeline.knowledge.changes import changes
from pipeline.knowledge.folder import Knowledge

ROWS = changes(Knowledge(), known(port("x", "2025-06-03")))


class Hook(BaseHTTPRequestHandler):
    """Keeps what it is sent; the path says how it answers."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sent.append((self.headers["Content-Type"], json.loads(body)))  # type: ignore[attr-defined]
        if self.path == "/slow":
            time.sleep(1)
        if self.path == "/broken":
            self.wfile.write(b"nonsense\r\n\r\n")
            return
        self.send_response({"/away": 302, "/refused": 403}.get(self.path, 204))
        self.send_header("Location", "/ok")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server; `sent` is what it was sent, `url` its address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.sent, server.url = [], f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_alerts_arrive_as_json(hook: Any) -> None:
    assert post(f"{hook.url}/ok", ROWS) is None
    ((kind, body),) = hook.sent
    assert kind == "application/json; charset=utf-8"
    assert [row["change"] for row in body["alerts"]] == ["added"]
    assert body["alerts"][0]["quotes"][0]["quote"].startswith("The World Bank will lend")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/refused", "it answered with status 403"),
        ("/away", "it answered with status 302"),
        ("/broken", "the connection broke"),
        ("/slow", "no answer in 0.2 seconds"),
    ],
)
def test_a_failure_is_told_without_the_path(hook: Any, path: str, reason: str) -> None:
    failure = post(f"{hook.url}{path}", ROWS, seconds=0.2 if path == "/slow" else 5)
    assert failure and failure.startswith("the webhook at 127.0.0.1 did not take the alerts: ")
    assert reason in failure and path not in failure
    assert len(hook.sent) == 1


def test_a_server_that_is_not_there_is_told(hook: Any) -> None:
    hook.server_close()
    failure = post(f"{hook.url}/secret", ROWS, seconds=1)
    assert failure and "did not take the alerts" in failure and "secret" not in failure


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hosts", "ftp://example.org/", "example.org/x", "http://", "http://[::1", "https://a:b@example.org/",
     "http://example.org:99999/", "https://example.org/a b", "https://example.org/\r\nX: y"],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SetupError, match="--webhook"):
        require_address(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/", "https://example.org/services/T0/B0?x=1"])
def test_web_addresses_are_accepted(url: str) -> None:
    require_address(url)
