"""Admits requests to the API that have the token, where one is asked for, and no body that is too large."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from pipeline.review.httpd.guard import Guard
from pipeline.serve.problems import TOO_LARGE, answer, problem

LARGEST = 20_000_000  # bytes of a body
POLICY = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class ApiGuard(Guard):
    """`token`: asked for as `Authorization: Bearer TOKEN`; None where the server is for this machine alone."""

    token: str | None

    def refuse(self, status: int, message: str) -> Response:
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return answer(problem(status, message), headers)

    def admit(self, request: HTTPConnection, method: str) -> Response | None:
        return self._without_token(request) or self._too_large(request)

    def _without_token(self, request: HTTPConnection) -> Response | None:
        if self.token is None:
            return None
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and secrets.compare_digest(self.token.encode(), given.strip().encode()):
            return None
        return self.refuse(401, "send the token of the server: Authorization: Bearer TOKEN")

    def _too_large(self, request: HTTPConnection) -> Response | None:
        """The answer to a body that says it is too large; the application counts those that say nothing."""
        size = request.headers.get("content-length", "")
        return self.refuse(413, TOO_LARGE) if size.isdecimal() and int(size) > LARGEST else None
