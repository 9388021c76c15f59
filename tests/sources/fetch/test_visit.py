"""`corridor fetch` follows feeds, sitemaps and redirects within bounds, keeps to robots.txt and pauses."""

import gzip
import itertools
import socket
from pathlib import Path
from typing import Any

import pytest
from loopback import Handler
from sources.fetch.server import (
    OK,
    XML,
    Fetched,
    Site,
    endless,
    numeric,
    page,
    redirect,
    rss,
    send,
    sent,
    status,
    with_etag,
)
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.sources.fetch import download


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
    monkeypatch.setattr("pipeline.sources.fetch.LIMIT", 20_000)
    monkeypatch.setattr("pipeline.sources.fetch.LISTS", 4)
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
        (sent(b"no http"), "failed"),
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

    monkeypatch.setattr("pipeline.sources.fetch.get", get)
    monkeypatch.setattr("pipeline.sources.fetch.time.monotonic", lambda: now[0])
    monkeypatch.setattr("pipeline.sources.fetch.time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
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
