"""Mends the edges of a name: "Lot Two and" is Lot Two, "- long bridge from" long bridge; lists of offices are whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from pipeline.record import Label
from pipeline.stages.entities.features import Proposal
from pipeline.stages.entities.word_lists import words

_LIST = re.compile(r"(?:\s(?:for|of)\s[^,]*|\s?,.*|)\s?(?:and|&)\s.*", re.S)  # the rest of an office
Weighed = list[tuple[float, Proposal]]


def with_whole_lists(text: str, selected: Weighed, proposals: Sequence[Proposal]) -> Weighed:
    """Selected proposals in which an office has its whole list: "Country Manager for Kenya, Rwanda and Uganda"."""
    offices = [p for p in proposals if p.label == "ROLE" and "roles" in p.methods]
    found: Weighed = []
    for probability, own in selected:
        whole = next((p for p in offices if p.start < own.end < p.end and _LIST.fullmatch(text, own.end, p.end)), None)
        if whole and own.label == "ROLE":
            own = replace(own, end=whole.end)
        if not found or found[-1][1].end <= own.start:
            found.append((probability, own))
    return found


def trimmed(text: str, start: int, end: int, label: Label) -> tuple[int, int]:
    """Start and end without little words and marks at the end, or "of" and marks at the start, if a word remains."""
    found = _pattern().fullmatch(text, start, end) if label in words("edges", "labels") else None
    return found.span(1) if found else (start, end)


@cache
def _pattern() -> re.Pattern[str]:
    little = "|".join(map(re.escape, sorted(words("edges", "words"))))
    before, after = r"of\s+|[-\u2013\u2014,;:&)\s]", rf"\s+(?:{little})|\s*[-\u2013\u2014,;:&(]"
    return re.compile(rf"(?:{before})*(\S(?:.*?\S)??)(?:{after})*", re.I | re.S)
