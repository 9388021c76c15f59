"""Lasting ids: a readable part of what was known at first, and eight digits of the link that founded it.

Hard because an id must not hang on the order of files, nor ever change when more is known; the digits come from the
article and local id of the fullest mention of the batch in which it first stood, and stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count

from pipeline.record import digest

_LONGEST = 48  # letters of the readable part
_DIGITS = 8


def lasting_id(name: str, link: str, taken: Container[str]) -> str:
    """The id that `link` founds; with more digits where that one is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or "unnamed"
    digits = digest(link)
    tried = (f"{slug}-{digits[: _DIGITS + more]}" for more in count())
    return next(name for name in tried if name not in taken)
