"""Rules that choose alerts, what is said of wrong ones, and alerts sent to a server on the loopback interface."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from knowledge.changes.news import contradicting, known, port

from pipeline.errors import SetupError
from pipeline.knowledge.alerts import Rule, alerts, post, read_rules, require_address
from pipeline.knowledge.changes import changes
from pipeline.knowledge.folder import Knowledge

KNOWN = known(port("p", "2025-06-03"), *contradicting())
ROWS = [
    row.model_copy(update={"sectors": ["210"] if row.change == "contradicted" else []})
    for row in changes(Knowledge(), KNOWN)
]


def rules(path: Path, text: str) -> list[Rule]:
    (path / "rules.yaml").write_text(text, encoding="utf-8")
    return read_rules(path / "rules.yaml")


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ("change: added", 3),
        ("change: [contradicted, overdue]", 1),
        ("by: the world bank", 1),
        ("by: CHN", 3),
        ("by: China", 2),
        ("to: [Kenya, Peru]", 4),
        ("to: Peru", 0),
        ("country: KEN", 4),
        ("country: PER", 0),
        ("project: lamu port", 1),
        ("kind: finance", 4),
        ("status: [pledged]", 0),
        ("sector: 210", 1),
        ("currency: EUR", 0),
        ("amount_at_least: 2.05e9", 2),
        ("amount_at_least: 2e9\n  currency: [EUR, USD]", 3),
        ("amount_at_least: 1000000\n  currency: EUR", 0),
        ("by: CHN\n  change: added\n  amount_at_least: 2050000000", 1),
        ("{}", 4),
    ],
)
def test_a_rule_is_met_where_all_its_fields_are(tmp_path: Path, rule: str, met: int) -> None:
    assert len(list(alerts(ROWS, rules(tmp_path, f"- {rule}\n"), KNOWN))) == met


def test_an_alert_names_the_rules_that_it_meets(tmp_path: Path) -> None:
    found = list(alerts(ROWS, rules(tmp_path, "- name: port\n  project: Lamu Port\n- change: added\n"), KNOWN))
    assert sorted(row.alerts for row in found) == [["port", "rule 2"], ["rule 2"], ["rule 2"]]
    assert "alerts" not in ROWS[0].model_dump()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- name: a\n- change: [grown]\n", r"rules.yaml:2: 1.change.0: 'grown' is not one of added, amount"),
        ("- name: a\n  money: 3\n", r"rules.yaml:2: 0.money: is not a known field"),
        ("- name: a\n\n  country: Kenya\n", r"rules.yaml:3: .*'Kenya' is not a country's ISO 3166-1 alpha-3 code"),
        ("- sector: 7\n", r"rules.yaml:1: 0.sector: '7' is not a code of sectors.csv"),
        ("- amount_at_least: much\n", r"rules.yaml:1: 0.amount_at_least: 'much'"),
        ("- amount_at_least: -1\n", r"rules.yaml:1: 0.amount_at_least: '-1'"),
        ("- by:\n", r"rules.yaml:1: 0.by"),
        ("- name: a\n  name: b\n", r"rules.yaml: not valid YAML: .*'name' stands twice"),
        ("- [a\n", r"rules.yaml: not valid YAML: .*line 2"),
        ("name: a\n", r"rules.yaml:1: the table: .*valid list"),
        ("", r"rules.yaml: the table: must not be empty"),
        ("[]\n", r"rules.yaml:1: the table"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line_and_field(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SetupError, match=rf"(?s){reason}"):
        rules(tmp_path, text)


def test_every_field_of_a_rule_is_described() -> None:
    guide: Any = (Path(__file__).resolve().parents[3] / "docs" / "resolve.md").read_text(encoding="utf-8")
    assert [name for name in Rule.model_fields if f"`{name}`" not in guide] == []


ADDED = [row for row in ROWS if row.change == "added"][:1]


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


def test_alerts_arrive_as_json_and_a_server_that_is_gone_is_named(hook: Any) -> None:
    assert post(f"{hook.url}/ok", ADDED) is None
    ((kind, body),) = hook.sent
    assert kind == "application/json; charset=utf-8"
    assert [row["change"] for row in body["alerts"]] == ["added"]
    assert body["alerts"][0]["quotes"][0]["quote"] == ADDED[0].quotes[0].quote
    hook.server_close()
    failure = post(f"{hook.url}/secret", ADDED, seconds=1)
    assert failure and "did not take the alerts" in failure and "secret" not in failure


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/refused", "it answered with status 403"),
        ("/away", "it answered with status 302"),
        ("/broken", "the connection broke"),
        ("/slow", "no answer in 0.2 seconds"),
    ],
)
def test_a_failure_is_named_without_the_path(hook: Any, path: str, reason: str) -> None:
    failure = post(f"{hook.url}{path}", ADDED, seconds=0.2 if path == "/slow" else 5)
    assert failure and failure.startswith("the webhook at 127.0.0.1 did not take the alerts: ")
    assert reason in failure and path not in failure
    assert len(hook.sent) == 1


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hosts", "ftp://example.org/", "example.org/x", "http://", "http://[::1", "https://a:b@example.org/",
     "http://example.org:99999/", "https://example.org/a b", "https://example.org/\r\nX: y"],
)  # fmt: skip
def test_only_web_addresses_are_taken(url: str) -> None:
    require_address("https://example.org/services/T0/B0?x=1")
    with pytest.raises(SetupError, match="--webhook"):
        require_address(url)
