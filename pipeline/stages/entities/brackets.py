"""Repairs names that begin or end inside of brackets.

"Ministry of Energy (Power Division" gets its closing bracket, "Bus Rapid Transit" and "BRT) Peshawar" become one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.stages.document.doc import Mention
from pipeline.values.gazetteer.names import is_acronym

_OPENED = re.compile(r"\s*\(")  # between a name before a bracket and one that begins in it
_CLOSED = re.compile(r"[^()]*\)")
_OPEN = re.compile(r"(.*\S)\s*\(([^()]*)", re.S)


def mended(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions in reading order, each with both brackets of a pair or with none."""
    found: list[Mention] = []
    for mention in mentions:
        before = found[-1] if found else None
        if before and _is_rest(text, before, mention):
            found[-1] = replace(before, end=mention.end, confidence=min(before.confidence, mention.confidence))
        else:
            found += _whole(text, mention)
    return found


def _is_rest(text: str, before: Mention, mention: Mention) -> bool:
    """Whether a mention begins in brackets after another one and goes on after them: "X (Y) Z"."""
    alike = (before.label, before.sentence) == (mention.label, mention.sentence)
    goes_on = _CLOSED.match(text, mention.start, mention.end - 1)
    return alike and goes_on is not None and _OPENED.fullmatch(text, before.end, mention.start) is not None


def _whole(text: str, mention: Mention) -> Iterator[Mention]:
    """The mention with its closing bracket; a short form in brackets becomes a mention of its own."""
    opened = _OPEN.fullmatch(text, mention.start, mention.end)
    if opened is None or text[mention.end : mention.end + 1] != ")":
        yield mention
    elif is_acronym(opened[2].upper(), opened[1]):
        yield replace(mention, end=opened.end(1))
        yield replace(mention, start=opened.start(2))
    else:
        yield replace(mention, end=mention.end + 1)
