"""An open socket and its addresses; slow and silent clients are tested with `review`."""

import platform
import socket

import pytest

from pipeline.errors import SetupError
from pipeline.review.httpd.listen import Listening


@pytest.mark.parametrize(
    ("host", "here", "elsewhere"),
    [
        ("127.0.0.1", "127.0.0.1", None),
        ("localhost", "localhost", None),
        ("::1", "[::1]", None),
        ("0.0.0.0", "127.0.0.1", platform.node().lower()),
    ],
)
def test_its_addresses(host: str, here: str, elsewhere: str | None) -> None:
    try:
        listening = Listening(host, 0)
    except SetupError:
        pytest.skip(f"this machine has no {host}")
    assert listening.port > 0
    assert listening.names() == (
        f"http://{here}:{listening.port}",
        elsewhere and f"http://{elsewhere}:{listening.port}",
    )


def test_answers_are_sent_at_once() -> None:
    listening = Listening("127.0.0.1", 0)
    assert listening._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("no.such.host.invalid", 0), ("127.0.0.1", 70_000)])
def test_where_it_cannot_listen(host: str, port: int) -> None:
    with pytest.raises(SetupError, match=f"{host}:{port}: in use, or not an address of this machine; choose another"):
        Listening(host, port)


def test_a_port_that_is_taken() -> None:
    first = Listening("127.0.0.1", 0)
    first._socket.listen()
    with pytest.raises(SetupError, match="in use"):
        Listening("127.0.0.1", first.port)
