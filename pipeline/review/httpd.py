"""The web server of this machine, on which `corridor review` and `corridor serve` run.

`Listening` opens the socket and bounds connections: clients that connect and send nothing cannot keep others out.
`Guard` refuses requests under another host name and from the pages of other sites. Any page in a browser can send
requests: under a host name of its own that resolves to this machine (so Host must be in a list), or from its own site
(so Origin and Sec-Fetch-Site must be ours). Who else may send is up to each server.
"""

import asyncio
import ipaddress
import platform
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import SetupError

GRACE = 2  # seconds for open requests at the end
IDLE = 10  # seconds until the headers of a request must be complete, and that its body may come late
RATE = 1000  # bytes of a body that must come each second
BUSY = 60  # seconds from the headers until the answer, and from then until it must be received
CONNECTIONS = 64  # open at the same time, without those that the server works on; a browser has six
EACH = 48  # of them from one address, which may be that of a proxy
QUEUE = 1024  # that wait to be accepted; where there is no room, a client tries again after a second
LONGEST = 16_384  # bytes of the headers of a request
Ready = Callable[[str, str | None], None]  # takes the address for this machine, and for others if they reach it
_HOST = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::\d+)?", re.ASCII)
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
class Hosts:
    """The host names of the server. `public`: other machines can reach it; then any IP address is accepted too."""

    names: frozenset[str] = LOCAL
    public: bool = False

    def accepts(self, name: str) -> bool:
        return name in self.names or (self.public and _is_address(name))


@dataclass(frozen=True)
class Guard:
    """The application behind these checks; every answer gets strict security headers.

    `policy`: the Content-Security-Policy; `refuse`: the answer for a status and a message, in the form of the server's
    errors; `admit`: the answer to a request that has no right to one, or no need of the application, else None.
    `largest`: bytes that a body may say it has, and the message about more (the application counts other bodies).
    """

    app: ASGIApp
    hosts: Hosts
    policy: str
    refuse: Callable[[int, str], Response]
    admit: Callable[[HTTPConnection], Response | None]
    largest: tuple[int, str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not supported")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS | {"Content-Security-Policy": self.policy})
            await send(message)

        await (self._refusal(HTTPConnection(scope)) or self.app)(scope, receive, send_with_headers)

    def _refusal(self, request: HTTPConnection) -> Response | None:
        if [self.hosts.accepts(name_of(host)) for host in request.headers.getlist("host")] != [True]:
            return self.refuse(421, "this server has another host name")
        if _is_foreign(request):
            return self.refuse(403, "only pages of this server may send requests")
        most, message = self.largest
        size = request.headers.get("content-length", "")
        too_large = size.isdecimal() and int(size) > most
        return self.admit(request) or (self.refuse(413, message) if too_large else None)


def name_of(host: str) -> str:
    """The host name in a Host header: without the port, which a tunnel may change, and without brackets (IPv6)."""
    found = _HOST.fullmatch(host.lower())
    return "" if found is None else found[1] or found[2]


def opens_page(request: HTTPConnection) -> bool:
    """Whether a request asks for the page itself, and changes nothing."""
    return request.url.path == "/" and request.scope["method"] in ("GET", "HEAD")


def _is_foreign(request: HTTPConnection) -> bool:
    """Whether the page of another site sends the request; any site may link to the page itself."""
    if opens_page(request):
        return False
    headers, origin = request.headers, request.headers.get("origin")
    here = origin is None or origin.removeprefix("http://").lower() == headers["host"].lower()
    return not here or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class _Connection(H11Protocol):
    """A connection with a timeout for its first request, for slow requests and for answers that are not received.

    uvicorn has a timeout between two requests only. `begun`: start of the present wait or request; `heard`: the same,
    later by a second for each RATE bytes of a body.
    """

    begun: float
    heard: float

    @property
    def waits(self) -> bool:
        """Whether it waits for a request."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def sends(self) -> bool:
        """Whether there is something to send that its client has not taken."""
        return self.transport.get_write_buffer_size() > 0

    @property
    def silent(self) -> bool:
        """Whether its client has to send or to take something; else the server works on a request."""
        return self.waits or self.cycle.more_body or self.sends

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Closes the silent one heard least recently if there are too many, of this address or of all."""
        super().connection_made(transport)
        self._begin()
        others = [one for one in _connections(self.connections) if one is not self and one.silent and one.is_open]
        same = [one for one in others if self.client and one.client and one.client[0] == self.client[0]]
        crowd = same if len(same) >= EACH else others if len(others) >= CONNECTIONS else []
        if crowd:
            min(crowd, key=attrgetter("heard")).transport.abort()

    @property
    def is_open(self) -> bool:
        return self.sends or not self.transport.is_closing()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.waits:
            self.heard = min(self.loop.time(), self.heard + len(data) / RATE)

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._begin()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._begin()

    def close_if_late(self, busy: float) -> None:
        now = self.loop.time()
        if now - self.begun > busy or (self.silent and not self.sends and now - self.heard > IDLE):
            self.transport.abort()

    def _begin(self) -> None:
        self.begun = self.heard = self.loop.time()


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
            for one in sockets:
                one.listen(QUEUE)
            self._ready()

    async def on_tick(self, counter: int) -> bool:
        for one in _connections(self.server_state.connections):
            one.close_if_late(self._busy)
        return await super().on_tick(counter)


class Listening:
    """An open socket. `port`: its port; `hosts`: the host names of the server.

    Raises SetupError if it cannot listen at `host`; port 0 is any free one.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._config = uvicorn.Config(
            app=None,  # type: ignore[arg-type]
            host=host,
            port=port,
            http=_Connection,
            backlog=EACH // 3,  # accepted at once: so few that each is heard before the next ones displace it
            h11_max_incomplete_event_size=LONGEST,
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
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits 40 ms
        bound, self.port = self._socket.getsockname()[:2]
        self._address, machine = ipaddress.ip_address(bound), platform.node().lower()
        public = not self._address.is_loopback
        self.hosts = Hosts(LOCAL | {host.lower()} | ({machine} if public else set()), public)

    def _names(self) -> tuple[str, str | None]:
        if self._address.is_unspecified:
            here = "127.0.0.1" if self._address.version == 4 else "::1"
            return self._url(here), self._url(platform.node().lower())
        return self._url(self._host), self._url(self._host) if self.hosts.public else None

    def run(self, app: ASGIApp, ready: Ready, busy: float = BUSY) -> None:
        """Serves until Ctrl-C, and then raises KeyboardInterrupt. `ready` is called once it listens.

        `busy`: seconds until the answer to a request must be received.
        """
        self._config.app = app
        _Server(self._config, busy, lambda: ready(*self._names())).run(sockets=[self._socket])

    def _url(self, name: str) -> str:
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}"
