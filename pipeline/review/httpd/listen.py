"""Listens at an address until Ctrl-C. Clients that connect and send nothing cannot keep others out."""

from __future__ import annotations

import asyncio
import ipaddress
import platform
import socket
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import SetupError

GRACE = 2  # seconds for open requests at the end
IDLE = 10  # seconds until the headers of a request must be complete
BUSY = 60  # seconds from then until the answer must be received
CONNECTIONS = 64  # open at the same time; a browser has six
HEADERS = 16_384  # bytes of the headers of a request


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
        """Closes the connection that has waited longest if there are too many; the new one if none waits."""
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

    def close_if_late(self, busy: float) -> None:
        if self.loop.time() - self.since > (IDLE if self.waits else busy):
            self.transport.abort()


def _connections(found: Iterable[object]) -> list[_Connection]:
    return [one for one in found if isinstance(one, _Connection)]


class _Server(uvicorn.Server):
    """Calls `ready` when it listens; a request has `busy` seconds until its answer is received."""

    def __init__(self, config: uvicorn.Config, busy: float, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._busy, self._ready = busy, ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        for one in _connections(self.server_state.connections):
            one.close_if_late(self._busy)
        return await super().on_tick(counter)


class Listening:
    """An open socket. `address`: the IP address that it is bound to; `port`: its port.

    Raises SetupError if it cannot listen at `host`; port 0 is any free one.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self._config = uvicorn.Config(
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
            self._socket = self._config.bind_socket()
        except (SystemExit, OSError, OverflowError) as error:
            raise SetupError(f"{host}:{port}: in use, or not an address of this machine; choose another") from error
        self._socket.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # else each answer waits 40 ms for the client
        self.address, self.port = self._socket.getsockname()[:2]

    def names(self) -> tuple[str, str | None]:
        """Its addresses (http://HOST:PORT) for this machine and for others; None if they cannot reach it."""
        address = ipaddress.ip_address(self.address)
        if address.is_unspecified:
            here = "127.0.0.1" if address.version == 4 else "::1"
            return self._url(here), self._url(platform.node().lower())
        return self._url(self.host), None if address.is_loopback else self._url(self.host)

    def run(self, app: ASGIApp, ready: Callable[[], None], busy: float | None = None) -> None:
        """Serves until Ctrl-C, and then raises KeyboardInterrupt. `ready` is called once it listens.

        `busy`: seconds until the answer to a request must be received.
        """
        self._config.app = app
        _Server(self._config, BUSY if busy is None else busy, ready).run(sockets=[self._socket])

    def _url(self, name: str) -> str:
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}"
