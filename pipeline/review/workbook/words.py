"""Words that someone typed, found in the text of an article: spaces, quotation marks and dashes may differ."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from pipeline.gold.importer import Offsets

_ALIKE = ("'\u2018\u2019\u02bc`\u00b4", '"\u201c\u201d\u201e\u00ab\u00bb', "-\u2010\u2011\u2012\u2013\u2014\u2212")
_NEAR = 55  # how alike (of 100) words must be to be offered
_LONGEST = 500  # characters of words that are sought among near ones


def places(text: str, words: str) -> list[Offsets]:
    """Where the words stand in the text, in its order; whole words, in any case."""
    pieces = words.split()
    if not pieces:
        return []
    form = r"\s+".join("".join(map(_sign, piece)) for piece in pieces)
    before = r"(?<!\w)" if pieces[0][0].isalnum() else ""
    after = r"(?!\w)" if pieces[-1][-1].isalnum() else ""
    return [match.span() for match in re.finditer(f"{before}{form}{after}", text, re.IGNORECASE)]


def nearest(text: str, words: str) -> str | None:
    """The words of the text that are most like these; None where none are."""
    found = fuzz.partial_ratio_alignment(words.lower(), text.lower(), score_cutoff=_NEAR) if words else None
    if found is None or len(words) > _LONGEST:
        return None
    start, end = found.dest_start, found.dest_end
    while start > 0 and text[start - 1].isalnum() and text[start : start + 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return " ".join(text[start:end].split()) or None


def _sign(sign: str) -> str:
    alike = next((group for group in _ALIKE if sign in group), None)
    return f"[{re.escape(alike)}]" if alike else re.escape(sign)
