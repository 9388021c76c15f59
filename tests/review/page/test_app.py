"""The API as a page speaks it, and who gets in; what is too large, of another form or hostile does no harm."""

import json
import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest
from review.page.conftest import Opener
from review.page.steps import EDITS, HERE, LOCAL_ONLY, TOKEN, Json, client_of, named, write_records
from starlette.testclient import TestClient

from pipeline.review.httpd import HEADERS, LOCAL, Hosts
from pipeline.review.page.app import LARGEST, Access, page
from pipeline.review.page.store import Store

ACCEPT: Json = {"version": 0, "do": "accept", "id": "m1"}


def test_the_page_and_its_choices(client: TestClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.text) == (200, page())
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    told = client.get("/api/choices").json()
    assert {"code": "210", "label": "Transport & Storage"} in told["sectors"]
    assert {"code": "LAO", "name": "Laos"} in told["countries"]
    assert (told["statuses"][0], told["slots"]["with"], "KES" in told["currencies"]) == ("proposed", "actors", True)
    assert {len(told[name]) for name in ("labels", "actor_kinds", "relation_types", "commitment_kinds")} == {13, 9, 6}
    first = client.get("/api/near", params={"article": "sure", "of": "actors", "q": "mekong bnak"}).json()["near"][0]
    assert (first["id"], first["name"], first["kind"], first["source"]) == ("a2", "Mekong Bank", "bank", "article")


@pytest.mark.parametrize(("words", "found"), [("MIDDLING", 1), ("brídge  su", 2), ("a bridge", 3), ("a tunnel", 0)])
def test_the_queue_by_words_of_title_and_id(client: TestClient, words: str, found: int) -> None:
    told = client.get("/api/queue", params={"q": words}).json()
    assert (told["total"], len(told["articles"])) == (found, found)
    told = client.get("/api/queue", params={"limit": 2, "offset": 1, "state": ""}).json()
    assert ([one["id"] for one in told["articles"]], told["total"], told["next"]) == (["middling", "sure"], 3, "unsure")
    assert client.get("/api/queue", params={"state": "finished"}).json()["articles"] == []


def test_a_review_from_the_first_decision_to_the_last(client: TestClient, store: Store) -> None:
    body = client.get("/api/articles/sure").json()
    assert body == store.article("sure")
    assert body["view"]["commitments"][0]["amounts"][0]["value"] == "40 m USD"
    assert body["view"]["article"]["text"] == body["record"]["article"]["text"]
    steps: list[tuple[str, Json]] = [
        ("edits", {"do": "accept", "id": "c1 by a1"}),
        ("edits", {"do": "set", "id": "m1", "fields": {"entity": None}}),
        ("undo", {}),
        ("redo", {}),
        ("finish", {"finished": True}),
    ]
    for version, (path, told) in enumerate(steps):
        answer = client.post(f"/api/articles/sure/{path}", json={"version": version, **told}, headers={"origin": HERE})
        assert answer.status_code == 200
        body = answer.json()
        assert body["version"] == version + 1
    assert (body["accepted"], body["state"], body["can_undo"]) == (["c1 by a1", "m1"], "finished", True)
    assert body["record"]["mentions"][0]["entity"] is None
    assert body == client.get("/api/articles/sure").json()


def test_a_conflict_comes_with_the_article_as_it_is(client: TestClient) -> None:
    now = client.post(EDITS, json=ACCEPT).json()
    answer = client.post(EDITS, json=ACCEPT)
    assert answer.status_code == 409
    assert answer.json() == {"error": "the article was changed elsewhere; this is its present state", "article": now}


def test_of_many_at_once_one_is_first(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: client.post(EDITS, json=ACCEPT).status_code, range(24)))
    assert sorted(codes) == [200] + [409] * 23
    assert client.get("/api/articles/sure").json()["version"] == 1


