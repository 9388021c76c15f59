"""What scripted servers on this machine share: a server, reactions to a request, and a certificate."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest


class Handler(BaseHTTPRequestHandler):
    """One connection. `server.own` is the `Loopback`."""

    server: _HTTP

    def send(self, code: int, body: bytes, kind: str, **headers: str) -> None:
        self.head(code, len(body), kind, **headers)
        self.wfile.write(body)

    def head(self, code: int, length: int, kind: str = "application/json", **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


Reaction = Callable[[Any], None]  # to a request, of its handler


class _HTTP(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    own: Any

    def handle_error(self, *_: Any) -> None:
        """Clients that go away are expected."""


class Loopback:
    """A server that runs until the end of the block, and then sets `released`. `origin`: its address without a path."""

    def __init__(self, handler: type[Handler], tls: ssl.SSLContext | None = None) -> None:
        self.released = threading.Event()
        self._http = _HTTP(("127.0.0.1", 0), handler)
        self._http.own = self
        if tls:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def raw(body: str | bytes, kind: str = "application/json", code: int = 200, **headers: str) -> Reaction:
    """A whole answer; `headers` with _ for -."""
    data = body.encode() if isinstance(body, str) else body
    return lambda handler: handler.send(code, data, kind, **headers)


def reset(handler: Handler) -> None:
    """The connection is torn down."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True
    raise ConnectionError


def certified(path: Path, name: str) -> Path:
    """A file with a new key and its certificate for a host."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    plain = serialization.NoEncryption()
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (path / "certificate.pem").write_bytes(
        text + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path / "certificate.pem"
