"""The page of a review: that of reports, with scripts that load data from the server and send decisions.

Its Content-Security-Policy allows its own scripts and styles only, by their digests, and connections to its own server
only, so that words of an article could not run even if the page failed to escape them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from pipeline.publish.report.page import digest, html, web

WEB = Path(__file__).parent / "web"
TITLE = "Corridor review"
STYLES = ("frame", "notices", "queue", "editing", "decided", "forms", "chosen", "print")
SCRIPTS = (
    "server", "desk", "accepted", "descriptions", "tokens", "icons", "fields", "forms", "near", "picker", "naming",
    "tools", "slots", "cards", "focus", "decided", "verdict", "commitment", "sections", "chosen", "selecting", "follow",
    "keys", "help", "bars", "queue", "work", "review", "frame",
)  # fmt: skip
_FIXED = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src-attr 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@cache
def page() -> str:
    """The page as HTML. Raises SetupError if one of its files is missing."""
    scripts = [web(f"{name}.js", WEB) for name in SCRIPTS]
    return html(TITLE, None, scripts, [web(f"{name}.css", WEB) for name in STYLES])


class _Inline(HTMLParser):
    """Collects the scripts and styles in a page."""

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
    """The value of the Content-Security-Policy header for a page with inline scripts and styles."""
    inline = _Inline()
    inline.feed(page.replace("\r\n", "\n"))
    inline.close()
    return f"{_FIXED}; script-src {_digests(inline.found['script'])}; style-src-elem {_digests(inline.found['style'])}"


def _digests(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(map(digest, texts))) or "'none'"
