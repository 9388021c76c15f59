"""Which addresses may be fetched."""

import pytest

from pipeline.sources.fetch.download import Refusal, canonical, is_public, origin


@pytest.mark.parametrize(
    ("url", "base", "found"),
    [
        ("https://Example.org", "", "https://example.org/"),
        ("https://example.org:443/a#b", "", "https://example.org/a"),
        ("http://example.org:8080/a b?q=ü&x=1#b", "", "http://example.org:8080/a%20b?q=%C3%BC&x=1"),
        ("https://bücher.example/straße", "", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("/b?x=%20", "https://example.org/a/c", "https://example.org/b?x=%20"),
        ("//other.org/b", "https://example.org/a", "https://other.org/b"),
        (" c\n", "https://example.org/a/b", "https://example.org/a/c"),
        ("http://[::1]:80/", "", "http://[::1]/"),
        ("http://１２７.0.0.1/", "", "http://127.0.0.1/"),
    ],
)
def test_an_address_has_one_form(url: str, base: str, found: str) -> None:
    assert canonical(url, base) == found
    assert canonical(found) == found
    assert found.isascii()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "begins with file:"),
        ("FILE:///etc/passwd", "begins with file:"),
        ("data:text/html,x", "begins with data:"),
        ("javascript:alert(1)", "begins with javascript:"),
        ("ftp://example.org/", "begins with ftp:"),
        ("example.org/news", "is no http address"),
        ("", "is no http address"),
        ("http:///a", "is no valid address"),
        ("http://[::1", "is no valid address"),
        ("http://a:99999/", "is no valid address"),
        ("http://a:0/", "is no valid address"),
        ("http://a b/", "is no valid address"),
        ("http://a\r\nHost: b/", "is no valid address"),
        ("http://" + "ü" * 200, "is no valid address"),
        ("http://me:secret@example.org/", "user name"),
        ("http://example.org\\@127.0.0.1/", "is no valid address|user name"),
        ("http://example.org/" + "a" * 4_000, "over 4,000"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        canonical(url)


def test_the_origin_has_the_port_of_the_scheme() -> None:
    assert [origin(url) for url in ("http://a/", "https://a/", "http://[::1]:8/")] == [
        ("a", 80),
        ("a", 443),
        ("::1", 8),
    ]


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1"),
        *(
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "::127.0.0.1",
            "fec0::1",
            "2001:0:7f00:1::",
            "::ffff:169.254.169.254",
        ),
    ],
)
def test_addresses_of_this_machine_and_local_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)
