"""Which addresses may be fetched: http and https, without credentials, on public hosts."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
LONGEST = 4_000  # characters of a URL
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_KEPT = "/%:@!$&'()*+,;=~"  # beside letters, digits and _.-: what a path may hold as it is
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits
_COMPATIBLE = IPv6Network("::/96")  # the same; also :: and ::1, which become addresses that are not public


class Refusal(Exception):
    """This is not fetched, for the reason that the text gives."""


def canonical(url: str, base: str = "") -> str:
    """The URL in ASCII without its fragment; `base`: the page that it stands on. Raises Refusal."""
    if len(url) > LONGEST:
        raise Refusal(f"the address has over {LONGEST:,} characters")
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as error:  # of brackets, ports and UnicodeError
        raise Refusal("is no valid address") from error
    if parts.scheme not in PORTS:
        raise Refusal(f"begins with {parts.scheme[:20]}:, not http or https" if parts.scheme else "is no http address")
    if parts.username is not None or parts.password is not None:
        raise Refusal("holds a user name or password")
    if not host or port == 0:
        raise Refusal("is no valid address")
    place = host if port in (None, PORTS[parts.scheme]) else f"{host}:{port}"
    query = f"?{_quoted(parts.query)}" if parts.query else ""
    return f"{parts.scheme}://{place}{_quoted(parts.path) or '/'}{query}"


def _host(name: str) -> str:
    """The ASCII form of a host's name; "" if it has none. Raises ValueError."""
    if ":" in name:
        return f"[{ip_address(name)}]"
    host = name.encode("idna").decode("ascii").lower()
    return host if _HOST.fullmatch(host) else ""


def _quoted(text: str) -> str:
    return quote(text, safe=_KEPT + "?[]", errors="replace")


def origin(url: str) -> tuple[str, int]:
    """The host and port of a canonical URL."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or PORTS[parts.scheme]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: not loopback, private, link-local or multicast."""
    ip = _inner(ip_address(address))
    local = isinstance(ip, IPv6Address) and ip.is_site_local
    return ip.is_global and not ip.is_multicast and not local


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address holds and leads to; any other address as it is."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64 or ip in _COMPATIBLE:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
