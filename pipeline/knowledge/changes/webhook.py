"""Sends alerts to an address that a user names; nothing else of this part of Corridor sends anything."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pipeline.errors import SetupError
from pipeline.knowledge.changes import Change

SECONDS = 20.0  # for the server to answer


def require_address(url: str) -> None:
    """Raises SetupError where the address is none of the web, or holds a name or password."""
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
    except ValueError:
        wrong = True
    if wrong or not url.isascii() or any(char.isspace() for char in url):
        raise SetupError("--webhook: no address to send to; give one such as https://example.org/alerts")
    if parts.username or parts.password:
        raise SetupError("--webhook: an address with a name or password is not supported")


class _NoRedirect(HTTPRedirectHandler):
    """A redirection is a failure: it would be followed without the alerts."""

    def redirect_request(self, *_: Any) -> None:
        return None


def post(url: str, rows: Iterable[Change], seconds: float = SECONDS) -> str | None:
    """Sends `{"alerts": [...]}` as JSON. Returns why it failed, without the path of the address, which may be secret.

    None where the server answered with a status of 200 to 299.
    """
    body = json.dumps({"alerts": [row.model_dump(mode="json") for row in rows]}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "corridor"}
    try:
        request = Request(url, data=body, headers=headers, method="POST")
        with build_opener(_NoRedirect).open(request, timeout=seconds):
            return None
    except HTTPError as error:
        error.close()
        reason = f"it answered with status {error.code}"
    except URLError as error:
        reason = str(getattr(error.reason, "strerror", None) or error.reason)
    except TimeoutError:
        reason = f"no answer in {seconds:g} seconds"
    except (HTTPException, OSError) as error:
        reason = f"the connection broke ({type(error).__name__})"
    return f"the webhook at {urlsplit(url).hostname} did not take the alerts: {reason}"
