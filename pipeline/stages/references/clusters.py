"""Groups items that share a form of their name; by an index, so in linear time.

A strong form (the key itself) always unites. A weak form (a part of the name) unites only where one cluster alone has
it.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence

from pipeline.stages.document.doc import Mention

May = Callable[[int, int], bool]


class Clusters:
    """Disjoint sets of positions in a list of mentions."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def top(self, item: int) -> int:
        """The first member of the set of `item`."""
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def unite(self, one: int, other: int) -> None:
        """Merges two sets."""
        low, high = sorted((self.top(one), self.top(other)))
        self._parent[high] = low

    def unite_shared(self, forms: Iterable[tuple[int, str]]) -> None:
        """Unites all items that share a form; empty forms are ignored."""
        first: dict[str, int] = {}
        for item, form in forms:
            if form:
                self.unite(item, first.setdefault(form, item))

    def unite_unique(self, short: Iterable[tuple[int, str]], long: Iterable[tuple[int, str]]) -> None:
        """Unites each item of `short` with the cluster of `long` that has its form, if there is only one."""
        offered: dict[str, set[int]] = {}
        for item, form in long:
            offered.setdefault(form, set()).add(self.top(item))
        for item, form in short:
            tops = {self.top(other) for other in offered.get(form, ())} - {self.top(item)}
            if len(tops) == 1:
                self.unite(item, tops.pop())

    def unite_shorter(self, names: Sequence[Hashable], words: Sequence[frozenset[str]], may: May) -> None:
        """Unites an item with the one cluster that has all of its words and more; items of most words first.

        `names`: of the items; those with equal names are united already.
        `may(short, long)`: whether one item's name may be short for another's.
        """
        distinct = {name: item for item, name in reversed([*enumerate(names)])}.values()
        with_word: dict[str, set[int]] = {}
        for item in distinct:
            for word in words[item]:
                with_word.setdefault(word, set()).add(item)
        for item in sorted(distinct, key=lambda item: (-len(words[item]), item)):
            longer = set.intersection(*(with_word[word] for word in words[item])) if words[item] else set[int]()
            tops = {self.top(other) for other in longer if words[item] < words[other] and may(item, other)}
            tops.discard(self.top(item))
            if len(tops) == 1:
                self.unite(item, tops.pop())

    def members(self) -> list[list[int]]:
        """The sets, ordered by their first member."""
        found: dict[int, list[int]] = {}
        for item in range(len(self._parent)):
            found.setdefault(self.top(item), []).append(item)
        return list(found.values())


def grouped(mentions: Sequence[Mention], unite: Callable[[Clusters], None]) -> list[list[Mention]]:
    """The mentions in reading order, grouped by `unite`."""
    clusters = Clusters(len(mentions))
    unite(clusters)
    return [[mentions[index] for index in members] for members in clusters.members()]
