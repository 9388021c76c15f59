"""Which addresses may be fetched; bad servers and forbidden addresses cost themselves alone, in bounded time."""

import gzip
import itertools
import socket
import ssl
import time
from pathlib import Path
from typing import Any

import pytest
from loopback import certified, reset
from sources.fetch.server import OK, XML, Fetched, Site, endless, numeric, page, redirect, rss, send, sent, status
from tables import Row, table_of

from pipeline.sources.fetch import download
from pipeline.sources.fetch.download import Refusal, canonical, is_public, origin

FORMS = [*table_of(__file__, "addresses.csv"), {"url": " c\n", "base": "https://a.org/b", "form": "https://a.org/c"}]
REFUSED = [
    *((case["url"], case["refused"]) for case in FORMS if not case["form"]),
    ("", "is no http address"),
    ("http://a\r\nHost: b/", "is no valid address"),
    ("http://" + "ü" * 200, "is no valid address"),
    ("http://example.org/" + "a" * 4_000, "over 4,000"),
]


@pytest.mark.parametrize("case", [case for case in FORMS if case["form"]], ids=lambda case: case["url"])
def test_an_address_has_one_form(case: Row) -> None:
    form = canonical(case["url"], case["base"])
    assert form == canonical(form) == case["form"] and form.isascii()


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_other_addresses_are_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        canonical(url)


def test_the_origin_has_the_port_of_the_scheme() -> None:
    assert [*map(origin, ("http://a/", "https://a/", "http://[::1]:8/"))] == [("a", 80), ("a", 443), ("::1", 8)]


@pytest.mark.parametrize("case", table_of(__file__, "public.csv"), ids=lambda case: case["address"])
def test_only_addresses_of_the_internet_are_public(case: Row) -> None:
    assert is_public(case["address"]) is (case["public"] == "yes")


