"""A scripted server that speaks the API of OpenAI on this machine, with every fault that an endpoint can have.

A script decides what happens to each request. The server remembers requests, and how many it had at once.
"""

import gzip
import json
import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from loopback import Handler, Loopback, Reaction, raw, reset

__all__ = ["Reaction", "Server", "raw", "reset"]

LENDING = re.compile(r"would lend|will lend|signed")
NOTHING: dict[str, Any] = {"commitments": []}
CHUNKS = 40  # of a body that trickles


@dataclass(frozen=True)
class Request:
    """A request as it came. `number`: how many came before it."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The message of the user."""
        return str(self.body["messages"][-1]["content"])

    @property
    def title(self) -> str:
        """What the prompt gives as title."""
        found = re.search(r"^Title: (.*)$", self.prompt, re.MULTILINE)
        return found[1] if found else ""


Script = Callable[[Request], Reaction]


class _Handler(Handler):
    """Hands each request to the script. Connections stay open, as those of real servers do."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        own = self.server.own
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with own.lock:
            request = Request(len(own.requests), self.path, headers, body)
            own.requests.append(request)
            own.at_once += 1
            own.most_at_once = max(own.most_at_once, own.at_once)
        try:
            if own.wait:
                time.sleep(own.wait)
            with suppress(ConnectionError):
                own.script(request)(self)
        finally:
            with own.lock:
                own.at_once -= 1


class Server(Loopback):
    """The server; `url` is its address, `script` may be changed while it runs, `wait`: seconds before each reaction."""

    def __init__(self, script: Script | None = None, wait: float = 0.0, tls: ssl.SSLContext | None = None) -> None:
        self.script: Script = script or always(answer(NOTHING))
        self.wait, self.lock = wait, threading.Lock()
        self.requests: list[Request] = []
        self.at_once = self.most_at_once = 0
        super().__init__(_Handler, tls)
        self.url = f"{self.origin}/v1"

    @property
    def titles(self) -> list[str]:
        """The title in each request, in the order in which they came."""
        return [request.title for request in self.requests]


def always(reaction: Reaction) -> Script:
    """The same for every request."""
    return lambda request: reaction


def in_turn(*reactions: Reaction) -> Script:
    """One reaction after the other; the last one for all that follow."""
    return lambda request: reactions[min(request.number, len(reactions) - 1)]


def by_title(reactions: dict[str, Reaction], other: Reaction | None = None) -> Script:
    """What the title of an article asks for."""
    return lambda request: reactions.get(request.title, other or lending(request))


def answer(content: Any, usage: Any = (100, 20), finish: str = "stop") -> Reaction:
    """A complete answer; `content`: text, or what is written as JSON; `usage`: tokens, None, or what stands there."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    if isinstance(usage, tuple):
        usage = dict(zip(("prompt_tokens", "completion_tokens"), usage, strict=True))
    counts = {} if usage is None else {"usage": usage}
    return raw(json.dumps({"id": "x", "object": "chat.completion", "choices": [choice], **counts}))


def status(code: int, message: str = "no", **headers: str) -> Reaction:
    """An error of the API."""
    return raw(json.dumps({"error": {"message": message, "type": "x", "code": None}}), code=code, **headers)


def refusing(*names: str, form: str = "Unsupported parameter: '{}'") -> Script:
    """A server that refuses parameters, one at a time, and then answers."""

    def script(request: Request) -> Reaction:
        refused = next((name for name in names if name in request.body), None)
        return status(400, form.format(refused)) if refused else answer(NOTHING)

    return script


def hang(handler: Handler) -> None:
    """No word until the server ends."""
    handler.server.own.released.wait(30)
    handler.close_connection = True


def cut(handler: Handler) -> None:
    """Half a body."""
    handler.head(200, 1000)
    handler.wfile.write(b'{"choices": [')
    handler.close_connection = True


def trickle(content: Any, seconds: float) -> Reaction:
    """An answer that takes some seconds, piece by piece."""

    def react(handler: Handler) -> None:
        body = json.dumps({"choices": [{"message": {"content": json.dumps(content)}}]}).encode()
        handler.head(200, len(body))
        size = max(1, len(body) // CHUNKS)
        for at in range(0, len(body), size):
            handler.wfile.write(body[at : at + size])
            handler.wfile.flush()
            if handler.server.own.released.wait(seconds / CHUNKS):
                break

    return react


def endless(piece: bytes, pause: float = 0.0, code: int = 200, head: bool = True, **headers: str) -> Reaction:
    """A body, or without `head` whatever comes first, that has no end; `pause`: seconds between its pieces."""

    def react(handler: Handler) -> None:
        handler.close_connection = True
        if head:
            handler.head(code, 10**12, **headers)
        while not handler.server.own.released.wait(pause):
            handler.wfile.write(piece)

    return react


def packed(megabytes: int, times: int = 1) -> Reaction:
    """A body of spaces, packed with gzip."""
    packer = zlib.compressobj(wbits=31)
    data = b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(megabytes)), packer.flush()])
    for _ in range(times - 1):
        data = gzip.compress(data)
    return raw(data, Content_Encoding=", ".join(["gzip"] * times))


def sentences(prompt: str) -> Iterator[tuple[int, str]]:
    """The sentences of a prompt with their numbers."""
    found = re.findall(r"^\[(\d+)\](?: \(boilerplate\))? (.*)$", prompt.partition("SENTENCES")[2], re.MULTILINE)
    return ((int(number), text) for number, text in found)


def acts(prompt: str) -> dict[str, Any]:
    """What a model that understands little says: whoever is named first lends the amounts of a sentence."""
    names = dict(re.findall(r"^(a\d+): ([^=(]+?)(?: = .*)? \(", prompt, re.MULTILINE))
    amounts = re.findall(r'^(m\d+): ".*" in \[(\d+)\] = [\d,.]+ ', prompt, re.MULTILINE)
    found: list[dict[str, Any]] = []
    for number, text in sentences(prompt):
        trigger = LENDING.search(text)
        named = sorted((text.find(name), key) for key, name in names.items() if name in text)
        if trigger and named:
            parties = {"by": [named[0][1]], "to": [key for _, key in named[1:2]]}
            money = [key for key, sentence in amounts if int(sentence) == number]
            flow = {"instrument": "loan", "provider": parties["by"], "recipient": parties["to"]}
            act = {"sentence": number, "trigger": trigger[0], "kind": "finance", "status": "pledged", **parties}
            found.append({**act, "amounts": money, "flow": flow})
    return {"commitments": found}


def lending(request: Request) -> Reaction:
    """The answer of `acts`."""
    return answer(acts(request.prompt))
