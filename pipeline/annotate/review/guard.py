"""Admits requests that have the token, and of those only requests from pages that this server sent.

Any user of this machine can connect, so the token is required on loopback too. Any page in the same browser can send
requests: under a host name of its own that resolves to this machine (so Host must be in a list), or from its own site
(so Origin and Sec-Fetch-Site must be ours).
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
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
class Access:
    """The token of the server, the name of its cookie, and the host names of the server.

    `public`: whether other machines can reach it; then any IP address is accepted as its host name.
    """

    token: str
    cookie: str
    hosts: frozenset[str] = LOCAL
    public: bool = False

    def accepts_host(self, host: str) -> bool:
        return host in self.hosts or (self.public and _is_address(host))

    def accepts_token(self, token: str | None) -> bool:
        return secrets.compare_digest(self.token.encode(), (token or "").encode())


@dataclass(frozen=True)
class Guard:
    """The application with access control; every answer gets strict security headers."""

    app: ASGIApp
    access: Access
    policy: str  # Content-Security-Policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not supported")
        answer = self._refusal(HTTPConnection(scope), scope["method"])
        await (answer or self.app)(scope, receive, self._with_headers(send))

    def _refusal(self, request: HTTPConnection, method: str) -> Response | None:
        """The answer that refuses a request; None if it may pass."""
        if [self.access.accepts_host(name_of(host)) for host in request.headers.getlist("host")] != [True]:
            return error(421, "this server has another host name")
        if _is_foreign(request.headers, request.url.path, method):
            return error(403, "only pages of this server may send requests")
        if self.access.accepts_token(request.cookies.get(self.access.cookie)):
            return None
        token = request.query_params.get("token")
        if request.url.path == "/" and method in SAFE and token and self.access.accepts_token(token):
            return self._with_cookie(token)
        return error(401, "open the address that `corridor review` printed, with its token, in this browser")

    def _with_cookie(self, token: str) -> Response:
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.access.cookie, token, httponly=True, samesite="strict", path="/")
        return answer

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS | {"Content-Security-Policy": self.policy})
            await send(message)

        return send_with_headers


def error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)


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
