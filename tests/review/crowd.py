"""Many clients that say something and then no more, and how long another client waits beside them."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx2

WAIT = 20  # seconds that anything may take on a busy machine
SOON = 2  # seconds within which a client is answered
POST = b"POST /extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 999\r\n"
SILENT = {
    "nothing": b"",
    "half of the headers": POST,
    "headers": POST + b"\r\n",
    "a byte of a body": POST + b"\r\n{",
    "a byte of a part": POST.replace(b"Content-Length: 999", b"Transfer-Encoding: chunked") + b"\r\n5\r\n{",
}


@contextmanager
def crowd(port: int, said: bytes, count: int, addresses: int = 1) -> Iterator[list[socket.socket]]:
    """Connections to a port of this machine from so many of its addresses, each of which has said `said`."""
    with ExitStack() as stack:
        clients = []
        for number in range(count):
            source = (f"127.0.0.{1 + number % addresses}", 0) if addresses > 1 else None
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), WAIT, source))
            with suppress(ConnectionError):  # it was closed to make room
                client.sendall(said)
            clients.append(client)
        yield clients


def statuses(address: str, times: int = 3) -> list[int]:
    """The status of each of some new clients, one after the other, the middle one of which is answered soon."""
    found, waited = [], []
    for _ in range(times):
        begun = time.monotonic()
        found.append(httpx2.get(address, timeout=WAIT).status_code)
        waited.append(time.monotonic() - begun)
    assert sorted(waited)[times // 2] < SOON
    return found
