"""An endpoint that means harm: where prompts go, and what an answer may take in memory, in time and in the files."""

import json
import sqlite3
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llm.server import NOTHING, Reaction, Server, always, answer, endless, in_turn, packed, raw, status
from llm.test_endpoint import GOOD, failure, reply
from llm.test_read import read, records
from loopback import certified

from pipeline.llm.endpoint import Cache

ROOT = Path(__file__).resolve().parents[2]
MOST = 300  # megabytes of memory


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        yield found


@pytest.fixture
def other() -> Iterator[Server]:
    with Server() as found:
        yield found


def moved(code: int, address: str) -> Reaction:
    return raw("", code=code, Location=address)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_ends_all_asking(server: Server, other: Server, code: int) -> None:
    server.script = always(moved(code, f"{other.url}/chat/completions"))
    found = failure(server)
    assert (other.requests, len(server.requests), found.fatal) == ([], 1, True)
    assert found.reason == (
        f"{server.url} redirects, which is not followed; if this is the endpoint, name it with --llm-url: {other.url}"
    )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/login?token=s3cret#s3cret", "/login"),
        ("//me:s3cret@portal.example/login", "http://portal.example/login"),
        ("http://portal.example/?key=sk-very-secret-0123456789", "http://portal.example/"),
        ("http://portal.example/sk-very-secret-0123456789/x", "http://portal.example/.../x"),
        ("http://portal.example/" + "x" * 10_000, "http://portal.example/xxx"),
        ("http://portal.example/" + "x" * 210 + "sk-very-secret-0123456789", "xxx..."),
        ("http://portal.example/" + "x" * 245 + "sk-very-secret-0123456789" + "x" * 99, "xxx"),
        ("http://portal.example/\x1b[2J", "another address"),
    ],
)
def test_the_address_of_a_redirect_is_told_without_its_secrets(
    server: Server, secret: str, address: str, told: str
) -> None:
    server.script = always(moved(302, address))
    found = failure(server)
    assert found.fatal
    assert told in found.reason
    assert not [part for part in ("s3cret", secret[:8], "\x1b") if part in found.reason]
    assert len(found.reason) < 500


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://h:x/", "file:///etc/passwd", "http://portal.example:99999/"]
)
def test_a_redirect_to_no_address_leads_nowhere(server: Server, address: str) -> None:
    server.script = always(moved(307, address))
    found = failure(server, retries=0)
    assert found.fatal or "cannot be reached" in found.reason


