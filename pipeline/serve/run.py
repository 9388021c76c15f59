"""Runs the API until Ctrl-C, for those who send its token."""

import secrets

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp

from pipeline.errors import SetupError
from pipeline.review.httpd import Guard, Hosts, Listening, Ready
from pipeline.serve.app import app
from pipeline.serve.extraction import Extraction
from pipeline.serve.known import Known
from pipeline.serve.problems import LARGEST, TOO_LARGE, answer, problem
from pipeline.serve.records import Records
from pipeline.settings import Profile

POLICY = "default-src 'none'; frame-ancestors 'none'"
SHORTEST = 16  # characters of a token
SPARE = 10  # seconds beyond the waiting and the work of a request


def guarded(api: ASGIApp, hosts: Hosts, token: str | None) -> Guard:
    """The API for those who send `Authorization: Bearer TOKEN`; None where the server is for this machine alone."""

    def refuse(status: int, message: str) -> Response:
        return answer(problem(status, message), {"WWW-Authenticate": "Bearer"} if status == 401 else None)

    def admit(request: HTTPConnection) -> Response | None:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        known = kind.lower() == "bearer" and secrets.compare_digest((token or "").encode(), given.strip().encode())
        if token is None or known:
            return None
        return refuse(401, "send the token of the server: Authorization: Bearer TOKEN")

    return Guard(api, hosts, POLICY, refuse, admit, (LARGEST, TOO_LARGE))


class Server:
    """An open socket, to serve at. `token`: what requests must send; None: nothing, for this machine alone.

    Raises SetupError for a token that is too short, and where other machines would reach the server without one.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, token: str | None = None) -> None:
        if token is not None and not (len(token) >= SHORTEST and token.isascii() and token.isprintable()):
            advice = "such as that of: python -c 'import secrets; print(secrets.token_urlsafe())'"
            raise SetupError(f"--token: give at least {SHORTEST} printable ASCII characters, {advice}")
        self._listening = Listening(host, port)
        self._token = token
        if self._listening.hosts.public and not token:
            raise SetupError(f"{host}: other machines can reach it; give a token with --token or CORRIDOR_TOKEN")

    def run(
        self, extraction: Extraction, profile: Profile, records: Records | None, known: Known | None, ready: Ready
    ) -> None:
        """Serves until Ctrl-C, and then raises KeyboardInterrupt. The worker is stopped at the end."""
        api = app(extraction, profile, records, known, self._token)
        busy = 2 * extraction.timeout + SPARE
        self._listening.run(guarded(api, self._listening.hosts, self._token), ready, busy)
