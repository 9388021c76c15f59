"""Admits requests that have the token: any user of this machine can connect, so it is required on loopback too."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from pipeline.review.httpd.guard import SAFE, Guard, Hosts


@dataclass(frozen=True)
class Access:
    """The token of the server, the name of its cookie, and the host names of the server."""

    token: str
    cookie: str
    hosts: Hosts = field(default_factory=Hosts)

    def accepts_token(self, token: str | None) -> bool:
        return secrets.compare_digest(self.token.encode(), (token or "").encode())


@dataclass(frozen=True)
class ReviewGuard(Guard):
    """Access with a cookie, which the address that was printed sets."""

    access: Access

    def refuse(self, status: int, message: str) -> Response:
        return error(status, message)

    def admit(self, request: HTTPConnection, method: str) -> Response | None:
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


def guarded(app: ASGIApp, access: Access, policy: str) -> Guard:
    """The application, for those with the token. `policy`: the Content-Security-Policy."""
    return ReviewGuard(app, access.hosts, policy, access)


def error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)
