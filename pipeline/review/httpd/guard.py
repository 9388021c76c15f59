"""Refuses requests that reach the server under another host name, or that come from the pages of other sites.

Any page in a browser can send requests: under a host name of its own that resolves to this machine (so Host must be in
a list), or from its own site (so Origin and Sec-Fetch-Site must be ours). Who else may send is up to each server.
"""

from __future__ import annotations

import ipaddress
import platform
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HOST = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::\d+)?", re.ASCII)
SAFE = ("GET", "HEAD")  # methods that change nothing
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Hosts:
    """The host names of the server. `public`: other machines can reach it; then any IP address is accepted too."""

    names: frozenset[str] = LOCAL
    public: bool = False

    def accepts(self, name: str) -> bool:
        return name in self.names or (self.public and _is_address(name))


def hosts_of(asked: str, bound: str) -> Hosts:
    """The host names of a server that was asked to listen at `asked` and listens at the address `bound`."""
    names, public = LOCAL | {asked.lower()}, not ipaddress.ip_address(bound).is_loopback
    return Hosts(names | {platform.node().lower()} if public else names, public)


@dataclass(frozen=True)
class Guard(ABC):
    """The application behind these checks; every answer gets strict security headers."""

    app: ASGIApp
    hosts: Hosts
    policy: str  # Content-Security-Policy

    @abstractmethod
    def refuse(self, status: int, message: str) -> Response:
        """The answer that refuses a request, in the form of the server's errors."""

    @abstractmethod
    def admit(self, request: HTTPConnection, method: str) -> Response | None:
        """The answer to a request that has no right to one, or no need of the application; None if it may pass."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not supported")
        answer = self._refusal(HTTPConnection(scope), scope["method"])
        await (answer or self.app)(scope, receive, self._with_headers(send))

    def _refusal(self, request: HTTPConnection, method: str) -> Response | None:
        if [self.hosts.accepts(name_of(host)) for host in request.headers.getlist("host")] != [True]:
            return self.refuse(421, "this server has another host name")
        if _is_foreign(request.headers, request.url.path, method):
            return self.refuse(403, "only pages of this server may send requests")
        return self.admit(request, method)

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS | {"Content-Security-Policy": self.policy})
            await send(message)

        return send_with_headers


def name_of(host: str) -> str:
    """The host name in a Host header: without the port, which a tunnel may change, and without brackets (IPv6)."""
    found = _HOST.fullmatch(host.lower())
    return "" if found is None else found[1] or found[2]


def _is_foreign(headers: Mapping[str, str], path: str, method: str) -> bool:
    """Whether the page of another site sends the request; any site may link to the page itself."""
    if method in SAFE and path == "/":
        return False
    origin = headers.get("origin")
    here = origin is None or origin.removeprefix("http://").lower() == headers["host"].lower()
    return not here or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
