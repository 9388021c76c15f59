"""Who is answered: the token of the server, and how large a request may be."""

import secrets
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from pipeline.review.httpd import Guard
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
        """The answer to a request without the token, or with a body that says it is too large.

        The application counts bodies that do not say their size.
        """
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        token, size = self.token, request.headers.get("content-length", "")
        known = kind.lower() == "bearer" and secrets.compare_digest((token or "").encode(), given.strip().encode())
        if token is not None and not known:
            return self.refuse(401, "send the token of the server: Authorization: Bearer TOKEN")
        return self.refuse(413, TOO_LARGE) if size.isdecimal() and int(size) > LARGEST else None