def test_the_server_is_told_who_asks_and_gets_no_cookie(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = send(page("Loan", 30), Set_Cookie="a=b")
    Fetched(tmp_path / "1", f"{site.url}/a")
    Fetched(tmp_path / "2", f"{site.url}/b", f"{site.url}/a", "--user-agent", "reader/1 (me@example.org)")
    assert all(request.headers["user-agent"].startswith("corridor/") for request in site.requests[:3])
    assert {request.headers["user-agent"] for request in site.requests[3:]} == {"reader/1 (me@example.org)"}
    assert not any({"cookie", "authorization", "referer"} & request.headers.keys() for request in site.requests)
    assert {request.headers["host"] for request in site.requests} == {site.url.removeprefix("http://")}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("file:///etc/passwd", "begins with file:"),
        ("data:text/html,x", "begins with data:"),
        ("http://127.0.0.1:1/x", "no public address"),
        ("http://localhost/x", "no public address"),
        ("http://2130706433/", "no public address"),
        ("http://[::ffff:127.0.0.1]/", "no public address"),
        ("http://169.254.169.254/latest/meta-data/", "no public address"),
        ("http://10.0.0.1/", "no public address"),
        ("http://a:b@127.0.0.1/", "user name"),
        ("http://[::1", "no valid address"),
    ],
)
def test_links_and_redirects_do_not_lead_into_this_machine(
    site: Site, tmp_path: Path, target: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", numeric)
    site.pages = {"/moved": redirect(target), "/feed": send(rss(target, "/good"), XML), "/good": send(page("Loan", 1))}
    run = Fetched(tmp_path, f"{site.url}/moved", f"{site.url}/feed")
    assert (run.code, len(run.lines)) == (1, 1)
    assert "2 refused, 0 failed" in run.err
    assert all(reason in line for line in run.err.splitlines() if "refused: " in line)
    assert len(site.paths) == 3


def test_one_private_address_of_a_host_is_enough(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", numeric)
    site.pages["/a"] = redirect("http://two.example/")
    assert "10.0.0.1, which is no public address" in Fetched(tmp_path, f"{site.url}/a").err


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that gives a public address first and loopback from then on."""
    answers = itertools.chain(["8.8.8.8"], itertools.repeat("127.0.0.1"))
    connected: list[str] = []
    real = socket.socket.connect

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        return numeric(next(answers) if host == "evil.example" else host, port)

    def connect(self: socket.socket, address: Any) -> None:
        connected.append(address[0])
        if address[0] == "8.8.8.8":
            raise ConnectionRefusedError
        real(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "socket", type("Watched", (socket.socket,), {"connect": connect}))
    site.pages["/a"] = redirect(f"{site.url.replace('127.0.0.1', 'evil.example')}/b")
    run = Fetched(tmp_path, f"{site.url}/a")
    assert (run.code, "1 failed" in run.err) == (1, True)
    assert connected == ["127.0.0.1", "127.0.0.1", "8.8.8.8"]
    assert site.paths == ["/a"]


def test_hosts_of_a_file_of_urls_are_not_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "urls").write_text(f"{site.url}/a\nfile:///etc/passwd\n", encoding="utf-8")
    run = Fetched(tmp_path / "out", "--feeds", str(tmp_path / "urls"))
    assert (run.code, "2 refused" in run.err, site.requests) == (1, True, [])


BOMB = gzip.compress(bytes(50_000_000))


CHUNKED = OK.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")


@pytest.mark.parametrize(
    ("reaction", "reason"),
    [
        (sent(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000_000 + b"\r\n\r\n"), "damaged answer"),
        (endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"a" * 60_000 + b"\r\n"), "headers over 200,000 bytes"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "headers over 200,000 bytes"),
        (endless(OK, b"<p>words</p>" * 1_000), "over 10,000,000 bytes"),
        (endless(CHUNKED, b"0" * 10_000), "damaged answer"),
        (endless(CHUNKED, b"1;" + b"x" * 5_000 + b"\r\na\r\n"), "over 20,000,000 bytes"),
        (endless(OK, b"<", 0.05), "not complete in"),
        (endless(b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.05), "not complete in"),
        (lambda handler: handler.server.own.released.wait(5), "no answer in"),
        (send(BOMB, Content_Encoding="gzip"), "over 10,000,000 bytes"),
        (send(gzip.compress(BOMB), Content_Encoding="gzip, gzip"), "over 10,000,000 bytes"),
        (send(b"no gzip", Content_Encoding="gzip"), "damaged answer"),
        (sent(OK.replace(b"\r\n\r\n", b"\r\nContent-Length: 100\r\n\r\n") + b"half"), "damaged answer"),
        (sent(b"SSH-2.0-x\r\n"), "damaged answer"),
        (reset, "cannot be reached|damaged answer"),
        (send(b"%PDF-1.7", "application/pdf"), "is application/pdf, not a page"),
        (send("<html></html>"), "no main text"),
        (send(b"\0\0\0\0"), "NUL"),
        (status(204), "HTTP 204"),
        (status(302), "HTTP 302"),
        (status(304), "HTTP 304"),
        (status(500), "HTTP 500"),
    ],
)
def test_a_bad_answer_costs_itself(
    site: Site, tmp_path: Path, reaction: Any, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SILENCE", 0.4)
    monkeypatch.setattr(download, "WHOLE", 0.8 if "complete" in reason else 20.0)
    site.pages = {"/bad": reaction, "/good": send(page("Loan", 30))}
    started = time.monotonic()
    run = Fetched(tmp_path, f"{site.url}/bad", f"{site.url}/good")
    assert time.monotonic() - started < 5
    assert (run.code, len(run.lines)) == (1, 1)
    (named,) = [line for line in run.err.splitlines() if f"{site.url}/bad" in line]
    assert any(part in named for part in reason.split("|")), named


def test_a_certificate_must_be_trusted_and_have_the_name_of_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certified(tmp_path, "news.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: numeric("127.0.0.1", port))
    with Site(context) as site:
        port = site.url.split(":")[-1]
        site.pages["/a"] = send(page("Loan", 30))
        good, bad = f"https://news.example:{port}/a", f"https://other.example:{port}/a"
        assert "its certificate is not trusted" in Fetched(tmp_path / "1", good).err
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert len(Fetched(tmp_path / "2", good).lines) == 1
        run = Fetched(tmp_path / "3", bad)
        assert (run.lines, "its certificate is not trusted (Hostname mismatch" in run.err) == ([], True)
    assert "1 failed" in Fetched(tmp_path / "4", good).err  # nobody is there


def test_charsets_and_addresses_of_any_script(site: Site, tmp_path: Path) -> None:
    text = page("Crédit à Dakar", 30).replace("Lamu", "Zürich")
    site.pages = {
        "/latin": send(text.replace("<head>", '<head><meta charset="iso-8859-1">').encode("latin-1"), "text/html"),
        "/broken": send(page("Broken", 31).encode() + b"<p>\xff\xfe\x81</p>"),
        "/%C3%BCber/%E6%96%B0?q=%C3%A9": send(page("Über", 32)),
    }
    site.pages["//twice"] = send(page("Twice", 33))
    site.pages["/moved"] = redirect("/über/新?q=é".encode().decode("latin-1"))
    feed = rss(f"{site.url}/über/新?q=é", "/moved", f"{site.url}//twice")
    site.pages["/feed"] = send(feed, XML)
    run = Fetched(tmp_path, f"{site.url}/latin", f"{site.url}/broken", f"{site.url}/feed", f"{site.url}/über/新?q=é")
    assert run.code == 0, run.err
    assert [line["title"] for line in run.lines] == ["Crédit à Dakar", "Broken", "Über", "Twice"]
    assert "Zürich" in run.lines[0]["text"]
