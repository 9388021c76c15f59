"""Puts things together that share a form of their name: a union over an index, never pair by pair.

Hard to keep linear and safe at once: a strong form (the key itself) always unites, a weak one (a part of the name)
only where one cluster alone answers to it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from pipeline.article.doc import Mention

May = Callable[[int, int], bool]


class Clusters:
    """Disjoint sets of positions in a list of mentions."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def top(self, item: int) -> int:
        """The first member of the set that `item` is in."""
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def unite(self, one: int, other: int) -> None:
        """Makes two sets one."""
        low, high = sorted((self.top(one), self.top(other)))
        self._parent[high] = low

    def unite_shared(self, forms: Iterable[tuple[int, str]]) -> None:
        """Unites all items that share a form; empty forms are none."""
        first: dict[str, int] = {}
        for item, form in forms:
            if form:
                self.unite(item, first.setdefault(form, item))

    def unite_unique(self, short: Iterable[tuple[int, str]], long: Iterable[tuple[int, str]]) -> None:
        """Unites an item with the one cluster whose members offer its form; where two clusters do, nothing is done."""
        offered: dict[str, set[int]] = {}
        for item, form in long:
            offered.setdefault(form, set()).add(self.top(item))
        for item, form in short:
            tops = {self.top(other) for other in offered.get(form, ())} - {self.top(item)}
            if len(tops) == 1:
                self.unite(item, tops.pop())

    def unite_shorter(self, names: Sequence[Hashable], words: Sequence[frozenset[str]], may: May) -> None:
        """Unites an item with the one cluster that has all of its words and more, those of most words first.

        `names`: of the items, those with equal ones are together already; `may(short, long)`: whether an item may be
        another one's name for short.
        """
        distinct = {name: item for item, name in reversed([*enumerate(names)])}.values()
        having: dict[str, set[int]] = {}
        for item in distinct:
            for word in words[item]:
                having.setdefault(word, set()).add(item)
        for item in sorted(distinct, key=lambda item: (-len(words[item]), item)):
            longer = set.intersection(*(having[word] for word in words[item])) if words[item] else set[int]()
            tops = {self.top(other) for other in longer if words[item] < words[other] and may(item, other)}
            tops.discard(self.top(item))
            if len(tops) == 1:
                self.unite(item, tops.pop())

    def members(self) -> list[list[int]]:
        """The sets, by their first member."""
        found: dict[int, list[int]] = {}
        for item in range(len(self._parent)):
            found.setdefault(self.top(item), []).append(item)
        return list(found.values())


def grouped(mentions: Sequence[Mention], unite: Callable[[Clusters], None]) -> list[list[Mention]]:
    """The mentions, put together by `unite`, in reading order."""
    clusters = Clusters(len(mentions))
    unite(clusters)
    return [[mentions[index] for index in members] for members in clusters.members()]
