"""Feeds (RSS, Atom) and sitemaps: known by their root, and read for their links."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

HEAD = 4_000  # bytes in which the root of a list stands
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
    if not _ROOT.search(data[:HEAD].replace(b"\0", b"")):  # of UTF-16
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    match etree.QName(root).localname.lower():
        case "rss" | "rdf" | "feed":
            return Links([url for item in root.iter("{*}item", "{*}entry") if (url := _link(item))])
        case "urlset":
            return Links(_newest(root, "url"))
        case "sitemapindex":
            return Links(_newest(root, "sitemap"), of_lists=True)
    return None


def _link(item: etree._Element) -> str | None:
    """Where an item of a feed stands: its link, or its guid where that is an address."""
    found = [*_links(item)]
    if not found:
        guids = (_text(guid) for guid in item.iterchildren("{*}guid") if guid.get("isPermaLink") != "false")
        found = [guid for guid in guids if guid.startswith(("http://", "https://"))]
    return found[0] if found else None


def _links(item: etree._Element) -> Iterator[str]:
    for link in item.iterchildren("{*}link"):
        url = link.get("href", "").strip() or _text(link)
        if url and link.get("rel", "alternate") == "alternate":
            yield url


def _newest(root: etree._Element, name: str) -> list[str]:
    rows = [(_child(row, "lastmod"), _child(row, "loc")) for row in root.iterchildren(f"{{*}}{name}")]
    return [url for _, url in sorted(rows, key=lambda row: row[0], reverse=True) if url]  # ISO dates; stable


def _child(row: etree._Element, name: str) -> str:
    return next((_text(child) for child in row.iterchildren(f"{{*}}{name}")), "")


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()
