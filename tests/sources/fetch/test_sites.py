"""Feeds and sitemaps are read for their links, robots.txt as RFC 9309 says."""

import gzip
import time

import pytest
from sources.fetch.server import page, rss
from tables import Row, table_of

from pipeline.sources.fetch.sites import Links, Robots, links, unpacked

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://a/feed"/><entry>
<link rel="enclosure" href="https://a/1.mp3"/><link href="https://a/1?x=1&amp;y=2"/></entry>
<entry><link rel="alternate" type="text/html" href="/2"/></entry><entry><title>no link</title></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><link>https://a/</link></channel><item><link>https://a/1</link></item></rdf:RDF>"""
GUID = """<rss><channel><item><guid>https://a/1</guid></item><item><guid isPermaLink="false">https://a/2</guid></item>
<item><guid>tag:3</guid></item></channel></rss>"""
URLS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://i">
<url><loc>https://a/old</loc><lastmod>2020-01-01</lastmod><image:image><image:loc>https://a/p.png</image:loc></image:image></url>
<url><loc> https://a/new
</loc><lastmod>2026-11-03T10:00:00+00:00</lastmod></url><url><loc>https://a/undated</loc></url></urlset>"""
INDEX = "<sitemapindex><sitemap><loc>https://a/1.xml</loc></sitemap></sitemapindex>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rss("https://a/1", "https://a/2?x&amp;y"), Links(["https://a/1", "https://a/2?x&y"])),
        (rss("<![CDATA[https://a/1]]>"), Links(["https://a/1"])),
        (ATOM, Links(["https://a/1?x=1&y=2", "/2"])),
        (RDF, Links(["https://a/1"])),
        (GUID, Links(["https://a/1"])),
        (URLS, Links(["https://a/new", "https://a/old", "https://a/undated"])),
        (INDEX, Links(["https://a/1.xml"], of_lists=True)),
        ("<!-- made by x -->\n" + INDEX, Links(["https://a/1.xml"], of_lists=True)),
        (rss("https://a/1", "https://a/2")[:-30], Links(["https://a/1", "https://a/2"])),
        (rss("https://a/1").replace("x</title>", "x &nbsp; & y</title>"), Links(["https://a/1"])),
        (rss(), Links([])),
    ],
)
def test_links_of_a_list(text: str, found: Links) -> None:
    assert links(text.encode()) == found


def test_a_list_in_another_charset() -> None:
    assert links(rss("https://a/1").replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")) == Links(["https://a/1"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        page("Loans", 1),
        page("Loans", 1, "<!-- <rss > -->"),
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>x</body></html>',
        '<?xml version="1.0"?><other/>',
        "just text <rss",
    ],
)
def test_anything_else_is_no_list(text: str) -> None:
    assert links(text.encode()) is None


def test_entities_are_not_opened_and_bombs_end() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    started = time.monotonic()
    assert links(f"{bomb}]><rss><channel><item><link>&j;</link></item></channel></rss>".encode()) in (None, Links([]))
    local = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    assert links(f"{local}<rss><channel><item><link>&a;</link></item></channel></rss>".encode()) == Links([])
    assert links(b"<rss>" * 100_000) in (None, Links([]))
    assert time.monotonic() - started < 2


def test_packed_lists_are_unpacked_within_bounds() -> None:
    assert unpacked(gzip.compress(INDEX.encode()), 1_000) == INDEX.encode()
    assert len(unpacked(gzip.compress(bytes(10_000_000)), 1_000)) == 1_000
    assert unpacked(b"\x1f\x8bno", 1_000) == b"\x1f\x8bno"
    assert unpacked(b"<rss>", 1) == b"<rss>"


TEXT = """
User-agent: other
User-agent: corridor/2.0
Disallow: /private # not there
Allow: /private/press
Crawl-delay: 7
Sitemap: https://a/sitemap.xml

user-agent: *
Disallow: /
"""


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("corridor", "/", True),
        ("Corridor", "/private/x", False),
        ("corridor", "/private/press/1", True),
        ("nobody", "/", False),
    ],
)
def test_the_group_of_the_agent_decides(agent: str, path: str, allowed: bool) -> None:
    assert Robots(TEXT, agent).allows(f"https://a{path}") is allowed


@pytest.mark.parametrize("case", table_of(__file__, "robots.csv"), ids=str)
def test_wildcards_ends_and_escapes(case: Row) -> None:
    rules = Robots(f"User-agent: *\nDisallow: {case['rule']}", "corridor")
    assert rules.allows(f"https://a{case['path']}") is (case["allowed"] == "True")


def test_of_rules_of_one_length_the_kinder_decides() -> None:
    assert Robots("User-agent: *\nDisallow: /a\nAllow: /a", "c").allows("https://a/a")


@pytest.mark.parametrize("text", ["", "<html>Not found</html>", "Disallow: /", "User-agent: corridor", "\0\0", ":\n:"])
def test_without_rules_all_is_allowed(text: str) -> None:
    assert Robots(text, "corridor").allows("https://a/b")


@pytest.mark.parametrize(
    ("value", "delay"), [("7", 7), ("0.5", 0.5), ("86400", 60), ("inf", 60), ("-1", 0), ("x", 0), ("nan", 0)]
)
def test_the_delay_is_bounded(value: str, delay: float) -> None:
    assert Robots(f"User-agent: *\nCrawl-delay: {value}", "corridor").delay == delay


def test_a_hostile_rule_takes_no_time() -> None:
    started = time.monotonic()
    rules = Robots("User-agent: *\nDisallow: /" + "*a" * 2_000 + "*b$", "corridor")
    assert rules.allows("https://a/" + "a" * 4_000)
    assert time.monotonic() - started < 1
