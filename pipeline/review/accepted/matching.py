"""The same commitment in two rows: of two records of an article, or of two reviewers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from pipeline.record import Quote
from pipeline.review.accepted.rows import Row
from pipeline.review.accepted.wording import FIELDS

ALIKE = 50  # of 100: how like two sentences must be, where the text has changed


class Stated(NamedTuple):
    """A row, and the digest of the text that states it."""

    sha256: str
    row: Row


def matches(known: Sequence[Stated], found: Sequence[Stated]) -> list[int | None]:
    """For each known row the index of the found row that is the same commitment; each is used once, the best first.

    In one text their triggers overlap, or their sentences do and the kind is the same. In two texts their sentences are
    alike, and the words of the trigger or the kind are the same.
    """
    scored = [
        (value, a, b) for a, one in enumerate(known) for b, other in enumerate(found) if (value := _score(one, other))
    ]
    paired: dict[int, int] = {}
    for _, a, b in sorted(scored, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if a not in paired and b not in paired.values():
            paired[a] = b
    return [paired.get(a) for a in range(len(known))]


def overlap(one: Quote, other: Quote) -> bool:
    return one.start < other.end and other.start < one.end


def _score(one: Stated, other: Stated) -> float:
    """0 where they are not the same; else more, the more is equal."""
    return (_in_one_text if one.sha256 == other.sha256 else _in_two_texts)(one.row, other.row)


def _in_one_text(one: Row, other: Row) -> float:
    trigger, kind = overlap(one.trigger, other.trigger), one.kind == other.kind
    near = any(overlap(a, b) for a in one.evidence for b in other.evidence)
    return 0 if not (trigger or (near and kind)) else 2 * trigger + kind + _equal(one, other)


def _in_two_texts(one: Row, other: Row) -> float:
    trigger = _plain(one.trigger.text) == _plain(other.trigger.text)
    kind = one.kind == other.kind
    if not (trigger or kind):
        return 0
    alike = max((fuzz.ratio(_plain(a.text), _plain(b.text)) for a in one.evidence for b in other.evidence), default=0)
    return 0 if alike < ALIKE else alike / 25 + trigger + kind + _equal(one, other)


def _equal(one: Row, other: Row) -> float:
    """The share of fields that are equal."""
    return sum(words(one) == words(other) for words in FIELDS.values()) / len(FIELDS)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def find(words: str, text: str) -> tuple[int, int] | None:
    """The first span of a text that has these words, whatever white space is between them; None if there is none."""
    found = re.search(r"\s+".join(map(re.escape, words.split())), text)
    return found.span() if found else None
