"""The mentions of an article, indexed by position."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import overload

from pipeline.stages.document.dateline import closes
from pipeline.stages.document.doc import Mention, SentenceIndex
from pipeline.values.gazetteer.acronyms import is_shorter_name
from pipeline.values.gazetteer.names import key

_PLACES = ("PLACE", "COUNTRY")
_MOST_PLACES = 3  # places of a dateline
_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile(r"(?:['\u2019\u00b4]s?)? ")


class MentionIndex(Sequence[Mention]):
    """Mentions in reading order. Offsets are characters of the article."""

    def __init__(self, text: str, mentions: Sequence[Mention], sentence_of: SentenceIndex) -> None:
        self._text, self._sentence_of = text, sentence_of
        self._all = sorted(mentions, key=lambda mention: mention.start)
        self._starts = [mention.start for mention in self._all]
        self._positions = {id(mention): position for position, mention in enumerate(self._all)}
        self._datelines = {id(place) for places in self._dateline_places() for place in places}
        self._around: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, at: int) -> Mention: ...
    @overload
    def __getitem__(self, at: slice) -> list[Mention]: ...
    def __getitem__(self, at: int | slice) -> Mention | list[Mention]:
        return self._all[at]

    def position(self, mention: Mention) -> int:
        """The position of a mention among all."""
        return self._positions[id(mention)]

    def labelled(self, *labels: str) -> list[Mention]:
        """The mentions with one of the labels."""
        return [mention for mention in self._all if mention.label in labels]

    def name(self, mention: Mention) -> str:
        """The text of a mention on one line."""
        return " ".join(self._text[mention.start : mention.end].split())

    def key(self, mention: Mention) -> str:
        """The comparison key of a mention."""
        return key(self._text[mention.start : mention.end])

    def gap(self, left: Mention, right: Mention) -> str:
        """The text between two mentions."""
        return self._text[left.end : right.start]

    def is_bracketed(self, left: Mention, right: Mention) -> bool:
        """Whether `right` is a short form of `left` in brackets straight after it: "X (Y)".

        Several words must be a shorter form of the name; one word may be any.
        """
        if self.gap(left, right).strip() != "(" or self._text[right.end : right.end + 1] != ")":
            return False
        short = self.name(right)
        return " " not in short or is_shorter_name(short, self.name(left))

    def covering(self, offset: int) -> Mention | None:
        """The mention that holds a character."""
        index = bisect_right(self._starts, offset) - 1
        return self._all[index] if index >= 0 and self._all[index].end > offset else None

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a mention touches `start:end`."""
        index = bisect_right(self._starts, end - 1) - 1
        return index >= 0 and self._all[index].end > start

    def inside(self, start: int, end: int) -> list[Mention]:
        """The mentions that start in `start:end`."""
        return self._all[bisect_right(self._starts, start - 1) : bisect_right(self._starts, end - 1)]

    def around(self, sentence: int) -> tuple[frozenset[str], frozenset[str]]:
        """The labels of the mentions of a sentence, and its other words in lower case."""
        if sentence not in self._around:
            start, end = self._sentence_of.spans[sentence]
            own = self.inside(start, end)
            edges = [start, *(edge for mention in own for edge in (mention.start, mention.end)), end]
            gaps = " ".join(self._text[a:b] for a, b in batched(edges, 2, strict=True))
            words = frozenset(_WORD.findall(gaps.lower()))
            self._around[sentence] = frozenset(mention.label for mention in own), words
        return self._around[sentence]

    def is_dateline(self, mention: Mention) -> bool:
        """Whether a place opens a line and a mark follows it: "KARACHI:", "ROME -"."""
        before = self._text[max(0, mention.start - 1) : mention.start]
        after = self._text[mention.end : mention.end + 3].lstrip()
        return mention.label == "PLACE" and before in ("", "\n") and after[:1] in (":", "-", "\u2013", "\u2014")

    def in_dateline(self, mention: Mention) -> bool:
        """Whether a place or a country only says where a story was written: "ROME, ITALY (3 May 2025) -"."""
        return id(mention) in self._datelines or self.is_dateline(mention)

    def _dateline_places(self) -> Iterator[list[Mention]]:
        """The places of every dateline; one that is a country alone needs a day."""
        for index, mention in enumerate(self._all):
            if mention.label in _PLACES and self._text[max(0, mention.start - 1) : mention.start] in ("", "\n"):
                places = [mention]
                for other in self._all[index + 1 : index + _MOST_PLACES]:
                    if other.label not in _PLACES or self.gap(places[-1], other) != ", ":
                        break
                    places.append(other)
                if closes(self._text, places[-1].end, dated=mention.label != "PLACE"):
                    yield places


def is_owned(gap: str) -> bool:
    """Whether the text between two names makes the first the owner: "Egypt's Central Bank", "Thai Airways"."""
    return bool(_POSSESSIVE.fullmatch(gap))
