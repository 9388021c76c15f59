"""Feeds and sitemaps are read for their links, robots.txt as RFC 9309 says."""

import gzip
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from sources.fetch.server import rss
from tables import table_of

from pipeline.sources.fetch.sites import Links, Robots, links, unpacked

LISTS = yaml.safe_load(Path(__file__).with_name("cases").joinpath("lists.yaml").read_text(encoding="utf-8"))
INDEX = "<sitemapindex><sitemap><loc>https://a/1.xml</loc></sitemap></sitemapindex>"


@pytest.mark.parametrize("case", LISTS.values(), ids=LISTS)
def test_links_of_what_a_site_sends(case: dict[str, Any]) -> None:
    kind = next((kind for kind in ("pages", "lists") if kind in case), None)
    assert links(case["text"].encode()) == (Links(case[kind], kind == "lists") if kind else None)


def test_a_list_in_another_charset() -> None:
    assert links(rss("https://a/1").replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")) == Links(["https://a/1"])


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


NO_RULES = ["", "<html>Not found</html>", "Disallow: /", "User-agent: corridor", "\0\0", ":\n:"]
ROBOTS: list[tuple[str, str, str, bool]] = [
    (TEXT, "corridor", "/", True),
    (TEXT, "Corridor", "/private/x", False),
    (TEXT, "corridor", "/private/press/1", True),
    (TEXT, "nobody", "/", False),
    ("User-agent: *\nDisallow: /a\nAllow: /a", "c", "/a", True),  # of rules of one length the kinder decides
    *((text, "corridor", "/b", True) for text in NO_RULES),
    *(
        (f"User-agent: *\nDisallow: {case['rule']}", "corridor", case["path"], case["allowed"] == "True")
        for case in table_of(__file__, "robots.csv")
    ),
]


@pytest.mark.parametrize(("text", "agent", "path", "allowed"), ROBOTS)
def test_what_a_robots_txt_allows(text: str, agent: str, path: str, allowed: bool) -> None:
    assert Robots(text, agent).allows(f"https://a{path}") is allowed


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
