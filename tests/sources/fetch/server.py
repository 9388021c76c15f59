"""A web server on loopback: a table of paths, each with what is sent there, byte for byte if it must be."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Reaction = Callable[["Handler"], None]


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    server: _HTTP

    def do_GET(self) -> None:
        site = self.server.site
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.requestline.split()[1]  # as it came
        site.requests.append(Request(path, headers))
        with suppress(ConnectionError):
            site.pages.get(path, status(404))(self)

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class _HTTP(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, *_: Any) -> None:
        """Clients that go away are expected."""


class Site:
    """The server. `pages` may be changed while it runs; `requests` are those that came; `url`: its address."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Reaction] = {}
        self.requests: list[Request] = []
        self.ended = threading.Event()
        self._http = _HTTP(("127.0.0.1", 0), Handler)
        self._http.site = self
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, without robots.txt."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def send(body: bytes | str, kind: str = "text/html; charset=utf-8", code: int = 200, **headers: str) -> Reaction:
    """A whole answer; `headers` with _ for -."""
    data = body.encode() if isinstance(body, str) else body

    def react(handler: Handler) -> None:
        handler.send_response(code)
        fields = {"Content-Type": kind, "Content-Length": str(len(data)), **headers}
        for name, value in fields.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return react


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
        handler.raw(start)
        while not handler.server.site.ended.wait(pause) if pause else not handler.server.site.ended.is_set():
            handler.raw(piece)

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
