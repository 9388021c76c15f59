"""The CRS purpose (OECD DAC, five digits) of a project by its name; most names say too little and have none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipeline.seeds import table
from pipeline.values.gazetteer.sector_words import words

THRESHOLD = 0.5


def purpose(text: str, sectors: Iterable[str] = (), threshold: float = THRESHOLD) -> tuple[str, float] | None:
    """The purpose of a project by its name and description, with its probability; None below the threshold.

    `sectors`: the 3-digit categories of the project (`Sector.code`), the main one first, where they are known.
    `seeds/purposes.yaml` has the probabilities and what they were measured on.
    """
    found = Counter(_hits(words(text)))
    if not found:
        return None
    known, subject, order = tuple(sectors), _subject(text), list(found)
    code = min(order, key=lambda code: (not _agrees(code, known), -found[code], code != subject, order.index(code)))
    confidence = _confidence(found[code] / found.total(), known, code)
    return (code, confidence) if confidence >= threshold else None


def _subject(text: str) -> str | None:
    """The purpose of the last term before the place: "port expressway" is a road, "coal plant at a port" a plant."""
    return next(reversed(list(_hits(words(_PLACE.split(text, maxsplit=1)[0])))), None)


_PLACE = re.compile(r"\b(?:at|in|near|to|from|between|over|across|along)\b|[.;:]", re.IGNORECASE)


def _agrees(code: str, sectors: tuple[str, ...]) -> bool:
    return table("purposes.yaml")["purposes"][code]["sector"] in sectors


def _confidence(share: float, sectors: tuple[str, ...], code: str) -> float:
    """The measured probability by the share of all terms found, and by whether the sectors agree."""
    agreement = "unknown" if not sectors else "agree" if _agrees(code, sectors) else "differ"
    measured = table("purposes.yaml")["confidence"][agreement]
    return float(measured["alone" if share == 1 else "most" if share > 0.5 else "some"])


def _hits(found: list[str]) -> Iterator[str]:
    """The purposes of the terms in a text, in their order; of terms that overlap the first, then the longer."""
    terms, longest = _terms()
    at = 0
    while at < len(found):
        length = next((n for n in range(longest, 0, -1) if tuple(found[at : at + n]) in terms), 0)
        if length:
            yield terms[tuple(found[at : at + length])]
        at += length or 1


@lru_cache(maxsize=1)
def _terms() -> tuple[dict[tuple[str, ...], str], int]:
    """Each term as words -> its purpose, and the length of the longest."""
    purposes = table("purposes.yaml")["purposes"]
    found = {tuple(words(term)): code for code, row in purposes.items() for term in row["sure"]}
    return found, max(map(len, found))
