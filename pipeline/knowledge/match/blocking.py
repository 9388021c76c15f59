"""The activities that are worth comparing with a subject: those that share words, an amount or a spelling with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.subjects import Subject
from pipeline.knowledge.match.terms import Vocabulary, money, sound, tokens

_IN_TITLE, _IN_TEXT, _SOUND, _AMOUNT, _QUOTED = 1.0, 0.4, 0.6, 4.0, 0.5  # what a shared key adds, by what its word says
_ELSEWHERE = 0.35  # what is left where the countries differ
_COMMON = 0.04  # share of activities; a word of more finds none by itself, unless there are few activities
_FEW = 2_000
_WORDS = 60  # of the sentences of a subject


class Index:
    """Activities by the words of their titles and descriptions, by consonants and by amounts."""

    def __init__(self, activities: Sequence[Activity]) -> None:
        self.titles = [frozenset(word for title in one.titles for word in tokens(title)) for one in activities]
        self.texts = [title.union(tokens(one.description)) for one, title in zip(activities, self.titles, strict=True)]
        self.vocabulary = Vocabulary(self.titles, (amount for one in activities for amount in one.amounts))
        found: defaultdict[str, list[int]] = defaultdict(list)
        countries: defaultdict[str, list[int]] = defaultdict(list)
        for number, (one, title, text) in enumerate(zip(activities, self.titles, self.texts, strict=True)):
            for word in text:
                found[word if word in title else f"d {word}"].append(number)
            for key in {*map(sound, title), *map(money, one.amounts)} - {""}:
                found[key].append(number)
            for code in one.countries or ("",):
                countries[code].append(number)
        self._by_key = {key: np.array(some, dtype=np.int32) for key, some in found.items()}
        self._countries = {code: np.array(some, dtype=np.int32) for code, some in countries.items()}
        self._points = np.zeros(len(activities), dtype=np.float32)
        self._most = max(_FEW, int(_COMMON * len(activities)))

    def candidates(self, subject: Subject, most: int) -> list[int]:
        """The numbers of up to `most` activities, those that share most first."""
        points = self._points
        points.fill(0)
        named = {word for name in subject.names for word in tokens(name)}
        quoted = [word for quote in subject.quotes for word in tokens(quote) if word not in named]
        for word in named:
            self._add(word, self.vocabulary.says(word))
        for word in dict.fromkeys(quoted[:_WORDS]):
            self._add(word, self.vocabulary.says(word) * _QUOTED)
        for key in dict.fromkeys(map(money, subject.amounts)):
            self._mark(key, _AMOUNT)
        if subject.countries:
            points *= self._inside(subject.countries)
        some = np.flatnonzero(points)
        if len(some) > most:
            some = some[np.argpartition(points[some], len(some) - most)[len(some) - most :]]
        return sorted(map(int, some), key=lambda one: (-float(points[one]), one))

    def _add(self, word: str, says: float) -> None:
        self._mark(word, says * _IN_TITLE)
        self._mark(f"d {word}", says * _IN_TEXT)
        if key := sound(word):
            self._mark(key, says * _SOUND)

    def _mark(self, key: str, value: float) -> None:
        some = self._by_key.get(key)
        if some is not None and len(some) <= self._most:
            self._points[some] += value

    def _inside(self, countries: Iterable[str]) -> NDArray[np.float32]:
        """By activity 1 where it may be in one of the countries, else less."""
        factors = np.full(len(self._points), _ELSEWHERE, dtype=np.float32)
        for code in ("", *countries):
            if code in self._countries:
                factors[self._countries[code]] = 1
        return factors
