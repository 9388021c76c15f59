"""The words and sentences of a Doc as plain objects, read once: spaCy makes a new Token at every access."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import category

import numpy as np
from spacy.tokens import Doc

from pipeline.seeds import table
from pipeline.stages.document.doc import strings_of, text_of

SEEDS = "commitments.yaml"
STRINGS = ["ORTH", "LOWER", "LEMMA", "POS", "DEP", "TAG"]  # in the order that Word takes them


class Word:
    """A token: index, offset in characters, spaCy's strings (the lemma in lower case), its head and children."""

    __slots__ = ("children", "dep", "head", "i", "idx", "lemma", "lower", "phrasal", "pos", "tag", "text")
    head: Word  # itself where it is a root
    children: tuple[Word, ...]  # in reading order
    phrasal: bool  # a verb whose lemma is that of the verb that means the same as it and its particle

    def __init__(self, i: int, idx: int, text: str, lower: str, lemma: str, pos: str, dep: str, tag: str) -> None:
        self.i, self.idx, self.text, self.lower, self.lemma = i, idx, text, lower, lemma.lower()
        self.pos, self.dep, self.tag = pos, dep, tag
        self.children, self.phrasal = (), False

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

    @property
    def lefts(self) -> list[Word]:
        """Its children before it."""
        return [child for child in self.children if child.i < self.i]

    @property
    def rights(self) -> list[Word]:
        """Its children after it."""
        return [child for child in self.children if child.i > self.i]

    @property
    def left_edge(self) -> Word:
        """The first word of its subtree."""
        first, stack = self, [self]
        while stack:
            word = stack.pop()
            first = word if word.i < first.i else first
            stack += word.children
        return first


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is not blank; `of`: the number of words of its Doc."""

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
    _join_particles(words)
    return words


def _join_particles(words: Sequence[Word]) -> None:
    """Gives a verb with its particle, together or apart, the lemma of the verb that means the same."""
    same = table(SEEDS)["particles"]
    particles = {phrase.split()[1] for phrase in same}
    for word in words:
        if word.lower not in particles:
            continue
        verb = words[word.i - 1] if word.i and words[word.i - 1].pos == "VERB" else None
        together = verb is not None
        verb = verb or next((above for above in word.ancestors if above.pos == "VERB"), word)
        lemma = same.get(f"{verb.lemma} {word.lower}")
        apart = verb.i < word.i and all(child.dep != "pobj" for child in word.children)
        if lemma is None or not (together or apart):
            continue
        verb.lemma, verb.phrasal = lemma, True
        if together:  # the parser often joins it to what follows: "rolled over $4 billion"
            _move(word, verb, "prt")
            for child in word.children:
                _move(child, verb, "dobj" if child.dep == "pobj" else child.dep)


def _move(word: Word, head: Word, dep: str) -> None:
    word.head.children = tuple(child for child in word.head.children if child is not word)
    word.head, word.dep = head, dep
    head.children = tuple(sorted((*head.children, word), key=lambda child: child.i))


def sentences_of(doc: Doc, words: Sequence[Word]) -> list[Sentence]:
    """The sentences of a Doc in reading order, without blank ones."""
    text, quotes, found = text_of(doc), doc.to_array("IS_QUOTE").tolist(), []
    for span in doc.sents:
        own = words[span.start : span.end]
        content = text[own[0].idx : own[-1].end]
        if content.strip():
            found.append(Sentence(own, content, any(quotes[span.start : span.end]), len(words)))
    return found


def span_of(offsets: Sequence[int], start: int, end: int) -> slice:
    """The indices of the words that `start:end` touches; `offsets`: where each word begins, in characters."""
    return slice(max(0, bisect_right(offsets, start) - 1), max(1, bisect_right(offsets, end - 1)))


def root_of(words: Sequence[Word]) -> Word:
    """The head of a run of words, as spaCy's `Span.root`: of several the one nearest to the root."""
    if root := next((word for word in words if word.head is word), None):
        return root
    inside = range(words[0].i, words[-1].i + 1)
    tops = [word for word in words if word.head.i not in inside]
    return min(tops, key=_depth, default=words[0])


def _depth(word: Word) -> float:
    """The number of words above a word; infinite for a mark or space without children, so that it is chosen last."""
    is_mark = word.text.isspace() or all(category(letter).startswith("P") for letter in word.text)
    return math.inf if is_mark and not word.children else sum(1 for _ in word.ancestors)
