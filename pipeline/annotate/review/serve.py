"""Runs the web server of a review until Ctrl-C.

Clients that connect and send nothing cannot keep others out.
"""

from __future__ import annotations

import asyncio
import ipaddress
import platform
import secrets
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.annotate.review.app import app
from pipeline.annotate.review.guard import LOCAL, Access
from pipeline.annotate.review.store import Store
from pipeline.errors import SetupError

GRACE = 2  # seconds for open requests at the end
IDLE = 10  # seconds until the headers of a request must be complete
BUSY = 60  # seconds from then until the answer must be received
CONNECTIONS = 64  # open at the same time; a browser has six
HEADERS = 16_384  # bytes of the headers of a request

Ready = Callable[[str, str | None], None]


class _Connection(H11Protocol):
    """A connection with a timeout for its first request, for slow requests and for answers that are not received.

    uvicorn has a timeout between two requests only. `since`: start of the present wait or request.
    """

    since: float

    @property
    def waits(self) -> bool:
        """Whether it waits for a request."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Closes the connection that has waited longest if there are too many."""
        super().connection_made(transport)
        self.since = self.loop.time()
        here = [one for one in _connections(self.connections) if not one.transport.is_closing()]
        if len(here) > CONNECTIONS:
            min((one for one in here if one.waits), key=attrgetter("since")).transport.abort()

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self.since = self.loop.time()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.since = self.loop.time()

    def close_if_late(self) -> None:
        if self.loop.time() - self.since > (IDLE if self.waits else BUSY):
            self.transport.abort()


def _connections(found: Iterable[object]) -> list[_Connection]:
    return [one for one in found if isinstance(one, _Connection)]


class _Server(uvicorn.Server):
    """Calls `ready` when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        for one in _connections(self.server_state.connections):
            one.close_if_late()
        return await super().on_tick(counter)


def serve(store: Store, page: str, host: str, port: int, ready: Ready) -> None:
    """Serves at `host`; port 0 is any free one.

    `ready` is called with the address to open and the one for other machines (None if they cannot reach it), both with
    the token. Raises KeyboardInterrupt at Ctrl-C, SetupError if it cannot listen there.
    """
    config = uvicorn.Config(
        app=None,  # type: ignore[arg-type]
        host=host,
        port=port,
        http=_Connection,
        backlog=CONNECTIONS // 2,  # file descriptors must not run out
        h11_max_incomplete_event_size=HEADERS,
        limit_concurrency=4 * CONNECTIONS,  # answered with 503
        timeout_keep_alive=IDLE,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=GRACE,
    )
    try:
        listening = config.bind_socket()
    except (SystemExit, OSError, OverflowError) as error:
        raise SetupError(f"{host}:{port}: in use, or not an address of this machine; choose another") from error
    bound, number = listening.getsockname()[:2]
    access = _access(host, bound, number)
    config.app = app(store, page, access)
    here, elsewhere = _names(host, bound)
    addresses = _address(here, number, access.token), elsewhere and _address(elsewhere, number, access.token)
    _Server(config, lambda: ready(*addresses)).run(sockets=[listening])


def _access(host: str, bound: str, port: int) -> Access:
    names, public = LOCAL | {host.lower()}, not ipaddress.ip_address(bound).is_loopback
    return Access(
        token=secrets.token_urlsafe(32),
        cookie=f"corridor-{port}",
        hosts=names | {platform.node().lower()} if public else names,
        public=public,
    )


def _names(host: str, bound: str) -> tuple[str, str | None]:
    """The host name for this machine, and the one for other machines."""
    address = ipaddress.ip_address(bound)
    if address.is_unspecified:
        return ("127.0.0.1" if address.version == 4 else "::1"), platform.node().lower()
    return host, None if address.is_loopback else host


def _address(host: str, port: int, token: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/?token={token}"
