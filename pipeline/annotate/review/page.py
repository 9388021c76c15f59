"""The page of a review: that of reports, with scripts of its own that fetch from the server and send decisions.

Hard because it shows anybody's text and may change gold: it is held to the same policy as a report, and may speak to
its own server only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.report.page import html, web

WEB = Path(__file__).parent / "web"
TITLE = "Corridor review"
STYLES = ("frame", "told", "queue", "editing", "forms", "chosen", "print")
SCRIPTS = (
    "server", "desk", "settled", "spoken", "tokens", "icons", "fields", "forms", "tools", "slots", "cards",
    "commitment", "sections", "chosen", "selecting", "focus", "keys", "help", "bars", "queue", "work", "review",
    "frame",
)  # fmt: skip


@cache
def page() -> str:
    """The page as HTML. Raises SetupError where a file of it is missing."""
    scripts = [web(f"{name}.js", WEB) for name in SCRIPTS]
    return html(TITLE, None, scripts, [web(f"{name}.css", WEB) for name in STYLES])