def test_a_redirect_from_https_to_http_is_not_followed(
    other: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certified(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Server(tls=context) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        assert reply(server, url=url)
        server.script = always(moved(307, f"{other.url}/chat/completions"))
        found = failure(server, url=url)
    assert (other.requests, found.fatal) == ([], True)
    assert found.reason.startswith(f"{url} redirects, ") and found.reason.endswith(f": {other.url}")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_gets_no_text_in_the_clear(
    server: Server, other: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUEST_METHOD", raising=False)
    monkeypatch.setenv(name, other.url.removesuffix("/v1"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert reply(server)
    assert other.requests == []


SPACES = b" " * 100_000
ATTACKS: dict[str, Reaction] = {
    "a stream": endless(SPACES),
    "a fault with a stream": endless(SPACES, code=503),
    "a bomb in a bomb": packed(300, times=2),
    "headers": endless(b"HTTP/1.1 200 OK\r\nX-A: " + SPACES, head=False),
    "many headers": endless(b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 10_000, head=False),
    "no status": endless(b"a" * 100_000, head=False),
    "informal answers": endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, head=False),
    "choices": raw('{"choices": [' + "{}, " * 290_000 + "{}]}"),
    "a long answer": answer("x" * 10_000_000),
}
CHILD = """
import json, re, resource, sys
from contextlib import closing
from pathlib import Path
from pipeline.llm.client import Session
from pipeline.llm.endpoint import Endpoint
from pipeline.llm.prompt import Prompt
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
with closing(Session(Endpoint(sys.argv[1], "m", timeout=2, retries=0))) as session:
    prompts = [Prompt(0, 1, "SENTENCES", {}) for _ in range(4)]
    found = [future.result() for future in [session.send(prompt) for prompt in prompts]]
most = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(json.dumps([most, [getattr(one, "reason", "") for one in found]]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_memory_stays_small_whatever_a_server_sends(server: Server, attack: Reaction) -> None:
    server.script, start = always(attack), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, server.url], capture_output=True, text=True, cwd=ROOT, timeout=100, check=True
    )
    megabytes, reasons = json.loads(done.stdout)
    assert all(reasons)
    assert megabytes < MOST
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("drip", [endless(b" ", 0.05), endless(b" ", 0.05, code=503), endless(b"H", 0.05, head=False)])
def test_one_try_ends_with_its_time_however_the_answer_drips(server: Server, drip: Reaction) -> None:
    server.script, start = always(drip), time.monotonic()
    found = failure(server, timeout=0.5, retries=1)
    assert (found.reason, found.gone, found.retries) == ("no answer in 0.5 seconds", True, 1)
    assert 1 <= time.monotonic() - start < 3


def test_a_drip_is_tried_again(server: Server) -> None:
    server.script = in_turn(endless(b" ", 0.05), GOOD)
    assert reply(server, timeout=0.5).retries == 1


@pytest.mark.parametrize(
    "wait", ["1000000000", "1" + "0" * 400, "-5", "nan", "inf", "0x10", "Fri, 31 Dec 99999 23:59:59 GMT", "50"]
)
@pytest.mark.parametrize("header", ["Retry_After", "retry_after_ms"])
def test_no_wait_that_a_server_asks_for_takes_longer_than_all_waits(
    server: Server, wait: str, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.llm.client.WAITS", 0.2)
    server.script, start = always(status(429, **{header: wait})), time.monotonic()
    assert failure(server, timeout=0.3, retries=1).gone
    assert time.monotonic() - start < 3


NUMBERS = st.one_of(
    st.sampled_from([10**30, -(10**30), 2**63, 2**63 - 1, 10**9, True, 0, -1, 1e300, float("nan"), float("inf")]),
    st.integers(),
    st.none() | st.text(max_size=5) | st.lists(st.integers(), max_size=2),
)
CONTENTS = (
    st.sampled_from([json.dumps(NOTHING), '{"commitments": [{"sentence": 1e999}]}', "", "\0", "\ud83d"]) | NUMBERS
)
CHOICES = st.fixed_dictionaries(
    {"message": st.fixed_dictionaries({"content": CONTENTS}) | NUMBERS}, optional={"finish_reason": NUMBERS}
)
BODIES = st.fixed_dictionaries(
    {
        "usage": st.fixed_dictionaries({"prompt_tokens": NUMBERS, "completion_tokens": NUMBERS}) | NUMBERS,
        "choices": st.lists(CHOICES, min_size=1, max_size=2) | st.lists(NUMBERS, max_size=2) | NUMBERS,
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES)
def test_whatever_numbers_come_the_counts_can_be_kept_and_read_again(
    server: Server, tmp_path: Path, body: dict[str, Any]
) -> None:
    server.script = always(raw(json.dumps(body)))
    (tmp_path / "cache").unlink(missing_ok=True)
    counts = []
    for _ in range(2):
        with Cache(tmp_path / "cache") as cache:
            _, own = read(server, records(1), cache=cache, retries=0)
        assert 0 <= own.ledger.tokens_in <= 10**10
        assert 0 <= own.ledger.tokens_out <= 10**10
        assert type(own.ledger.tokens_in) is int
        assert json.dumps(own.ledger.as_json(), allow_nan=False)
        counts.append((own.ledger.articles, own.ledger.set_aside))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tokens_in", 2**62),
        ("tokens_in", -1),
        ("tokens_out", 1e30),
        ("tokens_out", "many"),
        ("calls", -7),
        ("calls", b"1"),
        ("calls", 10**12),
        ("content", b"\xff"),
        ("content", 5),
        ("broken", b"no"),
    ],
)
def test_a_stored_answer_with_what_cannot_be_is_asked_for_again(
    server: Server, tmp_path: Path, column: str, value: Any
) -> None:
    with Cache(tmp_path / "cache") as cache:
        first, _ = read(server, records(1), cache=cache)
    with closing(sqlite3.connect(tmp_path / "cache")) as rows, rows:
        rows.execute(f"UPDATE answers SET {column} = ?", (value,))
    for calls in (1, 0):
        with Cache(tmp_path / "cache") as cache:
            again, own = read(server, records(1), cache=cache)
        assert (again, own.ledger.calls, own.ledger.cached) == (first, calls, 1 - calls)
