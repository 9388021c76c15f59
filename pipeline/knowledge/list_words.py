"""The words of names and titles, and how much each says: the logarithm of one by its share of all titles of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from math import log

from pipeline.knowledge.folder import Sum
from pipeline.knowledge.name_forms import setting, skeleton, spelled_alike, word_set, words
from pipeline.seeds import table
from pipeline.values.gazetteer.names import unaccented
from pipeline.values.gazetteer.places import country_of, demonym, place_country
from pipeline.values.gazetteer.sector_words import singular

_LEAST = 0.2  # worth of any word
_SOUND = 4  # letters from which words are compared by their consonants
_GENERAL = ("project_words", "general_project_words", "general_words", "common_words", "local_words")
_MORE_STOP_WORDS = frozenset({"by", "with", "from", "s", "its", "under", "into", "b", "r"})


@lru_cache(maxsize=200_000)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, each once, in one spelling and number, without stop words."""
    found = (singular(word if word.isascii() else unaccented(word)) for word in words(text))
    return tuple(dict.fromkeys(word for word in found if word not in _stop_words()))


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(map(str, setting("stop_words"))) | _MORE_STOP_WORDS


def names_in(text: str) -> frozenset[str]:
    """The words of a text that are written with a capital or a digit."""
    return frozenset(tokens(" ".join(word for word in text.split() if any(c.isupper() or c.isdigit() for c in word))))


@cache
def _kinds() -> dict[str, int]:
    """By word for what is built (road, hospital) the number of its group in `seeds/match.yaml`."""
    return {singular(word): number for number, some in enumerate(table("match.yaml")["kinds"]) for word in some}


def kinds(some: Iterable[str]) -> frozenset[int]:
    """The groups of the words for what is built."""
    return frozenset(_kinds()[word] for word in some if word in _kinds())


@cache
def _general() -> frozenset[str]:
    listed = frozenset().union(*map(word_set, _GENERAL)) | set(table("match.yaml")["title_words"])
    types = {str(word) for some in setting("project_types").values() for word in some}
    return frozenset(singular(word) for word in listed | types)


@lru_cache(maxsize=500_000)
def sound(word: str) -> str:
    """A key that the spellings of a word share; "" where it is short, a number or a general word."""
    if len(word) < _SOUND or not word.isalpha() or word in _general():
        return ""
    found = skeleton(word)
    return f"~{found}" if len(found) > 2 else ""


def found_in(word: str, others: frozenset[str]) -> bool:
    """Whether a word stands among others, in any spelling."""
    if word in others:
        return True
    key = sound(word)
    return bool(key) and any(spelled_alike((word,), (other,)) for other in _by_sound(others).get(key, ()))


@lru_cache(maxsize=20_000)
def _by_sound(some: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in some:
        if key := sound(word):
            found.setdefault(key, []).append(word)
    return found


@lru_cache(maxsize=200_000)
def _kind(word: str) -> str:
    """The kind of a word in `words` of `seeds/match.yaml`."""
    if word in _general() or word.isdigit():
        return "general"
    name = word.title()
    if country_of(name) or demonym(name):
        return "country"
    return "place" if place_country(name) else "other"


def is_place(word: str) -> bool:
    """Whether it names a country or a place."""
    return _kind(word) in ("country", "place")


def money(amount: Sum) -> str:
    """A key of an amount, which those have too that are equal to two digits; "" without a value or currency."""
    return f"{amount.currency} {amount.value:.1e}" if amount.value and amount.currency else ""


class Vocabulary:
    """What each word and amount says, by the titles and amounts of a list of activities."""

    def __init__(self, titles: Iterable[Iterable[str]], amounts: Iterable[Sum]) -> None:
        self._prior, self._any = table("match.yaml")["words"], float(table("match.yaml")["says"]["any"])
        self._size: int = self._prior["size"]
        self._amounts = Counter(filter(None, map(money, amounts)))
        self._titles: Counter[str] = Counter()
        for title in titles:
            self._titles.update(title)
            self._size += 1
        self._known: dict[str, float] = {}

    def says(self, word: str) -> float:
        """The natural logarithm of one by the share of titles with the word: 9 for one that hardly any has."""
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = -log((self._prior[_kind(word)] + self._titles[word]) / self._size)
        return found

    def amount_says(self, amount: Sum) -> float:
        """The same of an amount, by the share of those that are equal to two digits."""
        return -log((1 + self._amounts[money(amount)]) / self._size)

    def worth(self, some: Iterable[str]) -> float:
        """What words say together; of each without what any word of a title says."""
        return sum(max(self.says(word) - self._any, _LEAST) for word in some)