@pytest.mark.parametrize(
    ("method", "path", "told", "code", "reason"),
    [
        ("GET", "/api/articles/nobody", None, 404, "there is no article 'nobody'"),
        ("GET", "/api/articles/", None, 404, "there is no article ''"),
        ("GET", "/api/articles/..%2F..%2Frecords.jsonl", None, 404, "there is no article '../../records.jsonl'"),
        ("GET", "/api/nothing", None, 404, "Not Found"),
        ("GET", "/records.jsonl", None, 404, "Not Found"),
        ("POST", "/", {}, 405, "Method Not Allowed"),
        ("POST", "/api/articles/sure", {"version": 0}, 405, "Method Not Allowed"),
        ("POST", f"{EDITS}/", ACCEPT, 405, "Method Not Allowed"),
        ("DELETE", "/api/articles/sure", None, 405, "Method Not Allowed"),
        ("POST", "/api/articles/nobody/edits", ACCEPT, 404, "nobody"),
        ("POST", EDITS, {"do": "accept", "id": "m1"}, 400, "version: Field required"),
        ("POST", EDITS, {**ACCEPT, "version": "0"}, 400, "version: Input should be a valid integer"),
        ("POST", EDITS, {**ACCEPT, "version": None}, 400, "version: Input should be a valid integer"),
        ("POST", EDITS, [1], 400, "Input should be an object"),
        ("POST", EDITS, {"version": 0}, 422, "there is no operation None"),
        ("POST", EDITS, {**ACCEPT, "id": "m99"}, 422, "there is no 'm99'"),
        ("POST", EDITS, {**ACCEPT, "time": "x"}, 422, "time: Unexpected keyword"),
        ("POST", "/api/articles/sure/undo", {"version": 0}, 422, "there is nothing to undo"),
        ("GET", "/api/queue?state=lost", None, 400, "state: String should match"),
        ("GET", "/api/queue?limit=0", None, 400, "limit: Input should be greater than or equal to 1"),
        ("GET", "/api/queue?limit=100000", None, 400, "limit: Input should be less than or equal to 200"),
        ("GET", "/api/near?article=nobody&of=actors&q=x", None, 404, "there is no article 'nobody'"),
        ("GET", "/api/near?article=sure&of=mentions&q=x", None, 400, "of: Input should be 'actors' or 'projects'"),
        ("GET", "/api/near?article=sure&of=actors", None, 400, "q: Field required"),
        ("GET", f"/api/near?article=sure&of=actors&q={'x' * 501}", None, 400, "q: String should have at most 500"),
        ("GET", "/api/queue?offset=-1", None, 400, "offset: Input should be greater than or equal to 0"),
    ],
)
def test_what_cannot_be_done_says_why(
    client: TestClient, method: str, path: str, told: Any, code: int, reason: str
) -> None:
    answer = client.request(method, path, json=told)
    assert (answer.status_code, list(answer.json())) == (code, ["error"])
    assert reason in answer.json()["error"]


