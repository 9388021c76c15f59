"""Tells who only carried the news: bylines, photo credits and media.

Hard because a byline is a name like any other, and often nothing but where it stands tells.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.doc import Mention
from pipeline.gazetteer.dateline import agencies
from pipeline.seeds import table
from pipeline.stages.references.reading import Reading


def is_credit(reading: Reading, mention: Mention) -> bool:
    """Whether a mention is a medium, signs a dateline or stands in a line of credits."""
    signs = any(reading.text[start:end] == reading.words(mention) for start, end in agencies(reading.text))
    return signs or reading.key(mention) in _media() or _in_credits(reading, mention) or _is_byline(reading, mention)


@lru_cache(maxsize=1)
def _media() -> frozenset[str]:
    return frozenset(table("references.yaml")["media"])


def _in_credits(reading: Reading, mention: Mention) -> bool:
    line = reading.line(mention).lower()
    return any(word in line for word in table("references.yaml")["credit_words"])


def _is_byline(reading: Reading, mention: Mention) -> bool:
    """Whether a person without an office stands among nothing but names: "By A and B", "(Agency/A)"."""
    if mention.label != "PERSON":
        return False
    labels, beside = reading.around(mention.sentence)
    return "ROLE" not in labels and beside <= set(table("references.yaml")["byline_words"])
