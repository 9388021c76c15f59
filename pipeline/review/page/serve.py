"""Runs the web server of a review until Ctrl-C."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from pipeline.review.httpd.guard import hosts_of
from pipeline.review.httpd.listen import Listening
from pipeline.review.page.app import app
from pipeline.review.page.guard import Access
from pipeline.review.page.store import Store

Ready = Callable[[str, str | None], None]


def serve(store: Store, page: str, host: str, port: int, ready: Ready) -> None:
    """Serves at `host`; port 0 is any free one.

    `ready` is called with the address to open and the one for other machines (None if they cannot reach it), both with
    the token. Raises KeyboardInterrupt at Ctrl-C, SetupError if it cannot listen there.
    """
    listening = Listening(host, port)
    token = secrets.token_urlsafe(32)
    access = Access(token, f"corridor-{listening.port}", hosts_of(host, listening.address))
    here, elsewhere = listening.names()
    with_token = f"{here}/?token={token}", elsewhere and f"{elsewhere}/?token={token}"
    listening.run(app(store, page, access), lambda: ready(*with_token))