def test_an_article_that_cannot_be_reviewed_leads_to_the_next(start: Opener, tmp_path: Any) -> None:
    broken = named("broken", 0.1).model_copy(update={"actors": []})
    client = client_of(start(write_records(tmp_path / "some.jsonl", broken, named("well"))))
    assert client.get("/api/queue").json()["next"] == "broken"
    answer = client.get("/api/articles/broken")
    assert (answer.status_code, answer.json()["next"]) == (422, "well")
    assert answer.json()["error"].startswith("broken: cannot be reviewed: ")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"version": NaN}', b'{"version": 0, "do": "\\ud800"}', b'{"version": 0, "do": "\xff"}',
     b"[" * 100_000, b'{"version": 0, "a": ' * 10_000, b'{"version": ' + b"9" * 10_000 + b"}"],
)  # fmt: skip
def test_what_is_not_json_is_turned_away(client: TestClient, body: bytes) -> None:
    answer = client.post(EDITS, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 409)
    assert client.get("/api/articles/sure").json()["version"] == 0


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", "", None]
)
def test_a_form_of_another_page_is_no_decision(client: TestClient, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    answer = client.post(EDITS, content=json.dumps(ACCEPT).encode(), headers=headers)
    assert (answer.status_code, answer.json()) == (415, {"error": "the content type must be application/json"})
    assert (
        client.post(EDITS, json=ACCEPT, headers={"content-type": "Application/JSON; charset=utf-8"}).status_code == 200
    )


@pytest.mark.parametrize(("size", "code"), [(LARGEST, 422), (LARGEST + 1, 413), (5 * LARGEST, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_bounded_however_it_comes(client: TestClient, size: int, code: int, chunked: bool) -> None:
    start, end = b'{"version": 0, "do": "', b'"}'
    body = start + b"x" * (size - len(start) - len(end)) + end
    parts = iter([body[at : at + 4096] for at in range(0, size, 4096)])
    answer = client.post(EDITS, content=parts if chunked else body, headers={"content-type": "application/json"})
    assert answer.status_code == code
    assert code == 422 or answer.json() == {"error": "a request may have 1,000,000 bytes at most"}


def test_a_defect_is_told_and_the_server_goes_on(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store, "article", lambda name: 1 // 0)
        answer = client.get("/api/articles/sure")
    assert answer.status_code == 500
    assert answer.json()["error"].startswith("GET /api/articles/sure: a defect (ZeroDivisionError")
    assert answer.json()["error"] in caplog.messages
    assert client.get("/api/articles/sure").status_code == 200


def test_a_full_disk_is_told(client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "mine/review/sure.jsonl")

    monkeypatch.setattr("pipeline.review.page.journal.append", full)
    answer = client.post(EDITS, json=ACCEPT)
    assert answer.status_code == 500
    assert answer.json() == {"error": "cannot be read or saved: mine/review/sure.jsonl: No space left on device"}


HOSTILE = ["</script><script>alert(1)</script>", "a/b", "x/edits", "x/undo/edits", "?q=1#f", "é\u2028", "a b"]


def test_hostile_ids_and_names_are_data(start: Opener, tmp_path: Any) -> None:
    found = [named(name) for name in HOSTILE]
    markup = {"title": "<img src=x onerror=alert(1)>"}
    found = [one.model_copy(update={"article": one.article.model_copy(update=markup)}) for one in found]
    client = client_of(start(write_records(tmp_path / "hostile.jsonl", *found)))
    assert sorted(one["id"] for one in client.get("/api/queue").json()["articles"]) == sorted(HOSTILE)
    for name in HOSTILE:
        path = "/api/articles/" + "".join(f"%{byte:02X}" for byte in name.encode())
        set_name = {"version": 0, "do": "set", "id": "a1", "fields": {"name": "<script>alert(2)</script>"}}
        answer = client.post(f"{path}/edits", json=set_name)
        assert answer.json()["record"]["actors"][0]["name"] == "<script>alert(2)</script>"
        assert answer.json()["record"]["article"]["id"] == name
        assert client.get(path).json() == answer.json()
        assert answer.headers["content-type"] == "application/json"
    assert client.get("/").text == page()


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
    assert client.get("/", headers=[("host", "localhost"), ("host", host)]).status_code == 421


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


NEAR = "/api/near?article=sure&of=actors&q=x"
GUARDED = Access(TOKEN, "corridor-1", Hosts(LOCAL | {"desk.example"}, public=True))


@pytest.mark.parametrize(("door", "base"), [(LOCAL_ONLY, HERE), (GUARDED, "http://desk.example:1")])
def test_only_with_the_token(store: Store, door: Access, base: str) -> None:
    """On this machine too, where other users can connect."""
    client = client_of(store, door, base)
    client.cookies.clear()
    for path in ("/", "/api/queue", "/?token=", "/?token=wrong", f"/api/queue?token={TOKEN}", "/?token=%FF", NEAR):
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
    for host, code in (("192.168.1.7:1", 200), ("[fe80::1]:1", 200), ("evil.example", 421)):
        status = client.get("/api/queue", headers={"host": host, "cookie": f"corridor-1={TOKEN}"}).status_code
        assert status == (code if door is GUARDED else 421)  # an address is a name where others can reach it


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
