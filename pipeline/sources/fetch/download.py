"""One request to one host: bounded in time and size, to an address that was checked. The only file that connects.

Only http and https, without credentials, to public hosts. No redirect is followed here, no proxy is used, and no cookie
or password is sent.
"""

import io
import logging
import re
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

CONNECT, SILENCE, WHOLE = 10.0, 20.0, 60.0  # seconds: to connect, without a byte, for an answer
LIMIT = 10_000_000  # bytes of a page, unpacked
HEAD = 200_000  # bytes of status line and headers
ADDRESSES = 4  # of a host that are tried
PIECE = 65_536
PAGES = re.compile(r"|text/html|application/xhtml\+xml|(text|application)/([\w.-]+\+)?xml|application/(x-)?gzip")
ANYTHING = re.compile(r".*", re.DOTALL)
_PORTS = {"http": 80, "https": 443}
_LONGEST = 4_000  # characters of a URL
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_KEPT = "/%:@!$&'()*+,;=~?[]"  # beside letters, digits and _.-: what a path may hold as it is
_IPV4 = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))  # with an IPv4 address in the last 32 bits, or :: and ::1

logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # what it warns of becomes a Failure


class Refusal(Exception):
    """This is not fetched, for the reason that the text gives."""


class Failure(Exception):
    """This could not be fetched, for the reason that the text gives."""


def canonical(url: str, base: str = "") -> str:
    """The URL in ASCII without its fragment; `base`: the page that it stands on. Raises Refusal."""
    if len(url) > _LONGEST:
        raise Refusal(f"the address has over {_LONGEST:,} characters")
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        port, name = parts.port, parts.hostname or ""
        host = f"[{ip_address(name)}]" if ":" in name else name.encode("idna").decode("ascii").lower()
    except ValueError as error:  # of brackets, ports and UnicodeError
        raise Refusal("is no valid address") from error
    if parts.scheme not in _PORTS:
        raise Refusal(f"begins with {parts.scheme[:20]}:, not http or https" if parts.scheme else "is no http address")
    if parts.username is not None or parts.password is not None:
        raise Refusal("holds a user name or password")
    if port == 0 or not (":" in name or _HOST.fullmatch(host)):
        raise Refusal("is no valid address")
    place = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    path, query = (quote(text, safe=_KEPT, errors="replace") for text in (parts.path, parts.query))
    return f"{parts.scheme}://{place}{path or '/'}{f'?{query}' if query else ''}"


def origin(url: str) -> tuple[str, int]:
    """The host and port of a canonical URL."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: not loopback, private, link-local or multicast.

    Of an IPv6 address that leads to an IPv4 address, that one counts.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip.is_site_local:
            return False
        is_inside = any(ip in network for network in _IPV4)
        ip = IPv4Address(int(ip) & 0xFFFF_FFFF) if is_inside else ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast


@dataclass(frozen=True)
class Reply:
    """What a server answered. `body` is empty unless the status is 200; `cut`: it was longer than the limit."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool

    @property
    def target(self) -> str:
        """Where a redirect leads; "" if this is none."""
        target = self.headers.get("Location", "") if self.status in (301, 302, 303, 307, 308) else ""
        try:
            return target.encode("latin-1").decode("utf-8")  # as browsers read it
        except UnicodeError:
            return target


def get(
    url: str,
    headers: Mapping[str, str],
    named: Collection[tuple[str, int]],
    kinds: re.Pattern[str] = PAGES,
    limit: int = LIMIT,
) -> Reply:
    """The answer to a GET request for a canonical URL.

    `named`: hosts with ports that may have addresses of this machine or of a local network. `kinds`: media types.
    Raises Refusal for other addresses and other media types, Failure where there is no sound answer.
    """
    host, port = origin(url)
    try:
        with closing(_connected(host, port, (host, port) in named)) as opened:
            deadline = time.monotonic() + WHOLE
            if urlsplit(url).scheme == "https":
                opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
            with closing(opened):
                return _answer(url, headers, _Bounded(opened, deadline), kinds, limit)
    except TimeoutError as error:
        raise Failure(f"no connection in {CONNECT:g} seconds") from error
    except ssl.SSLCertVerificationError as error:
        raise Failure(f"its certificate is not trusted ({error.verify_message})") from error
    except OSError as error:
        raise Failure(f"cannot be reached ({error.strerror or type(error).__name__})") from error
    except (HTTPError, HTTPException, ValueError) as error:
        raise Failure(f"a damaged answer ({type(error).__name__})") from error


def _connected(host: str, port: int, is_named: bool) -> socket.socket:
    """A connection to one of the host's addresses, all of which were checked. Raises Refusal, Failure or OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failure(f"the host {host} is not known") from error
    for *_, address in found:
        if not is_named and not is_public(str(address[0])):
            raise Refusal(f"leads to {address[0]}, which is no public address; only a URL on the command line may")
    problem: OSError = ConnectionError("no address")
    for family, kind, protocol, _, address in found[:ADDRESSES]:
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(CONNECT)
            opened.connect(address)
            return opened
        except OSError as error:
            opened.close()
            problem = error
    raise problem


class _Bounded(io.RawIOBase):
    """What a server sends, as the socket that an HTTPConnection reads: `most` bytes, until the deadline."""

    def __init__(self, opened: socket.socket, deadline: float) -> None:
        self._socket, self._deadline, self._count, self.most = opened, deadline, 0, HEAD
        self.sendall, self.settimeout = opened.sendall, opened.settimeout

    def makefile(self, *_: object) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing: an HTTPConnection closes its socket while the body is still to be read."""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = self._deadline - time.monotonic()
        late = f"not complete in {WHOLE:g} seconds"
        if left <= 0:
            raise Failure(late)
        if self._count >= self.most:
            raise Failure(f"headers over {HEAD:,} bytes" if self.most == HEAD else f"over {self.most - HEAD:,} bytes")
        self._socket.settimeout(min(SILENCE, left))
        try:
            count = self._socket.recv_into(buffer[: self.most - self._count])
        except TimeoutError as error:
            raise Failure(f"no answer in {SILENCE:g} seconds" if left > SILENCE else late) from error
        self._count += count
        return count


def _answer(url: str, headers: Mapping[str, str], source: _Bounded, kinds: re.Pattern[str], limit: int) -> Reply:
    parts, body = urlsplit(url), bytearray()
    connection = HTTPConnection(parts.hostname or "", timeout=SILENCE)
    connection.sock = source
    sent = {"Host": parts.netloc, "Accept-Encoding": "gzip, deflate", "Connection": "close", **headers}
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request("GET", target, headers=sent, preload_content=False)
    with closing(connection.getresponse()) as response:
        source.most = HEAD + 2 * limit  # chunks have heads too
        if response.status == 200:
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if not kinds.fullmatch(kind):
                raise Refusal(f"is {kind[:60]}, not a page")
            for piece in response.stream(PIECE, decode_content=True):
                body += piece
                if len(body) > limit:
                    break
    return Reply(url, response.status, response.headers, bytes(body[:limit]), len(body) > limit)
