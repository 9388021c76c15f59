"""Runs the web server of a review until Ctrl-C.

Hard because whether a token is needed depends on the address that was really taken, and the browser must not come
before the server listens.
"""

from __future__ import annotations

import ipaddress
import platform
import secrets
from collections.abc import Callable
from typing import Any

import uvicorn

from pipeline.errors import SetupError
from pipeline.train.review.app import app
from pipeline.train.review.guard import LOCAL, Door
from pipeline.train.review.store import Store

GRACE = 2  # seconds that open requests have at the end


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(store: Store, page: str, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serves at `host`, at any free port for 0; `ready` is told the address to open, with its token where it has one.

    Raises KeyboardInterrupt at Ctrl-C, SetupError where it cannot listen there.
    """
    config = uvicorn.Config(
        app=None,  # type: ignore[arg-type]
        host=host,
        port=port,
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
        raise SetupError(f"{host}:{port}: cannot be served: it is taken, or no address of this machine") from error
    taken, number = listening.getsockname()[:2]
    door = _door(host, taken, number)
    config.app = app(store, page, door)
    _Server(config, lambda: ready(_address(host, number, door.token))).run(sockets=[listening])


def _door(host: str, taken: str, port: int) -> Door:
    """A token is asked for where more than this machine can come in."""
    if ipaddress.ip_address(taken).is_loopback:
        return Door(LOCAL | {host.lower()})
    names = LOCAL | {host.lower(), platform.node().lower()}
    return Door(names, secrets.token_urlsafe(32), f"corridor-{port}")


def _address(host: str, port: int, token: str | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")
