"""Groups the names of a person: full name, surname, first name, other spellings.

Families share surnames and spellings vary ("Mohammad", "Muhammad"). A name of one word goes to the one person that has
it, else to the one named last.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from difflib import SequenceMatcher

from pipeline.stages.document.doc import Mention
from pipeline.stages.document.view import ArticleView
from pipeline.values.gazetteer.leaders import name_words

_SAME_SPELLING = 0.85  # of difflib's ratio, between full names of as many words that begin alike


class People:
    """The persons of an article; names are added one by one."""

    def __init__(self) -> None:
        self.mentions: list[list[Mention]] = []
        self._names: list[list[list[str]]] = []  # the full names of each person, in words
        self._starts: list[list[int]] = []
        self._by_word: dict[str, list[int]] = {}

    def add_full(self, words: list[str], mention: Mention) -> None:
        """Adds a name of two words or more: to a known person, else to a new one."""
        candidates = sorted({n for word in (words[0], words[-1]) for n in self._by_word.get(word, [])})
        person = next((n for n in candidates if any(same_person(words, name) for name in self._names[n])), None)
        if person is None:
            person = self._new()
        self._put(person, words, mention)

    def add_lone(self, word: str, mention: Mention) -> None:
        """Adds a name of one word: to the person of that name, of several the one named last, else to a new one."""
        candidates = self._by_word.get(word, [])
        if candidates:
            self._add(max(candidates, key=lambda n: self._nearness(n, mention.start)), mention)
        else:
            self._put(self._new(), [word], mention)

    def _new(self) -> int:
        self.mentions.append([])
        self._names.append([])
        self._starts.append([])
        return len(self.mentions) - 1

    def _add(self, person: int, mention: Mention) -> None:
        self.mentions[person].append(mention)
        insort(self._starts[person], mention.start)

    def _put(self, person: int, words: list[str], mention: Mention) -> None:
        self._add(person, mention)
        if words not in self._names[person]:
            self._names[person].append(words)
            for word in set(words):
                people = self._by_word.setdefault(word, [])
                if person not in people:
                    people.append(person)

    def _nearness(self, person: int, offset: int) -> tuple[bool, int]:
        """A key, largest for the nearest; persons named before `offset` come first. Full names are added first."""
        starts = self._starts[person]
        at = bisect_left(starts, offset)
        return (True, starts[at - 1]) if at else (False, -starts[0])


def person_clusters(view: ArticleView, mentions: list[Mention]) -> list[list[Mention]]:
    """The PERSON mentions by person; full names are added first, then names of one word."""
    people = People()
    words = {id(mention): name_words(view.mentions.name(mention)) for mention in mentions}
    for mention in mentions:
        if len(words[id(mention)]) > 1:
            people.add_full(words[id(mention)], mention)
    for mention in mentions:
        if len(words[id(mention)]) == 1:
            people.add_lone(words[id(mention)][0], mention)
    return [sorted(found, key=lambda mention: mention.start) for found in people.mentions]


def same_person(one: list[str], other: list[str]) -> bool:
    """Whether two names may be one person's: one has all words of the other in order, or the spellings are close."""
    short, long = sorted((one, other), key=len)
    if len(short) > 1 and _in_order(short, long):
        return True
    joined = "".join(one), "".join(other)
    if joined[0] == joined[1]:
        return True
    alike = len(one) == len(other) and all(a[0] == b[0] for a, b in zip(one, other, strict=True))
    return alike and SequenceMatcher(None, *joined).ratio() >= _SAME_SPELLING


def _in_order(short: list[str], long: list[str]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)
