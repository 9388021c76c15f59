"""Who may speak to the server: who has its token, and of those only pages that it served itself.

Any user of this machine can connect, so loopback needs the token too. Any page in the same browser can send requests
here: under a name of its own that it points at this machine (so Host is held against a list), or from where it is (so
Origin and Sec-Fetch-Site must be ours).
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
class Door:
    """How the server is reached: its token, the cookie that keeps it, and the names that the server goes by.

    `public`: whether other machines can reach it; any IP address is then a name too, since no page elsewhere can have
    one for its own.
    """

    token: str
    cookie: str
    hosts: frozenset[str] = LOCAL
    public: bool = False

    def knows(self, host: str) -> bool:
        return host in self.hosts or (self.public and _is_address(host))

    def opens_to(self, told: str | None) -> bool:
        return secrets.compare_digest(self.token.encode(), (told or "").encode())


@dataclass(frozen=True)
class Guard:
    """The application behind the door; every answer has the headers that keep a browser strict."""

    app: ASGIApp
    door: Door
    policy: str  # Content-Security-Policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not spoken here")
        answer = self._refusal(HTTPConnection(scope), scope["method"])
        await (answer or self.app)(scope, receive, self._strict(send))

    def _refusal(self, request: HTTPConnection, method: str) -> Response | None:
        """The answer to a request that is let in no further; None where it may pass."""
        if [self.door.knows(name_of(host)) for host in request.headers.getlist("host")] != [True]:
            return error(421, "this server does not go by that name")
        if _is_foreign(request.headers, request.url.path, method):
            return error(403, "only pages that this server served may ask")
        if self.door.opens_to(request.cookies.get(self.door.cookie)):
            return None
        told = request.query_params.get("token")
        if request.url.path == "/" and method in SAFE and told and self.door.opens_to(told):
            return self._let_in(told)
        return error(401, "open the address that `corridor review` printed, with its token, in this browser")

    def _let_in(self, token: str) -> Response:
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.door.cookie, token, httponly=True, samesite="strict", path="/")
        return answer

    def _strict(self, send: Send) -> Send:
        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS | {"Content-Security-Policy": self.policy})
            await send(message)

        return strict


def error(status: int, said: str) -> JSONResponse:
    return JSONResponse({"error": said}, status)


def name_of(host: str) -> str:
    """A Host header without its port, which a tunnel may change; an IPv6 address without its brackets."""
    found = _HOST.fullmatch(host.lower())
    return "" if found is None else found[1] or found[2]


def _is_foreign(headers: Mapping[str, str], path: str, method: str) -> bool:
    """Whether another site's page asks; a link to the page itself may stand anywhere."""
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
