"""What each address answers, and each error as a problem that says what to do."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from serve.working import HERE, client_of
from starlette.testclient import TestClient

from pipeline.record import Record
from pipeline.review.httpd import LOCAL, Hosts
from pipeline.serve.extraction import Extraction
from pipeline.serve.problems import LARGEST

Make = Callable[..., Extraction]
LOAN = "A loan was signed."


def test_an_article_gives_its_record(client: TestClient) -> None:
    answer = client.post("/extract", json={"text": LOAN})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert Record.model_validate_json(answer.content).article.title == LOAN


def test_several_give_a_record_or_a_problem_each(client: TestClient) -> None:
    answer = client.post("/extract/batch", json={"articles": [{"text": LOAN}, {"text": "bad"}, {"text": "b"}]})
    results = answer.json()["results"]
    assert [one["record"] and one["record"]["article"]["title"] for one in results] == [LOAN, None, "b"]
    assert [one["problem"] and one["problem"]["status"] for one in results] == [None, 422, None]


def test_a_file_gives_a_list(client: TestClient) -> None:
    answer = client.post("/files?name=a.txt&date=2025-06-01&source=Wire", content=LOAN)
    assert [one["record"]["article"]["title"] for one in answer.json()["results"]] == [LOAN]


def test_what_a_dead_worker_left_unread_is_named(client: TestClient) -> None:
    sent = {"articles": [{"text": LOAN}, {"text": "die"}, {"text": "b"}]}
    results = client.post("/extract/batch", json=sent).json()["results"]
    assert [one["problem"] and one["problem"]["status"] for one in results] == [None, 500, 500]
    assert client.post("/extract", json={"text": LOAN}).status_code == 200


def test_health_says_what_is_served(client: TestClient) -> None:
    client.post("/extract", json={"text": LOAN})
    health = client.get("/health").json()
    assert (health["status"], health["worker"], health["waiting"], health["records"]) == ("ok", "ready", 0, 3)
    assert health["knowledge"]["commitments"] == 1


JSON = {"content-type": "application/json"}
PROBLEMS: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("POST", "/extract", {"json": {"text": "bad"}}, 422, "holds no text"),
    ("POST", "/extract", {"json": {}}, 422, "body.text: Field required"),
    ("POST", "/extract", {"json": {"text": "x", "date": "Friday"}}, 422, "body.date: Input should be a valid date"),
    ("POST", "/extract", {"json": {"text": "x", "body": 1}}, 422, "body.body: Extra inputs are not permitted"),
    ("POST", "/extract", {"content": b"{", "headers": JSON}, 422, "JSON decode error"),
    ("POST", "/extract", {"content": b"[" * 100_000, "headers": JSON}, 400, "parsing the body"),
    ("POST", "/extract", {"content": b"text"}, 415, "send JSON, with the header Content-Type"),
    ("POST", "/extract", {"data": {"text": "x"}}, 415, "files go to /files"),
    ("POST", "/extract/batch", {"json": {"articles": []}}, 422, "at least 1 item"),
    ("POST", "/extract/batch", {"json": {"articles": [{"text": "x"}] * 101}}, 422, "at most 100 items"),
    ("POST", "/extract", {"json": {"text": "die"}}, 500, "exit code 3; the next request gets a new worker"),
    ("POST", "/files", {"content": b"x"}, 422, "query.name: Field required"),
    ("POST", "/files?name=a.txt", {"content": b"bad"}, 422, "holds no text"),
    ("POST", "/files?name=a.pdf", {"content": b"x" * (LARGEST + 1)}, 413, "the request is too large: send less"),
    ("POST", "/files?name=a.pdf", {"content": iter([b"x" * LARGEST, b"x"])}, 413, "the request is too large: send"),
    ("GET", "/records/none", {}, 404, "there is no record of 'none'; /records lists"),
    ("GET", "/records?limit=0", {}, 422, "query.limit: Input should be greater than or equal to 1"),
    ("GET", "/records?since=soon", {}, 422, "query.since"),
    ("GET", "/knowledge/commitments?kind=gift", {}, 422, "query.kind: Input should be 'finance'"),
    ("GET", "/knowledge/actors?country=Kenya", {}, 422, "query.country"),
    *(
        ("GET", f"/knowledge/{of}/x", {}, 404, f"there is no 'x' among the {of}; /knowledge/{of} lists those")
        for of in ("actors", "projects", "commitments")
    ),
    ("GET", "/changes", {}, 422, "start the server with --old FOLDER"),
    ("GET", "/", {}, 404, "/openapi.json lists"),
    ("GET", "/docs", {}, 404, "/openapi.json lists"),
    ("PUT", "/extract", {}, 405, "/openapi.json lists"),
]


@pytest.mark.parametrize(("method", "path", "sent", "status", "reason"), PROBLEMS)
def test_errors_are_problems(
    client: TestClient, method: str, path: str, sent: dict[str, Any], status: int, reason: str
) -> None:
    answer = client.request(method, path, **sent)
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status), problem
    assert answer.headers["content-type"] == "application/problem+json"
    assert reason in problem["detail"]
    assert {"type", "title", "status", "detail"} <= problem.keys() <= {"type", "title", "status", "detail", "errors"}


def test_what_was_not_given_says_how_to_give_it(extraction: Make) -> None:
    client = client_of(extraction())
    for path, advice in (("/records", "corridor serve RECORDS"), ("/knowledge/actors", "--knowledge FOLDER")):
        answer = client.get(path)
        assert (answer.status_code, advice in answer.json()["detail"]) == (404, True)
    assert client.get("/health").json()["records"] is None


def test_a_busy_server_says_when_to_come_again(extraction: Make) -> None:
    one = extraction(waiting=0)
    with client_of(one) as client:
        assert client.post("/extract", json={"text": LOAN}).status_code in (200, 503)
        one.waiting = 5
        assert client.portal is not None
        client.portal.call(one._turn.acquire)
        answer = client.post("/extract", json={"text": LOAN})
        assert (answer.status_code, answer.json()["title"]) == (503, "Service Unavailable")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        one.waiting = 0
        one._turn.release()


def test_the_description_is_valid_and_has_the_record(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    assert api["openapi"].startswith("3.1")
    schemas = api["components"]["schemas"]
    assert schemas["Record"]["properties"].keys() == Record.model_fields.keys()
    operations = [one for path in api["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["summary"]
        problem = one["responses"]["default"]["content"]
        assert problem == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert "422" not in one["responses"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    assert not [ref for ref in _refs(api) if ref.rpartition("/")[2] not in schemas]


def _refs(value: object) -> list[str]:
    text = json.dumps(value)
    return [part.split('"')[0] for part in text.split('"$ref": "')[1:]]


def test_answers_are_for_programs_of_this_machine(client: TestClient) -> None:
    answer = client.post("/extract", json={"text": LOAN}, headers={"origin": "http://evil.example"})
    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (403, False)
    assert client.post("/extract", json={"text": LOAN}, headers={"origin": HERE}).status_code == 200


# Who is answered: requests under the server's own name, with the token where one is asked for.

TOKEN = "a-token-of-some-length"


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("", 401),
        (TOKEN, 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer wrong", 401),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer é", 401),
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
    ],
)
def test_the_token_is_asked_for(extraction: Make, header: str | None, status: int) -> None:
    client = client_of(extraction(), token=TOKEN)
    headers = {} if header is None else {"authorization": header.encode("latin-1")}
    answer = client.get("/health", headers=headers)
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["detail"] == "send the token of the server: Authorization: Bearer TOKEN"
        assert client.get("/openapi.json", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8000", 200), ("localhost", 200), ("evil.example", 421), ("10.0.0.1", 421), ("", 421)],
)
def test_only_under_its_own_name(extraction: Make, host: str, status: int) -> None:
    client = client_of(extraction())
    answer = client.get("/health", headers={"host": host})
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (status, "nosniff")


def test_where_others_can_reach_it_any_address_is_its_name(extraction: Make) -> None:
    hosts = Hosts(LOCAL | {"desk.example"}, public=True)
    client = client_of(extraction(), token=TOKEN, hosts=hosts)
    token = {"authorization": f"Bearer {TOKEN}"}
    for host, status in (("desk.example", 200), ("10.0.0.1:80", 200), ("evil.example", 421)):
        assert client.get("/health", headers={"host": host, **token}).status_code == status


def test_the_description_names_the_token(extraction: Make) -> None:
    client = client_of(extraction(), token=TOKEN)
    api = client.get("/openapi.json", headers={"authorization": f"Bearer {TOKEN}"}).json()
    assert api["components"]["securitySchemes"] == {"HTTPBearer": {"type": "http", "scheme": "bearer"}}
