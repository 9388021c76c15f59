"""The Content-Security-Policy of a page: its own scripts and styles run, by their digests, and nothing else.

So words of an article could not run even where the page forgot to escape them.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html.parser import HTMLParser

_FIXED = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src-attr 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


class _Inline(HTMLParser):
    """Collects what stands in the scripts and styles of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[str, list[str]] = {"script": [], "style": []}

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.found:
            self.found[tag].append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in self.found:
            self.found[self.cdata_elem][-1] += data


def policy(page: str) -> str:
    """The header for a page whose scripts and styles stand inside it."""
    inline = _Inline()
    inline.feed(page.replace("\r\n", "\n"))
    inline.close()
    return f"{_FIXED}; script-src {_digests(inline.found['script'])}; style-src-elem {_digests(inline.found['style'])}"


def _digests(texts: Iterable[str]) -> str:
    found = dict.fromkeys(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)
    return " ".join(found) or "'none'"
