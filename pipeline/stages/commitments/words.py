"""The tokens and sentences of a Doc as plain objects: what spaCy holds of the parse, read out once.

Needed because the rules ask the same tokens over and over, and spaCy makes a new string or Token at every asking.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.tokens import Doc

from pipeline.doc import strings_of, text_of

STRINGS = ["ORTH", "LOWER", "LEMMA", "POS", "DEP", "TAG"]  # in the order that Word takes them


class Word:
    """A token: index, offset in characters, spaCy's strings (the lemma in lower case), its place in the parse."""

    __slots__ = ("children", "dep", "head", "i", "idx", "lemma", "lower", "pos", "tag", "text")
    head: Word  # itself where it is a root
    children: tuple[Word, ...]  # in reading order

    def __init__(self, i: int, idx: int, text: str, lower: str, lemma: str, pos: str, dep: str, tag: str) -> None:
        self.i, self.idx, self.text, self.lower, self.lemma = i, idx, text, lower, lemma.lower()
        self.pos, self.dep, self.tag = pos, dep, tag
        self.children = ()

    @property
    def end(self) -> int:
        """The offset in characters at which it ends."""
        return self.idx + len(self.text)

    @property
    def ancestors(self) -> Iterator[Word]:
        """The words above it, nearest first."""
        word = self
        while word.head is not word:
            word = word.head
            yield word


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is not blank; `of`: how many words its Doc has."""

    words: Sequence[Word]
    text: str
    quoted: bool  # it holds quotation marks
    of: int


def words_of(doc: Doc) -> list[Word]:
    """The words of a Doc, by token index."""
    offsets, steps = doc.to_array(["IDX", "HEAD"]).astype(np.int64).T.tolist()
    words = list(map(Word, range(len(doc)), offsets, *strings_of(doc, STRINGS)))
    for word, step in zip(words, steps, strict=True):
        word.head = words[word.i + step]
        if step:
            word.head.children += (word,)
    return words


def sentences_of(doc: Doc, words: Sequence[Word]) -> list[Sentence]:
    """The sentences of a Doc in reading order; blank ones are none."""
    text, quotes, found = text_of(doc), doc.to_array("IS_QUOTE").tolist(), []
    for span in doc.sents:
        own = words[span.start : span.end]
        said = text[own[0].idx : own[-1].end]
        if said.strip():
            found.append(Sentence(own, said, any(quotes[span.start : span.end]), len(words)))
    return found
