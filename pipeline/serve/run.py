"""Runs the API until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import SetupError
from pipeline.httpd.guard import hosts_of
from pipeline.httpd.listen import Listening
from pipeline.serve.app import app
from pipeline.serve.extraction import Extraction
from pipeline.serve.guard import POLICY, ApiGuard
from pipeline.serve.known import Known
from pipeline.serve.records import Records
from pipeline.settings import Profile

SHORTEST = 16  # characters of a token
SPARE = 10  # seconds beyond the waiting and the work of a request


@dataclass(frozen=True)
class Options:
    """Where to listen. `token`: what requests must send; None: nothing, for this machine alone.

    Raises SetupError for a token that is too short.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token: str | None = None

    def __post_init__(self) -> None:
        token = self.token
        if token is not None and not (len(token) >= SHORTEST and token.isascii() and token.isprintable()):
            advice = "such as that of: python -c 'import secrets; print(secrets.token_urlsafe())'"
            raise SetupError(f"--token: give at least {SHORTEST} printable ASCII characters, {advice}")


def serve(
    extraction: Extraction,
    profile: Profile,
    records: Records | None,
    known: Known | None,
    options: Options,
    ready: Callable[[str, str | None], None],
) -> None:
    """Serves until Ctrl-C, and then raises KeyboardInterrupt.

    The worker may have been started; at the end it is stopped. `ready` is called with the address for this machine and
    the one for others (None if they cannot reach it). Raises SetupError where it cannot listen, or would be reached by
    other machines without a token.
    """
    listening = Listening(options.host, options.port)
    hosts = hosts_of(options.host, listening.address)
    if hosts.public and not options.token:
        raise SetupError(f"{options.host}: other machines can reach it; give a token with --token or CORRIDOR_TOKEN")
    api = app(extraction, profile, records, known, options.token)
    here, elsewhere = listening.names()
    busy = 2 * extraction.timeout + SPARE
    listening.run(ApiGuard(api, hosts, POLICY, options.token), lambda: ready(here, elsewhere), busy)
