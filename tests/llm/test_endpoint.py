"""One prompt and an endpoint with every fault there is: what comes back, how often it is asked, what is never told."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import yaml
from llm.server import (
    NOTHING,
    Reaction,
    Request,
    Server,
    always,
    answer,
    cut,
    hang,
    in_turn,
    packed,
    raw,
    refusing,
    reset,
    status,
    trickle,
)

from pipeline.errors import SetupError
from pipeline.llm.client import NO_KEY, Session
from pipeline.llm.endpoint import Endpoint, Failure, Reply
from pipeline.llm.prompt import Prompt, instructions, parse, tokens_of

CASES = yaml.safe_load(Path(__file__).with_name("cases").joinpath("endpoint.yaml").read_text(encoding="utf-8"))
PROMPT = Prompt(0, 1, "SENTENCES\n[0] It rains.\n", {})
GOOD = answer(NOTHING)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        yield found


def asked(server: Server, times: int = 1, **options: Any) -> list[Reply | Failure]:
    """What comes back when a prompt is sent so often at once."""
    made: dict[str, Any] = {"url": server.url, "model": "m", "timeout": 5.0, "retries": 2, **options}
    with closing(Session(Endpoint(**made))) as session:
        return [future.result(20) for future in [session.send(PROMPT) for _ in range(times)]]


def reply(server: Server, **options: Any) -> Reply:
    (found,) = asked(server, **options)
    assert isinstance(found, Reply), found
    return found


def failure(server: Server, **options: Any) -> Failure:
    (found,) = asked(server, **options)
    assert isinstance(found, Failure), found
    return found


NONE = '{"commitments": []}'
ANSWERS: dict[str, tuple[Reaction, str]] = {
    "whole": (GOOD, NONE),
    "null": (answer(None), ""),
    "huge": (answer(NONE + "x" * 1_000_000), NONE + "x" * 1_000_000),
    "in time": (trickle(NOTHING, 0.4), NONE),
    "fenced": (answer(f"```json\n{NONE}\n```"), f"```json\n{NONE}\n```"),
    "with thoughts": (
        answer(f"<think>I wonder {{maybe}}</think>\n{NONE}"),
        f"<think>I wonder {{maybe}}</think>\n{NONE}",
    ),
    "cut": (answer('{"commitments": [', finish="length"), '{"commitments": ['),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_comes_back_as_it_is_with_its_tokens(server: Server, name: str) -> None:
    reaction, content = ANSWERS[name]
    server.script = always(reaction)
    found = reply(server)
    assert (found.content, found.cut) == (content, name == "cut")
    assert name == "in time" or (found.tokens_in, found.tokens_out, found.estimated) == (100, 20, False)


def test_a_request_holds_instructions_prompt_and_options(server: Server) -> None:
    reply(server, model="some-model", max_tokens=77)
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
    assert [message["content"] for message in request.body["messages"]] == [instructions(), PROMPT.text]
    assert (request.body["model"], request.body["temperature"], request.body["max_tokens"]) == ("some-model", 0, 77)
    assert request.body["response_format"]["json_schema"]["schema"]["properties"].keys() >= {"commitments", "new"}
    assert not request.body.get("stream")


@pytest.mark.parametrize(
    "fault",
    [status(429), status(429, Retry_After="0.01"), status(500), status(503), status(408), status(409), reset, cut],
    ids=["429", "429 with Retry-After", "500", "503", "408", "409", "reset", "cut"],
)
def test_a_passing_fault_is_tried_again_and_counted(server: Server, fault: Reaction) -> None:
    server.script = in_turn(fault, fault, GOOD)
    assert reply(server).retries == 2
    assert len(server.requests) == 3


@pytest.mark.parametrize("written", ["seconds", "date"])
def test_the_wait_that_a_server_asks_for_is_kept(server: Server, written: str) -> None:
    wanted = "0.4" if written == "seconds" else formatdate(time.time() + 2, usegmt=True)
    server.script = in_turn(status(429, Retry_After=wanted), GOOD)
    start = time.monotonic()
    assert reply(server).retries == 1
    assert time.monotonic() - start >= 0.4


def test_nobody_at_the_address_is_an_endpoint_that_is_gone() -> None:
    with Server() as server:
        url = server.url
    found = failure(server, url=url)
    assert (found.reason, found.gone) == ("the endpoint cannot be reached, or cut the answer", True)


FORM = "json_schema is not supported by this model; {:.0}"


@pytest.mark.parametrize(
    ("names", "more"),
    [
        (("response_format",), {}),
        (("response_format",), {"form": FORM}),
        (("temperature",), {}),
        (("max_tokens",), {}),
        (("max_tokens", "max_completion_tokens"), {}),
        (("response_format", "temperature", "max_tokens", "max_completion_tokens"), {}),
    ],
)
def test_parameters_that_a_server_refuses_are_left_out_and_not_sent_again(
    server: Server, names: tuple[str, ...], more: dict[str, str]
) -> None:
    server.script = refusing(*names, **more)
    found = asked(server, times=3, concurrency=1)
    assert all(isinstance(one, Reply) for one in found)
    assert len(server.requests) == len(names) + 3 + (2 if "response_format" in names else 0)  # of which three are tried
    body = server.requests[-1].body
    kept = {"response_format", "temperature", "max_tokens"} - {*names}
    assert body.keys() >= kept and not {*names} & body.keys()
    assert ("max_completion_tokens" in body) == ("max_tokens" in names and "max_completion_tokens" not in names)
    assert all(isinstance(one, Reply) for one in asked(server, times=8, concurrency=4))


LITERAL = "[{'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]"
SERVERS: dict[
    str, tuple[int, str, tuple[str, ...], str]
] = {  # status and words of a refusal, what is known, what is sent
    "llama-cpp-python": (500, LITERAL, ("json_object",), "json_object+schema"),
    "llama.cpp server": (400, "", ("json_schema", "json_object"), "json_schema"),
    "Ollama": (400, "", ("json_schema", "json_object"), "json_schema"),
    "vLLM": (400, "", ("json_schema", "json_object"), "json_schema"),
    "LM Studio": (400, "'response_format.type' must be 'json_schema' or 'text'", ("json_schema",), "json_schema"),
    "json_object alone": (400, "This response_format type is unavailable now", ("json_object-schema",), "json_object"),
    "says nothing": (400, "bad request", (), ""),
    "gateway": (502, "json_schema is not known", (), ""),
}


@pytest.mark.parametrize("name", SERVERS)
def test_the_form_of_an_answer_is_asked_for_as_a_server_knows_it(
    server: Server, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    code, words, known, sent = SERVERS[name]

    def script(request: Request) -> Reaction:
        form = request.body.get("response_format", {})
        plain = form.get("type", "") + ("-schema" if "schema" not in form and "json_object-schema" in known else "")
        return answer(NOTHING) if not form or plain in known else status(code, words)

    server.script = script
    found = asked(server, times=3, concurrency=1, retries=2)
    assert all(isinstance(one, Reply) for one in found)
    form = server.requests[-1].body.get("response_format", {})
    assert form.get("type", "") + ("+schema" if "schema" in form else "") == sent
    tried = ["json_schema", "json_object+schema", "json_object", ""].index(sent)
    assert len(server.requests) == tried + 3  # no refusal is repeated, and what works is remembered
    assert len(caplog.messages) == (tried > 0)  # said once


@pytest.mark.parametrize("code", [400, 422])
def test_a_refusal_of_nothing_that_can_be_left_out_does_not_go_on_for_ever(server: Server, code: int) -> None:
    server.script = always(status(code, "temperature, max_tokens, max_completion_tokens, response_format: no"))
    found = failure(server)
    assert f"HTTP {code}" in found.reason
    assert len(server.requests) <= 5


NO_API = {
    **{name: raw(body) for name, body in CASES["bodies"].items()},
    "a page": raw("<html>Welcome</html>", "text/html"),
    "deep": raw("[" * 100_000),
    "deep and whole": raw("[" * 100_000 + "]" * 100_000),
    "no UTF-8": raw(b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'),
    "a stream": raw('data: {"choices": []}\n\ndata: [DONE]\n\n', "text/event-stream"),
}


# What a server does to every request: how often it is asked, the reason, and whether it is gone, or wrong for good.
FAILURES: dict[str, tuple[Reaction, tuple[int, str, bool, bool]]] = {
    **{str(code): (status(code, "so slow"), (3, f"HTTP {code}: .*so slow", True, False)) for code in (429, 500, 503)},
    "reset": (reset, (3, "cannot be reached, or cut the answer", True, False)),
    "cut": (cut, (3, "cannot be reached, or cut the answer", True, False)),
    "hang": (hang, (3, "^no answer in 0.3 seconds$", True, False)),
    **{
        str(code): (status(code, "none is here " + "word " * 200), (n, f"HTTP {code}: .*none is", False, code == 404))
        for code, n in ((400, 4), (404, 1), (422, 4))  # without a key the words of the server stay as they are
    },
    **{str(code): (status(code), (1, rf"refuses the key \(HTTP {code}\)", False, True)) for code in (401, 403)},
    "too large": (raw(" " * 2_000_000), (1, "^an answer of more than 1,240,000 bytes$", False, False)),
    "too large, packed": (packed(2), (1, "^an answer of more than 1,240,000 bytes$", False, False)),
    "a large fault": (raw("x" * 2_000_000, code=500), (1, "^an answer of more than 1,240,000 bytes$", False, False)),
    **{name: (body, (1, "no answer in the form of the API", False, False)) for name, body in NO_API.items()},
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_fault_that_lasts_is_a_failure_with_its_reason(server: Server, name: str) -> None:
    reaction, (requests, reason, gone, fatal) = FAILURES[name]
    server.script, start = always(reaction), time.monotonic()
    found = failure(server, timeout=0.3 if name == "hang" else 5.0)
    assert re.search(reason, found.reason) and len(found.reason) < 250
    retries = 0 if name in ("400", "422") else requests - 1  # each form is tried once
    assert (len(server.requests), found.retries, found.gone, found.fatal) == (requests, retries, gone, fatal)
    assert ("set CORRIDOR_LLM_KEY" in found.reason) == (name in ("401", "403"))
    assert time.monotonic() - start < 5
    server.script = always(GOOD)
    assert reply(server), "the next request is a new one"


def test_a_refusal_that_is_not_of_the_form_leaves_the_form(server: Server) -> None:
    server.script = lambda request: status(400, "too long") if request.number < 4 else GOOD
    first, second = asked(server, times=2, concurrency=1)
    assert isinstance(first, Failure) and isinstance(second, Reply)
    assert server.requests[-1].body["response_format"]["type"] == "json_schema"


USAGES: dict[str, Any] = {
    "none": None,
    "empty": {},
    "nulls": {"prompt_tokens": None, "completion_tokens": None},
    "words": {"prompt_tokens": "many", "completion_tokens": "few"},
    "negative": {"prompt_tokens": -5, "completion_tokens": -1},
    **{
        str(count): {"prompt_tokens": count, "completion_tokens": 1}
        for count in (10**30, 2**63, True, 1.5, float("nan"))
    },
    "a list": [1, 2],
    "a word": "12",
}


@pytest.mark.parametrize("usage", USAGES.values(), ids=USAGES)
def test_tokens_that_a_server_does_not_count_are_estimated(server: Server, usage: Any) -> None:
    server.script = always(answer(NOTHING, usage=usage))
    found = reply(server)
    assert (found.estimated, found.tokens_in) == (True, tokens_of(PROMPT))
    assert found.tokens_out == len(found.content) // 4


def test_half_a_letter_in_an_answer_can_be_written_to_a_file(server: Server) -> None:
    server.script = always(raw('{"choices": [{"message": {"content": "{\\"commitments\\": []} \\ud83d"}}]}'))
    content = reply(server).content
    assert content.encode("utf-8")
    assert parse(content)[0].commitments == []


def test_the_limit_holds_for_retries_too(server: Server) -> None:
    server.wait = 0.03
    server.script = lambda request: status(503) if request.number % 2 else GOOD
    asked(server, times=12, concurrency=3, retries=5)
    assert server.most_at_once == 3


def test_answers_belong_to_their_prompts(server: Server) -> None:
    server.script = lambda request: trickle(request.prompt, 0.3 if request.prompt.endswith("0") else 0.0)
    prompts = [replace(PROMPT, text=f"prompt {n}") for n in range(20)]
    with closing(Session(Endpoint(server.url, "m", concurrency=4))) as session:
        found = [future.result(20) for future in [session.send(prompt) for prompt in prompts]]
    assert [json.loads(one.content) for one in found if isinstance(one, Reply)] == [one.text for one in prompts]


def test_the_key_is_sent_in_its_header_and_nowhere_else(server: Server, secret: str) -> None:
    reply(server)
    (request,) = server.requests
    assert request.headers.pop("authorization") == f"Bearer {secret}"
    assert secret not in str(request)


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        ({"CORRIDOR_LLM_KEY": "one", "OPENAI_API_KEY": "two"}, "one"),
        ({"OPENAI_API_KEY": "two"}, "two"),
        ({"CORRIDOR_LLM_KEY": "", "OPENAI_API_KEY": "two"}, "two"),
        ({"CORRIDOR_LLM_KEY": " one\n"}, "one"),
        ({"CORRIDOR_LLM_KEY": "\n"}, NO_KEY),
        ({}, NO_KEY),
    ],
)
def test_the_key_comes_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str], sent: str
) -> None:
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    reply(server)
    assert server.requests[0].headers["authorization"] == f"Bearer {sent}"


SECRETS = (
    "http://me:s3cret@localhost/v1",
    "http://s3cret@localhost/v1",
    "http://:s3cret@localhost/v1",
    "https://localhost/v1?key=s3cret",
    "https://localhost/v1#s3cret",
    "me:s3cret@localhost/v1",
    "ftp://me:s3cret@localhost/v1",
    "localhost/v1?key=s3cret",
)
NOWHERE = ("", "localhost:8080/v1", "ftp://localhost/v1", "http://", "http://[::1/v1", "http://h:x/v1")


@pytest.mark.parametrize(
    ("url", "model", "reason"),
    [
        *((url, "m", "holds a secret; set CORRIDOR_LLM_KEY") for url in SECRETS),
        *((url, "m", "no address of an endpoint; give one such as http://localhost:8080/v1") for url in NOWHERE),
        ("http://localhost/v1", "  ", "--llm-model NAME"),
    ],
)
def test_a_wrong_endpoint_is_refused_and_its_secret_not_repeated(url: str, model: str, reason: str) -> None:
    with pytest.raises(SetupError, match=reason) as error:
        Endpoint(url, model)
    assert "s3cret" not in str(error.value)


def sockets() -> set[str]:
    """The sockets that this process has open."""
    found = set()
    for path in [*Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):
            found.add(str(path.readlink()))
    return {name for name in found if name.startswith("socket:")}


def threads() -> set[threading.Thread]:
    """Those that are not the server's."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith("Thread-")}


def soon(true: Any) -> bool:
    """Whether something comes true within seconds."""
    end = time.monotonic() + 5
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(true())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")
@pytest.mark.parametrize("reaction", [GOOD, hang, status(429, Retry_After="60"), reset])
def test_nothing_stays_open_after_the_end(reaction: Reaction) -> None:
    before_threads, before_sockets = threads(), sockets()
    with Server(always(reaction)) as server:
        session = Session(Endpoint(server.url.replace("127.0.0.1", "localhost"), "m", timeout=60, concurrency=2))
        futures = [session.send(PROMPT) for _ in range(6)]
        assert soon(lambda: server.requests)
        start = time.monotonic()
        session.close()
        assert time.monotonic() - start < 5
        session.close()  # a second time does nothing
        assert all(future.done() for future in futures)
        assert soon(lambda: threads() <= before_threads), threads() - before_threads
    assert soon(lambda: sockets() <= before_sockets)
