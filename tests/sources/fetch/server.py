"""A web server on loopback: a table of paths, each with what is sent there; and a run of `corridor fetch`."""

import json
import socket
import sqlite3
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loopback import Handler, Loopback, Reaction, raw
from typer.testing import CliRunner

from pipeline.cli import app

XML = "application/rss+xml"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]


class _Handler(Handler):
    def do_GET(self) -> None:
        site = self.server.own
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.requestline.split()[1]  # as it came
        site.requests.append(Request(path, headers))
        with suppress(ConnectionError):
            site.pages.get(path, status(404))(self)


class Site(Loopback):
    """The server. `pages` may be changed while it runs; `requests` are those that came; `url`: its address."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Reaction] = {}
        self.requests: list[Request] = []
        super().__init__(_Handler, tls)
        self.url = self.origin.replace("https:", "http:")

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, without robots.txt."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]


def send(body: bytes | str, kind: str = "text/html; charset=utf-8", code: int = 200, **headers: str) -> Reaction:
    """A whole answer; `headers` with _ for -."""
    return raw(body, kind, code, **headers)


def status(code: int, **headers: str) -> Reaction:
    return send("", code=code, **headers)


def redirect(target: str, code: int = 302) -> Reaction:
    return status(code, Location=target)


def with_etag(body: str, etag: str) -> Reaction:
    """A page that is sent only to those who do not have it."""

    def react(handler: Handler) -> None:
        known = handler.headers.get("If-None-Match") == etag
        (status(304) if known else send(body, ETag=etag))(handler)

    return react


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Reaction:
    """Bytes that do not end, piece by piece with so many seconds between them."""

    def react(handler: Handler) -> None:
        handler.wfile.write(start)
        while not handler.server.own.released.wait(pause) if pause else not handler.server.own.released.is_set():
            handler.wfile.write(piece)

    return react


def page(title: str, amount: int, head: str = "") -> str:
    """An authored news page."""
    text = "".join(
        f"<p>Japan will lend Kenya ${amount} million for part {part} of the port of Lamu, its embassy said on Monday. "
        f"The ministry of transport expects the work to take {part + 2} years.</p>"
        for part in range(1, 5)
    )
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}"
        f'<meta property="article:published_time" content="2026-11-03"></head><body><article><h1>{title}</h1>{text}'
        "</article></body></html>"
    )


def rss(*urls: str) -> str:
    items = "".join(f"<item><title>x</title><link>{url}</link></item>" for url in urls)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><link>http://x/</link>{items}</channel></rss>'


class Fetched:
    """What a run of the command gave: `code`, `err`, and the lines in the folder."""

    def __init__(self, out: Path, *words: str) -> None:
        result = CliRunner().invoke(app, ["fetch", *words, "-o", str(out), "--delay", "0"])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.err, self.out = result.exit_code, result.stderr, result.stdout
        self.lines = rows(out)


def rows(out: Path) -> list[dict[str, Any]]:
    path = out / "articles.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def seen(out: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(out / "seen.sqlite") as opened:
        return opened.execute(query).fetchall()


def sent(data: bytes) -> Reaction:
    return lambda handler: handler.wfile.write(data)


def numeric(host: str, port: int, **_: object) -> list[Any]:
    """Names and old forms of numbers as most systems resolve them, without asking anyone."""
    address = {"localhost": "127.0.0.1", "2130706433": "127.0.0.1", "two.example": "8.8.8.8"}.get(host, host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, port))]
    return [*found, (family, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))] if host == "two.example" else found
