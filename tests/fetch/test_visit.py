"""`corridor fetch` against a server on loopback: what is kept, followed, refused, bounded and reported."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import signal
import socket
import sqlite3
import ssl
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fetch.server import Handler, Site, endless, page, redirect, rss, send, status, with_etag
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.fetch import download, folder

ROOT = Path(__file__).resolve().parents[2]
XML = "application/rss+xml"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


class Fetched:
    """What a run of the command gave: `code`, `err`, and the lines in the folder."""

    def __init__(self, out: Path, *words: str) -> None:
        result = CliRunner().invoke(app, ["fetch", *words, "-o", str(out), "--delay", "0"])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.err, self.out = result.exit_code, result.stderr, result.stdout
        self.lines = rows(out)


def rows(out: Path) -> list[dict[str, Any]]:
    path = out / "articles.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def seen(out: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(out / "seen.sqlite") as opened:
        return opened.execute(query).fetchall()


def raw(data: bytes) -> Any:
    return lambda handler: handler.raw(data)


def test_a_page_becomes_an_article_and_is_kept_as_received(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = send(page("Loan for Lamu", 30))
    run = Fetched(tmp_path, f"{site.url}/a")
    assert (run.code, run.out) == (0, "")
    assert "1 new, 0 unchanged, 0 changed, 0 gone, 0 refused, 0 failed" in run.err
    (line,) = run.lines
    assert list(line) == ["id", "title", "date", "source", "url", "text"]
    assert (line["title"], line["date"], line["url"]) == ("Loan for Lamu", "2026-11-03", f"{site.url}/a")
    name = hashlib.sha256(page("Loan for Lamu", 30).encode()).hexdigest()
    kept = tmp_path / "pages" / f"{name}.html.gz"
    assert gzip.decompress(kept.read_bytes()).decode() == page("Loan for Lamu", 30)
    assert seen(tmp_path, "SELECT id, page FROM articles") == [(line["id"], name)]


def test_the_server_is_told_who_asks_and_gets_no_cookie(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = send(page("Loan", 30), Set_Cookie="a=b")
    Fetched(tmp_path / "1", f"{site.url}/a")
    Fetched(tmp_path / "2", f"{site.url}/b", f"{site.url}/a", "--user-agent", "reader/1 (me@example.org)")
    assert all(request.headers["user-agent"].startswith("corridor/") for request in site.requests[:3])
    assert {request.headers["user-agent"] for request in site.requests[3:]} == {"reader/1 (me@example.org)"}
    assert not any({"cookie", "authorization", "referer"} & request.headers.keys() for request in site.requests)
    assert {request.headers["host"] for request in site.requests} == {site.url.removeprefix("http://")}


def test_what_is_fetched_can_be_extracted(site: Site, tmp_path: Path) -> None:
    from pipeline.readers import ReadOptions, read

    site.pages["/a"] = send(page("Loan\u2028for Lamu", 30))
    Fetched(tmp_path, f"{site.url}/a")
    (article,) = read([str(tmp_path / "articles.jsonl")], ReadOptions())
    (same,) = read([str(tmp_path)], ReadOptions())
    assert article == same
    assert article.id == article.sha256[:16]


def test_unchanged_pages_are_passed_over(site: Site, tmp_path: Path) -> None:
    site.pages = {
        "/etag": with_etag(page("Loan", 30), '"1"'),
        "/same": send(page("Grant", 40), Last_Modified="Tue, 03 Nov 2026 10:00:00 GMT"),
        "/advert": send(page("Road", 50, "<!-- 1 -->")),
    }
    urls = [f"{site.url}{path}" for path in site.pages]
    Fetched(tmp_path, *urls)
    before = (tmp_path / "articles.jsonl").read_bytes()
    site.pages["/advert"] = send(page("Road", 50, "<!-- 2 -->"))
    site.requests.clear()
    run = Fetched(tmp_path, *urls)
    assert run.code == 0 and "0 new, 3 unchanged" in run.err
    assert (tmp_path / "articles.jsonl").read_bytes() == before
    assert len(list((tmp_path / "pages").iterdir())) == 3
    asked = {request.path: request.headers for request in site.requests}
    assert asked["/etag"]["if-none-match"] == '"1"'
    assert asked["/same"]["if-modified-since"] == "Tue, 03 Nov 2026 10:00:00 GMT"


def test_a_page_that_changed_in_silence_is_told_and_kept_beside_the_old_one(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_now", lambda: "2026-11-03T10:00:00+00:00")
    told = []
    for amount in (30, 300, 30, 30):
        site.pages["/a"] = send(page("Loan", amount), ETag=f'"{amount}"')
        run = Fetched(tmp_path, f"{site.url}/a")
        told.append(f"changed since 2026-11-03: {site.url}/a" in run.err)
        assert run.code == 0
    assert told == [False, True, True, False]
    assert ["$300 million" in line["text"] for line in run.lines] == [False, True, False]
    assert len({line["url"] for line in run.lines}) == 1
    assert len({line["id"] for line in run.lines}) == 3
    assert run.lines[2]["id"] == f"{run.lines[0]['id']}-2"


@pytest.mark.parametrize("code", [404, 410])
def test_a_page_that_is_gone_is_told(site: Site, tmp_path: Path, code: int) -> None:
    site.pages["/a"] = send(page("Loan", 30))
    Fetched(tmp_path, f"{site.url}/a")
    site.pages["/a"] = status(code)
    run = Fetched(tmp_path, f"{site.url}/a", f"{site.url}/never")
    assert f"gone since {seen(tmp_path, 'SELECT last FROM seen')[0][0][:10]}: {site.url}/a" in run.err
    assert (run.code, f"failed: {site.url}/never: HTTP 404" in run.err) == (1, True)
    assert len(run.lines) == 1 and seen(tmp_path, "SELECT status FROM seen") == [("gone",)]


def test_feeds_sitemaps_and_pages_are_told_apart_by_content(site: Site, tmp_path: Path) -> None:
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="p/3?a=1&amp;b=2"/></entry></feed>'
    index = f"<sitemapindex><sitemap><loc>{site.url}/part.xml.gz</loc></sitemap></sitemapindex>"
    part = f"<urlset><url><loc>{site.url}/p/4</loc></url></urlset>"
    site.pages = {
        "/rss": send(rss("/p/1", f"{site.url}/p/2", f"{site.url}/p/1#top"), XML),
        "/atom": send(atom, "text/html"),
        "/sitemap": send(index, "text/xml"),
        "/part.xml.gz": send(gzip.compress(part.encode()), "application/x-gzip"),
        "/p/3?a=1&b=2": send(page("Three", 3)),
        **{f"/p/{number}": send(page(f"News {number}", number)) for number in (1, 2, 4, 5)},
    }
    listed = tmp_path / "urls.txt"
    listed.write_text(f"# mine\n\n{site.url}/atom\n  {site.url}/sitemap  \n", encoding="utf-8")
    run = Fetched(tmp_path / "out", f"{site.url}/rss", f"{site.url}/p/5", "--feeds", str(listed))
    assert run.code == 0, run.err
    assert {line["url"].removeprefix(site.url) for line in run.lines} == {
        *(f"/p/{n}" for n in (1, 2, 4, 5)),
        "/p/3?a=1&b=2",
    }
    assert len(site.paths) == len(set(site.paths))


def test_endless_lists_end(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fetch.visit.LIMIT", 20_000)
    monkeypatch.setattr("pipeline.fetch.visit.LISTS", 4)
    feed = rss(*(f"/{number}" for number in range(50)))[:-20].encode()
    item = f"<item><link>{site.url}/x</link></item>".encode()
    numbers = iter(range(1_000_000))

    def index(handler: Handler) -> None:
        parts = "".join(f"<sitemap><loc>{site.url}/i{next(numbers)}</loc></sitemap>" for _ in range(30))
        send(f"<sitemapindex>{parts}</sitemapindex>", "text/xml")(handler)

    site.pages = {"/feed": endless(OK + feed, item), **{f"/i{number}": index for number in range(200)}}
    site.pages |= {f"/{number}": send(page(f"News {number}", number + 1)) for number in range(50)}
    run = Fetched(tmp_path, f"{site.url}/feed", f"{site.url}/i199", "--max-per-feed", "7")
    assert f"{site.url}/feed: 7 of " in run.err
    assert len(run.lines) == 7
    assert 4 <= sum(path.startswith("/i") for path in site.paths) <= 60


def test_feeds_of_feeds_end(site: Site, tmp_path: Path) -> None:
    numbers = iter(range(1_000_000))
    chain = {f"/{number}": lambda handler: send(rss(f"/{next(numbers) + 1}"), XML)(handler) for number in range(50)}
    site.pages.update(chain)
    run = Fetched(tmp_path, f"{site.url}/0")
    assert (run.code, "lists deep" in run.err) == (1, True)
    assert len(site.paths) == 4


def test_no_more_than_the_limit(site: Site, tmp_path: Path) -> None:
    site.pages = {"/feed": send(rss(*(f"/{number}" for number in range(9))), XML)}
    site.pages |= {f"/{number}": send(page(f"News {number}", number + 1)) for number in range(9)}
    run = Fetched(tmp_path, f"{site.url}/feed", "--limit", "3")
    assert (run.code, len(run.lines), len(site.paths)) == (0, 3, 4)
    assert "6 not fetched (--limit)" in run.err


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


def numeric(host: str, port: int, **_: object) -> list[Any]:
    """Names and old forms of numbers as most systems resolve them, without asking anyone."""
    address = {"localhost": "127.0.0.1", "2130706433": "127.0.0.1", "two.example": "8.8.8.8"}.get(host, host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, port))]
    return [*found, (family, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))] if host == "two.example" else found


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


def test_redirects_are_followed_to_the_same_page(site: Site, tmp_path: Path) -> None:
    site.pages = {f"/{code}": redirect("/a", code) for code in (301, 302, 303, 307, 308)}
    site.pages["/a"] = with_etag(page("Loan", 30), '"1"')
    run = Fetched(tmp_path, *(f"{site.url}{path}" for path in site.pages))
    assert (run.code, len(run.lines)) == (0, 1)
    assert "1 new, 5 unchanged" in run.err


@pytest.mark.parametrize("target", ["/a", "/b"])
def test_redirects_end(site: Site, tmp_path: Path, target: str) -> None:
    site.pages = {"/a": redirect(target), "/b": redirect("/a")}
    run = Fetched(tmp_path, f"{site.url}/a")
    assert "over 5 redirects" in run.err
    assert len(site.paths) == 6


def rst(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


BOMB = gzip.compress(bytes(50_000_000))
CHUNKED = OK.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")


@pytest.mark.parametrize(
    ("reaction", "reason"),
    [
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000_000 + b"\r\n\r\n"), "damaged answer"),
        (endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"a" * 60_000 + b"\r\n"), "headers over 200,000 bytes"),
        (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "headers over 200,000 bytes"),
        (endless(OK, b"<p>words</p>" * 1_000), "over 10,000,000 bytes"),
        (endless(CHUNKED, b"0" * 10_000), "damaged answer"),
        (endless(CHUNKED, b"1;" + b"x" * 5_000 + b"\r\na\r\n"), "over 20,000,000 bytes"),
        (endless(OK, b"<", 0.05), "not complete in"),
        (endless(b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.05), "not complete in"),
        (lambda handler: handler.server.site.ended.wait(5), "no answer in"),
        (send(BOMB, Content_Encoding="gzip"), "over 10,000,000 bytes"),
        (send(gzip.compress(BOMB), Content_Encoding="gzip, gzip"), "over 10,000,000 bytes"),
        (send(b"no gzip", Content_Encoding="gzip"), "damaged answer"),
        (raw(OK.replace(b"\r\n\r\n", b"\r\nContent-Length: 100\r\n\r\n") + b"half"), "damaged answer"),
        (raw(b"SSH-2.0-x\r\n"), "damaged answer"),
        (rst, "cannot be reached|damaged answer"),
        (send(b"%PDF-1.7", "application/pdf"), "is application/pdf, not a page"),
        (send("<html></html>"), "no main text"),
        (send(b"\0\0\0\0"), "NUL"),
        (status(204), "HTTP 204"),
        (status(302), "HTTP 302"),
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


def test_charsets_and_addresses_of_any_script(site: Site, tmp_path: Path) -> None:
    text = page("Crédit à Dakar", 30).replace("Lamu", "Zürich")
    site.pages = {
        "/latin": send(text.replace("<head>", '<head><meta charset="iso-8859-1">').encode("latin-1"), "text/html"),
        "/broken": send(page("Broken", 31).encode() + b"<p>\xff\xfe\x81</p>"),
        "/%C3%BCber/%E6%96%B0?q=%C3%A9": send(page("Über", 32)),
    }
    feed = rss(f"{site.url}/über/新?q=é")
    site.pages["/feed"] = send(feed, XML)
    run = Fetched(tmp_path, f"{site.url}/latin", f"{site.url}/broken", f"{site.url}/feed", f"{site.url}/über/新?q=é")
    assert run.code == 0, run.err
    assert [line["title"] for line in run.lines] == ["Crédit à Dakar", "Broken", "Über"]
    assert "Zürich" in run.lines[0]["text"]


def test_robots_txt_is_read_once_and_respected(site: Site, tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: corridor\nDisallow: /private\nAllow: /private/press\n"
    site.pages = {"/robots.txt": send(rules, "text/plain"), "/moved": redirect("/private/b")}
    site.pages |= {path: send(page(path, 30)) for path in ("/a", "/private/b", "/private/press/c")}
    run = Fetched(tmp_path, *(f"{site.url}{path}" for path in list(site.pages)[1:]))
    assert site.requests[0].path == "/robots.txt"
    assert sorted(site.paths) == ["/a", "/moved", "/private/press/c"]
    assert len(site.requests) == 4
    assert (run.code, "2 refused" in run.err) == (1, True)
    assert f"refused: {site.url}/private/b: robots.txt does not allow it" in run.err


@pytest.mark.parametrize(
    ("reaction", "state"),
    [
        (status(404), "new"),
        (status(403), "new"),
        (send("<html>soft 404</html>"), "new"),
        (redirect("/rules"), "refused"),
        (status(500), "refused"),
        (status(503), "refused"),
        (status(429), "refused"),
        (redirect("file:///etc/passwd"), "refused"),
        (redirect("/robots.txt"), "failed"),
        (endless(OK + b"User-agent: *\nDisallow: /\n", b"#\n" * 1_000), "refused"),
        (raw(b"no http"), "failed"),
    ],
)
def test_what_a_robots_txt_that_is_missing_or_broken_means(
    site: Site, tmp_path: Path, reaction: Any, state: str
) -> None:
    site.pages = {"/robots.txt": reaction, "/rules": send("User-agent: *\nDisallow: /", "text/plain")}
    site.pages["/a"] = send(page("Loan", 30))
    run = Fetched(tmp_path, f"{site.url}/a")
    assert f"1 {state}" in run.err
    assert ("/a" in site.paths) == (state == "new")


def test_hosts_are_asked_in_turn_with_pauses(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    asked: list[tuple[str, float]] = []
    real = download.get

    def get(url: str, *arguments: Any) -> Any:
        asked.append((url, now[0]))
        return real(url, *arguments)

    monkeypatch.setattr("pipeline.fetch.visit.get", get)
    monkeypatch.setattr("pipeline.fetch.visit.time.monotonic", lambda: now[0])
    monkeypatch.setattr("pipeline.fetch.visit.time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr(download, "WHOLE", 1e6)
    other = site.url.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(socket, "getaddrinfo", numeric)
    site.pages = {f"/{number}": send(page(f"News {number}", number + 1)) for number in range(3)}
    site.pages["/robots.txt"] = send("User-agent: *\nCrawl-delay: 5", "text/plain")
    words = ["fetch", *(f"{host}/{number}" for host in (site.url, other) for number in range(3)), "-o", str(tmp_path)]
    assert CliRunner().invoke(app, words).exit_code == 0
    for host in (site.url, other):
        times = [moment for url, moment in asked if url.startswith(host)]
        assert [after - before for before, after in itertools.pairwise(times)] == [5.0] * 3
    pages = [url.startswith(other) for url, _ in asked if not url.endswith("robots.txt")]
    assert pages in ([False, True] * 3, [True, False] * 3)


@pytest.mark.parametrize("reaction", [status(429), status(503, Retry_After="60")])
def test_a_host_that_asks_for_fewer_requests_is_left_alone(site: Site, tmp_path: Path, reaction: Any) -> None:
    site.pages = {"/a": reaction, "/b": send(page("Loan", 30)), "/c": send(page("Loan", 30))}
    run = Fetched(tmp_path, *(f"{site.url}{path}" for path in site.pages))
    assert (run.code, site.paths) == (1, ["/a"])
    assert "asked for fewer requests" in run.err and "3 failed" in run.err


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_everything_so_far_is_kept_and_the_next_run_goes_on(
    site: Site, tmp_path: Path, number: int
) -> None:
    site.pages = {"/feed": send(rss(*(f"/{n}" for n in range(6))), XML)}
    site.pages |= {f"/{n}": send(page(f"News {n}", n + 1)) for n in range(6)}
    site.pages["/3"] = endless(OK, b"<", 0.05)
    command = [sys.executable, "-m", "pipeline", "fetch", f"{site.url}/feed", "-o", str(tmp_path), "--delay", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while "/3" not in site.paths and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert "the same command goes on" in told
    assert [line["title"] for line in rows(tmp_path)] == ["News 0", "News 1", "News 2"]
    site.pages["/3"] = send(page("News 3", 4))
    run = Fetched(tmp_path, f"{site.url}/feed")
    assert (run.code, "3 new, 3 unchanged" in run.err) == (0, True)
    assert [line["title"] for line in run.lines] == [f"News {n}" for n in range(6)]


class Killed(BaseException):
    """The end of the process, at a certain place."""


@pytest.mark.parametrize("written", [0, 1, 100, None])
def test_killed_while_a_line_is_written_it_is_completed_once(
    site: Site, tmp_path: Path, written: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages = {f"/{n}": send(page(f"News {n}", n + 1)) for n in range(2)}
    Fetched(tmp_path, f"{site.url}/0")
    path = tmp_path / "articles.jsonl"

    def torn(self: folder.Folder, line: bytes) -> None:
        with path.open("ab") as file:
            file.write(line[:written])
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(folder.Folder, "_append", torn)
        with pytest.raises(Killed):
            Fetched(tmp_path, f"{site.url}/1")
    run = Fetched(tmp_path, f"{site.url}/0", f"{site.url}/1")
    assert [line["title"] for line in run.lines] == ["News 0", "News 1"]
    assert "0 new, 2 unchanged" in run.err


def test_lines_of_a_user_are_left_alone(site: Site, tmp_path: Path) -> None:
    site.pages = {f"/{n}": send(page(f"News {n}", n + 1)) for n in range(2)}
    Fetched(tmp_path, f"{site.url}/0")
    with (tmp_path / "articles.jsonl").open("a") as file:
        file.write('{"title": "mine", "text": "x"}')
    assert [line["title"] for line in Fetched(tmp_path, f"{site.url}/1").lines] == ["News 0", "mine", "News 1"]
    (tmp_path / "articles.jsonl").unlink()
    assert "2 unchanged" in Fetched(tmp_path, f"{site.url}/0", f"{site.url}/1").err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "name a URL"),
        (["file:///etc/passwd"], "begins with file:"),
        (["example.org/feed"], "is no http address"),
        (["http://a:b@example.org/"], "user name"),
        (["http://127.0.0.1:1/", "--feeds", "nowhere.txt"], "nowhere.txt"),
        (["http://127.0.0.1:1/", "--user-agent", "a\r\nX: b"], "printable"),
        (["http://127.0.0.1:1/", "--limit", "0"], "--limit"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_written(tmp_path: Path, words: list[str], reason: str) -> None:
    result = CliRunner().invoke(app, ["fetch", *words, "-o", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert reason in result.stderr
    assert not (tmp_path / "out").exists()


def test_folders_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    other = tmp_path / "other"
    other.mkdir()
    (other / "seen.sqlite").write_bytes(b"no database at all" * 100)
    columns = tmp_path / "columns"
    columns.mkdir()
    with sqlite3.connect(columns / "seen.sqlite") as opened:
        opened.execute("CREATE TABLE seen (url TEXT)")
    busy = folder.Folder(tmp_path / "busy")
    with busy:
        for name, reason in (
            ("file", "file"),
            ("other", "seen.sqlite"),
            ("columns", "seen.sqlite"),
            ("busy", "another process"),
        ):
            result = CliRunner().invoke(app, ["fetch", "http://127.0.0.1:1/", "-o", str(tmp_path / name)])
            assert (result.exit_code, reason in result.stderr) == (2, True), result.stderr
    result = CliRunner().invoke(app, ["fetch", "http://127.0.0.1:1/", "-o", "s3://bucket/news"])
    assert (result.exit_code, "of this machine" in result.stderr) == (2, True)


def test_quiet_says_only_what_went_wrong(site: Site, tmp_path: Path) -> None:
    site.pages = {"/feed": send(rss("/a", "/b"), XML), "/a": send(page("Loan", 30))}
    run = Fetched(tmp_path, f"{site.url}/feed", "--quiet")
    assert run.err == f"corridor: failed: {site.url}/b: HTTP 404\n"
