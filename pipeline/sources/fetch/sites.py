"""What sites say to programs: feeds (RSS, Atom) and sitemaps, read for their links, and what a robots.txt allows.

Of a robots.txt (RFC 9309) the longest rule that matches decides; `*` and `$` have their meaning.
"""

import re
import zlib
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from lxml import etree

ROBOTS = 500_000  # bytes of a robots.txt that count
_DELAY = 60.0  # seconds of Crawl-delay that are kept to
_HEAD = 4_000  # bytes in which the root of a list stands
_ADDRESS = ("http://", "https://")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|rdf|feed|urlset|sitemapindex)[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class Links:
    """The links of a list in their order, those of a sitemap with the newest first.

    `of_lists`: they lead to further sitemaps, not to pages.
    """

    urls: list[str]
    of_lists: bool = False


def unpacked(data: bytes, limit: int) -> bytes:
    """The content of a file packed with gzip, at most `limit` bytes; other data as it is."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, limit)
    except zlib.error:
        return data


def links(data: bytes) -> Links | None:
    """The links of a feed or sitemap, also of one that is damaged or cut; None for anything else."""
    if not _ROOT.search(data[:_HEAD].replace(b"\0", b"")):  # of UTF-16
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    match "" if root is None else etree.QName(root).localname.lower():
        case "rss" | "rdf" | "feed":
            return Links([url for item in root.iter("{*}item", "{*}entry") if (url := _link(item))])
        case "urlset":
            return Links(_newest(root, "url"))
        case "sitemapindex":
            return Links(_newest(root, "sitemap"), of_lists=True)
    return None


def _link(item: etree._Element) -> str:
    """Where an item of a feed stands: its link, or its guid where that is an address; "" if neither is there."""
    own = [link for link in item.iterchildren("{*}link") if link.get("rel", "alternate") == "alternate"]
    guids = [_text(guid) for guid in item.iterchildren("{*}guid") if guid.get("isPermaLink") != "false"]
    urls = [link.get("href", "").strip() or _text(link) for link in own]
    return next((url for url in [*urls, *(guid for guid in guids if guid.startswith(_ADDRESS))] if url), "")


def _newest(root: etree._Element, name: str) -> list[str]:
    rows = [
        [next(map(_text, row.iterchildren(f"{{*}}{part}")), "") for part in ("lastmod", "loc")]
        for row in root.iterchildren(f"{{*}}{name}")
    ]
    return [url for _, url in sorted(rows, key=lambda row: row[0], reverse=True) if url]  # ISO dates; stable


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


class Robots:
    """The rules for one agent, by its name without version. Without a text everything is allowed.

    `delay`: the seconds that the file asks for between requests, at most 60.
    """

    def __init__(self, text: str = "", agent: str = "*") -> None:
        groups = _groups(text)
        lines = groups.get(agent.lower(), groups.get("*", []))
        self._rules = [(name == "allow", _plain(path)) for name, path in lines if name != "crawl-delay" and path]
        self.delay = max([0.0, *(_seconds(value) for name, value in lines if name == "crawl-delay")])

    def allows(self, url: str) -> bool:
        """Whether the agent may fetch a URL of this host."""
        parts = urlsplit(url)
        path = _plain(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        matching = [(len(rule), allowed) for allowed, rule in self._rules if _matches(rule, path)]
        return max(matching, default=(0, True))[1]


def _groups(text: str) -> dict[str, list[tuple[str, str]]]:
    """The rules of each agent, as pairs of name and value."""
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: list[str] = []
    begun = False  # whether the group has a rule already
    for line in text.removeprefix("\ufeff").splitlines():
        name, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        match name.lower():
            case "user-agent" if colon:
                agents, begun = ([] if begun else agents) + [value.partition("/")[0].strip().lower()], False
                groups.setdefault(agents[-1], [])
            case "allow" | "disallow" | "crawl-delay" as rule if colon:
                begun = True
                for agent in agents:
                    groups[agent].append((rule, value))
    return groups


def _plain(path: str) -> str:
    """The path with the same characters escaped, however it was written."""
    return quote(unquote_to_bytes(path), safe="/*$?=&:@!',;+()~")


def _matches(rule: str, path: str) -> bool:
    is_whole = rule.endswith("$")
    begin, *pieces = map(re.escape, rule.removesuffix("$").split("*"))
    end = (f".*{pieces.pop()}" if pieces else "") + r"\Z" if is_whole else ""
    middle = "".join(f"(?>.*?{piece})" for piece in pieces)  # atomic, so that it takes no time
    return bool(re.match(f"{begin}{middle}{end}", path, re.DOTALL))


def _seconds(value: str) -> float:
    try:
        return min(float(value), _DELAY) if float(value) > 0 else 0.0
    except ValueError:
        return 0.0
