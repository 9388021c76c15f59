"""Who gets through the door: its own page under its own name, and from elsewhere only with the token."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from review.page.desks import EDITS, HERE, LOCAL_ONLY, TOKEN, Json, client_of
from starlette.testclient import TestClient

from pipeline.review.httpd.guard import HEADERS, LOCAL, Hosts
from pipeline.review.page.app import Access, page
from pipeline.review.page.store import Store

ACCEPT: Json = {"version": 0, "do": "accept", "id": "m1"}
HOSTS = [
    ("127.0.0.1:8000", 200), ("127.0.0.1", 200), ("localhost:9000", 200), ("LOCALHOST", 200), ("[::1]:8000", 200),
    ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil.example:8000", 421), ("localhost.", 421),
    ("evil@localhost", 421), ("localhost:80:80", 421), ("[::1", 421), ("::1", 421), ("", 421), ("10.0.0.1", 421),
    ("localhost:8000, evil.example", 421), ("localhost:x", 421),
]  # fmt: skip


@pytest.mark.parametrize(("host", "code"), HOSTS)
def test_only_under_its_own_name(client: TestClient, host: str, code: int) -> None:
    assert client.get("/api/queue", headers={"host": host}).status_code == code
    assert client.get("/", headers={"host": host}).status_code == code


def test_two_hosts_are_none(client: TestClient) -> None:
    assert client.get("/", headers=[("host", "localhost"), ("host", "localhost")]).status_code == 421


SITES = [
    ({}, 200),
    ({"origin": HERE}, 200),
    ({"origin": HERE, "sec-fetch-site": "same-origin"}, 200),
    ({"sec-fetch-site": "none"}, 200),
    ({"origin": "http://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": ""}, 403),
    ({"origin": "http://127.0.0.1:8001"}, 403),
    ({"origin": "https://127.0.0.1:8000"}, 403),
    ({"origin": "http://localhost:8000"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"origin": HERE, "sec-fetch-site": "cross-site"}, 403),
]


@pytest.mark.parametrize(("headers", "code"), SITES)
def test_only_from_its_own_page(client: TestClient, headers: dict[str, str], code: int) -> None:
    assert client.post(EDITS, json=ACCEPT, headers=headers).status_code == code
    assert client.get("/api/articles/sure", headers=headers).status_code == code
    assert client.get("/api/articles/sure").json()["version"] == (1 if code == 200 else 0)
    assert client.get("/", headers=headers).status_code == 200


GUARDED = Access(TOKEN, "corridor-1", Hosts(LOCAL | {"desk.example"}, public=True))


@pytest.mark.parametrize(("door", "base"), [(LOCAL_ONLY, HERE), (GUARDED, "http://desk.example:1")])
def test_only_with_the_token(store: Store, door: Access, base: str) -> None:
    """On this machine too, where other users can connect."""
    client = client_of(store, door, base)
    client.cookies.clear()
    for path in ("/", "/api/queue", "/?token=", "/?token=wrong", f"/api/queue?token={TOKEN}", "/?token=%FF"):
        assert client.get(path).status_code == 401, path
    assert client.post(f"{EDITS}?token={TOKEN}", json=ACCEPT).status_code == 401
    assert client.get("/", headers={"cookie": "corridor-1=wrong"}).status_code == 401
    answer = client.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"corridor-1={TOKEN}")
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/"))
    assert client.get("/").text == page()
    assert client.post(EDITS, json=ACCEPT).status_code == 200


def test_with_a_token_addresses_are_names_and_other_names_are_not(store: Store) -> None:
    client = client_of(store, GUARDED, "http://desk.example:1")
    cookies = {"cookie": f"corridor-1={TOKEN}"}
    for host, code in (("192.168.1.7:1", 200), ("[fe80::1]:1", 200), ("evil.example", 421)):
        assert client.get("/api/queue", headers={"host": host, **cookies}).status_code == code


def test_every_answer_keeps_the_browser_strict(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "counts", lambda: 1 // 0)
    answers = [client.get("/"), client.get("/api/choices"), client.get("/api/nothing"), client.post("/"),
               client.get("/", headers={"host": "evil.example"}), client.post(EDITS, content=b"x"),
               client.post(EDITS, json=ACCEPT, headers={"origin": "null"}), client.get("/api/queue")]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200, 404, 405, 421, 415, 403, 500]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers


def test_only_the_scripts_and_the_style_of_the_page_run(client: TestClient) -> None:
    answer = client.get("/")
    rules = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    for rule, tag in (("script-src", "script"), ("style-src", "style")):
        inline = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        digests = [b64encode(sha256(text.encode()).digest()).decode() for text in inline]
        assert inline and rules[rule].split() == [f"'sha256-{one}'" for one in digests]
    assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'none'")


def test_there_is_no_other_protocol(client: TestClient) -> None:
    with pytest.raises(ValueError, match="websocket is not supported"), client.websocket_connect("/"):
        pass
