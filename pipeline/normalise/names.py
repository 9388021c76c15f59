"""Names as they are compared: one key for all the ways a name is typed."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})


def key(name: str) -> str:
    """The comparison key of a name: NFKC, lower case, no leading article, no trailing 's, only letters, digits, $ and %.

    Source: the scoring guide. The empty string where nothing is left.
    """
    text = unicodedata.normalize("NFKC", name).lower().translate(_APOSTROPHES).strip()
    text = re.sub(r"^(?:the|a|an)\s+", "", text)
    text = re.sub(r"'s?$", "", text)
    return " ".join("".join(c if c.isalnum() or c in "$%" else " " for c in text).split())
