"""robots.txt as RFC 9309 says."""

import time

import pytest

from pipeline.sources.fetch.sites import Robots

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


@pytest.mark.parametrize(
    ("rule", "path", "allowed"),
    [
        ("/a", "/ab", False),
        ("/a$", "/ab", True),
        ("/a$", "/a", False),
        ("/*.pdf$", "/x/y.pdf", False),
        ("/*.pdf$", "/x/y.pdf?a", True),
        ("/*?print=", "/a?x&print=1", True),
        ("/*?*print=", "/a?x&print=1", False),
        ("*/b*", "/a/b/c", False),
        ("/a*a$", "/a", True),
        ("/ü", "/%C3%BC/x", False),
        ("/%7Ejoe", "/~joe/", False),
        ("", "/a", True),
    ],
)
def test_wildcards_ends_and_escapes(rule: str, path: str, allowed: bool) -> None:
    assert Robots(f"User-agent: *\nDisallow: {rule}", "corridor").allows(f"https://a{path}") is allowed


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
