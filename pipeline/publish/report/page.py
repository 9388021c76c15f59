"""The page as one HTML text: scripts, styles, libraries and data.

Nothing in an article can become markup or a script: data is base64, and the content security policy allows only the
scripts and styles of the page, by their digests, and loads nothing.
"""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

import yaml

from pipeline.errors import SetupError
from pipeline.publish.report.data import Data

WEB = Path(__file__).parent / "web"
VENDOR = WEB / "vendor"
STYLES = (
    "tokens", "frame", "controls", "facets", "table", "overview", "projects", "progress", "map", "text", "cards",
    "article", "print",
)  # fmt: skip
SCRIPTS = (
    "base", "source", "route", "words", "theme", "controls", "facets", "table", "csv", "charts", "network", "money",
    "confidence", "overview", "commitments", "articles", "marks", "track", "act", "acts", "progress", "projects",
    "world", "map", "news", "spans", "known", "text", "cards", "commitment_card", "panel", "article", "app",
)  # fmt: skip
LAST = "start"  # renders the page, after the scripts of other packages


def html(title: str, data: Data | None, scripts: Sequence[str] = (), styles: Sequence[str] = ()) -> str:
    """The whole page. Without data it asks its own server, through the `corridor.source` that `scripts` define."""
    code = [*vendored(), *(web(f"{name}.js") for name in SCRIPTS), *scripts, web(f"{LAST}.js")]
    style = "\n".join([*(web(f"{name}.css") for name in STYLES), *styles])
    return Template(web("page.html")).substitute(
        title=escape(title),
        policy=escape(policy(style, code, connect=data is None)),
        style=style,
        data="\n".join(
            f'<script type="application/gzip" data-name="{name}">{text}</script>'
            for name, text in (data.blocks() if data else ())
        ),
        scripts="\n".join(f"<script>{text}</script>" for text in code),
    )


def policy(style: str, code: Sequence[str], connect: bool) -> str:
    """The content security policy: these scripts and this style; no connection, or only to the page's own server."""
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(digest(text) for text in code) or "'none'",
        "style-src": digest(style),
        "img-src": "data:",
        "connect-src": "'self'" if connect else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "default",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def digest(text: str) -> str:
    """The form in which a policy names an inline script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def vendored() -> tuple[str, ...]:
    """The libraries, in the order of `vendor.yaml`."""
    return tuple(web(f"vendor/{row['file']}") for row in yaml.safe_load(web("vendor/vendor.yaml")))


@cache
def web(name: str, folder: Path = WEB) -> str:
    """A file of `web/`, or of another folder. Raises SetupError if it cannot be read."""
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{folder / name}: cannot be read ({error.strerror}); reinstall corridor") from error
