"""Who is answered: requests under the server's own name, with the token where one is asked for."""

from collections.abc import Callable

import pytest
from serve.working import client_of

from pipeline.review.httpd import LOCAL, Hosts
from pipeline.serve.extraction import Extraction

Make = Callable[..., Extraction]
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
