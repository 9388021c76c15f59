"""Names of a server; that requests under other names are refused is tested with `review` and `serve`."""

import platform

import pytest

from pipeline.review.httpd.guard import LOCAL, Hosts, hosts_of, name_of


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("a.example:80", "a.example"),
        ("A.example", "a.example"),
        ("[::1]:80", "::1"),
        ("::1", ""),
        ("a:b", ""),
        ("", ""),
    ],
)
def test_the_name_in_a_header(header: str, name: str) -> None:
    assert name_of(header) == name


@pytest.mark.parametrize(
    ("asked", "bound", "public"),
    [("127.0.0.1", "127.0.0.1", False), ("localhost", "127.0.0.1", False), ("::1", "::1", False),
     ("0.0.0.0", "0.0.0.0", True), ("10.0.0.7", "10.0.0.7", True)],
)  # fmt: skip
def test_the_names_of_a_server(asked: str, bound: str, public: bool) -> None:
    hosts = hosts_of(asked, bound)
    assert hosts.public == public
    assert hosts.names == LOCAL | {asked} | ({platform.node().lower()} if public else set())


@pytest.mark.parametrize(
    ("hosts", "name", "accepted"),
    [
        (Hosts(), "localhost", True),
        (Hosts(), "10.0.0.7", False),
        (Hosts(public=True), "10.0.0.7", True),
        (Hosts(public=True), "fe80::1", True),
        (Hosts(public=True), "evil.example", False),
    ],
)
def test_an_address_is_a_name_where_others_can_reach_it(hosts: Hosts, name: str, accepted: bool) -> None:
    assert hosts.accepts(name) == accepted
