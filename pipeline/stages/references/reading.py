"""Reads a staged Doc for this stage: the text and grammar of a mention, and what stands around it.

A mention may end inside a token and the parse of news is often wrong at headings, so every answer has a safe default.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import batched, islice

from spacy.tokens import Doc, Token

from pipeline.doc import Mention, SentenceIndex, strings_of, text_of, tokens_of
from pipeline.gazetteer.dateline import closes
from pipeline.gazetteer.names import key

_PLACES = ("PLACE", "COUNTRY")
_MOST_PLACES = 3  # places of a dateline
_MOST = 12  # tokens of a coordination that are looked at: keeps the stage linear
_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile(r"(?:['\u2019\u00b4]s?)? ")


class Reading:
    """A Doc with its mentions indexed by where they stand."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text = text_of(doc)
        self.mentions: list[Mention] = sorted(doc._.mentions, key=lambda mention: mention.start)
        self._starts = [mention.start for mention in self.mentions]
        self._positions = {id(mention): position for position, mention in enumerate(self.mentions)}
        [self.lower] = strings_of(doc, ["LOWER"])
        self.sentence_of = SentenceIndex(doc)
        self._datelines = {id(place) for places in self._dateline_places() for place in places}
        self._around: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def index(self, mention: Mention) -> int:
        """The position of a mention among all."""
        return self._positions[id(mention)]

    def labelled(self, *labels: str) -> list[Mention]:
        """The mentions with one of the labels, in reading order."""
        return [mention for mention in self.mentions if mention.label in labels]

    def words(self, mention: Mention) -> str:
        """The text of a mention on one line."""
        return " ".join(self.text[mention.start : mention.end].split())

    def key(self, mention: Mention) -> str:
        """The comparison key of a mention."""
        return key(self.text[mention.start : mention.end])

    def tokens(self, words: Iterable[str]) -> Iterator[Token]:
        """The tokens that are one of some lower-case words and stand outside of all mentions."""
        wanted = frozenset(words)
        for index, word in enumerate(self.lower):
            if word in wanted and not self.covering((token := self.doc[index]).idx):
                yield token

    def root(self, mention: Mention) -> Token:
        """The token that carries a mention in the parse."""
        return tokens_of(self.doc, mention.start, mention.end).root

    def is_dateline(self, mention: Mention) -> bool:
        """ "KARACHI:", "ROME -": a place at the start of a line, before a mark."""
        before = self.text[max(0, mention.start - 1) : mention.start]
        after = self.text[mention.end : mention.end + 3].lstrip()
        return mention.label == "PLACE" and before in ("", "\n") and after[:1] in (":", "-", "\u2013", "\u2014")

    def in_dateline(self, mention: Mention) -> bool:
        """Whether a place or a country only tells where a story was written: "ROME, ITALY (3 May 2025) -"."""
        return id(mention) in self._datelines or self.is_dateline(mention)

    def _dateline_places(self) -> Iterator[list[Mention]]:
        """The places of every dateline; one that is a country alone has to tell a day."""
        for index, mention in enumerate(self.mentions):
            if mention.label in _PLACES and self.text[max(0, mention.start - 1) : mention.start] in ("", "\n"):
                places = [mention]
                for other in self.mentions[index + 1 : index + _MOST_PLACES]:
                    if other.label not in _PLACES or self.gap(places[-1], other) != ", ":
                        break
                    places.append(other)
                if closes(self.text, places[-1].end, dated=mention.label != "PLACE"):
                    yield places

    def gap(self, left: Mention, right: Mention) -> str:
        """The text between two mentions."""
        return self.text[left.end : right.start]

    def line(self, mention: Mention) -> str:
        """The sentence that a mention stands in."""
        start, end = self.sentence_of.spans[mention.sentence]
        return self.text[start:end]

    def around(self, sentence: int) -> tuple[frozenset[str], frozenset[str]]:
        """The labels of the mentions of a sentence, and its words outside of them in lower case."""
        if sentence not in self._around:
            start, end = self.sentence_of.spans[sentence]
            own = self.inside(start, end)
            edges = [start, *(edge for mention in own for edge in (mention.start, mention.end)), end]
            gaps = " ".join(self.text[a:b] for a, b in batched(edges, 2, strict=True))
            words = frozenset(_WORD.findall(gaps.lower()))
            self._around[sentence] = frozenset(mention.label for mention in own), words
        return self._around[sentence]

    def covering(self, offset: int) -> Mention | None:
        """The mention that holds a character."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and self.mentions[index].end > offset:
            return self.mentions[index]
        return None

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a mention touches `start:end`."""
        index = bisect_right(self._starts, end - 1) - 1
        return index >= 0 and self.mentions[index].end > start

    def inside(self, start: int, end: int) -> list[Mention]:
        """The mentions that start in `start:end`."""
        first = bisect_right(self._starts, start - 1)
        last = bisect_right(self._starts, end - 1)
        return self.mentions[first:last]


def function(token: Token) -> str:
    """The function of a token, seen through coordination; of an object with its preposition: `pobj:in`."""
    while token.dep_ in ("conj", "appos") and token.head is not token:
        token = token.head
    return f"pobj:{token.head.lower_}" if token.dep_ == "pobj" else token.dep_


def is_owned(gap: str) -> bool:
    """Whether a gap makes the name before it the owner: "Egypt's Central Bank", "Thai Airways"."""
    return bool(_POSSESSIVE.fullmatch(gap))


def is_subject(token: Token) -> bool:
    """Whether a token is, alone or in coordination, the subject of a verb."""
    return function(token) in ("nsubj", "nsubjpass", "pobj:by") and not token.is_space


def acts_at(reading: Reading, place: Mention) -> bool:
    """Whether a place does something, alone, first of several or by a passive; a dateline is often parsed as if so."""
    token = reading.root(place)
    verb = token.head.head if token.dep_ == "pobj" and token.head.dep_ == "agent" else token.head
    return is_subject(token) and verb.pos_ in ("VERB", "AUX") and not reading.in_dateline(place)


def coordination(token: Token) -> list[Token]:
    """The tokens that a token is coordinated with and itself, the one that the others hang on first, a bounded number.

    They hang on each other: "Oslo" on the verb, "Rome" on "Oslo", "Cairo" on "Rome".
    """
    first = token
    for _ in range(_MOST):
        first = first.head if first.dep_ == "conj" else first
    found = [first]
    for one in found:
        found += islice((child for child in one.rights if child.dep_ == "conj"), max(0, _MOST - len(found)))
    return found
