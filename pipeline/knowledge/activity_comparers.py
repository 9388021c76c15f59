"""Against lists: the table of comparers for an activity of AidData or IATI and a project or commitment of the news.

A reason is named as its log odds in `seeds/match.yaml`. What a word says: the logarithm of one by its share of titles.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby, product
from math import log

from rapidfuzz import fuzz

from pipeline.knowledge.activities import Activity, Subject
from pipeline.knowledge.comparers import EXACT, nearest, overlap, when
from pipeline.knowledge.folder import Sum
from pipeline.knowledge.linker import Comparer
from pipeline.knowledge.names import (
    Form,
    OrganisationForm,
    country_in,
    is_description,
    organisation_form,
    project_form,
    setting,
    skeleton,
    spelled_alike,
    word_set,
    words,
)
from pipeline.seeds import table
from pipeline.values.codes import singular
from pipeline.values.gazetteer.names import key, unaccented
from pipeline.values.gazetteer.places import country_of, demonym, place_country

Words = frozenset[str]
_BEST = ("listed", "same_name", "same_words", "type_once", "alias_given", "acronym_given", "spelled_alike")
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMBERS = {
    word: str(number)
    for some in (_ORDINALS, ("i", "ii", "iii", "iv", "v", "vi"), ("one", "two", "three"))
    for number, word in enumerate(some, 1)
}
_NUMBERED = re.compile(
    r"\b(?:phase|stage|project|programme|program|line|lot|unit|tranche|section|part)\s+(\w+)\b|\((\d{1,2})\)|\b(i{2,3}|iv)\b"
    rf"|\b({'|'.join(_ORDINALS)})\b",
    re.IGNORECASE,
)
_KIND_OF_BODY = re.compile(
    r",\s*(?:[A-Z][\w-]*\s)+(?:Agency|Company|Sector|Institution|Bank|Organization|Enterprise)$"
)  # AidData's

_LEAST = 0.2  # worth of any word
_LONGEST_ACTIVITY = 12  # years
_SOUND = 4  # letters from which words are compared by their consonants
_GENERAL = ("project_words", "general_project_words", "general_words", "common_words", "local_words")
_MORE_STOP_WORDS = frozenset({"by", "with", "from", "s", "its", "under", "into", "b", "r"})


@lru_cache(maxsize=200_000)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, each once, in one spelling and number, without stop words."""
    found = (singular(word if word.isascii() else unaccented(word)) for word in words(text))
    return tuple(
        dict.fromkeys(word for word in found if word not in _MORE_STOP_WORDS and word not in setting("stop_words"))
    )


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
    ordered = sorted(some, key=sound)
    return {key: list(words) for key, words in groupby(ordered, key=sound)}


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
    """What each word and amount says, by the titles and amounts of a list of activities.

    `titles`: the words of the titles of each activity.
    """

    def __init__(self, activities: Sequence[Activity]) -> None:
        self.titles = [frozenset(word for name in one.names for word in tokens(name)) for one in activities]
        self._prior, self._any = table("match.yaml")["words"], float(table("match.yaml")["says"]["any"])
        self._size: int = self._prior["size"] + len(activities)
        self._in_titles = Counter(word for title in self.titles for word in title)
        self._amounts = Counter(filter(None, (money(amount) for one in activities for amount in one.amounts)))
        self._by_year = Counter(key for one in activities for key in _amounts_by_year(one))
        self._known: dict[str, float] = {}

    def says(self, word: str) -> float:
        """The natural logarithm of one by the share of titles with the word: 9 for one that hardly any has."""
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = -log((self._prior[_kind(word)] + self._in_titles[word]) / self._size)
        return found

    def amount_says(self, amount: Sum) -> float:
        """The same of an amount, by the share of those that are equal to two digits."""
        return -log((1 + self._amounts[money(amount)]) / self._size)

    def worth(self, some: Iterable[str]) -> float:
        """What words say together; of each without what any word of a title says."""
        return sum(max(self.says(word) - self._any, _LEAST) for word in some)

    def has_once(self, one: Subject, activity: Activity, amounts: Iterable[Sum]) -> bool:
        """Whether no other activity of a country has one of the amounts in the years of the subject."""
        if not one.years or not activity.years:
            return False
        first, last = one.years[0] - 1, min(one.years[1] + 1, one.years[0] + _LONGEST_ACTIVITY)
        if first > activity.years[1] or last < activity.years[0]:
            return False
        keys = product(activity.countries, map(money, amounts), range(first, last + 1))
        return max((self._by_year[key] for key in keys), default=0) <= 1


def _amounts_by_year(activity: Activity) -> Iterable[tuple[str, str, int]]:
    """The amounts of an activity with its countries and years, each once."""
    first, last = activity.years or (0, -1)
    years = range(first, min(last, first + _LONGEST_ACTIVITY) + 1)
    return product(activity.countries, set(map(money, activity.amounts)) - {""}, years)


@dataclass(frozen=True, slots=True)
class Listed:
    """An activity of a list; the words of its titles, and those with its description; what words of the list say."""

    activity: Activity
    title: Words
    text: Words
    vocabulary: Vocabulary


def _names(one: Subject, other: Listed) -> Iterator[str]:
    """By the name that fits best."""
    if not one.names:
        return
    seeds, activity = table("match.yaml"), other.activity
    share, worth, wider, name = max(_fit(name, other) for name in one.names)
    if is_description(name):
        yield "description_only"
    yield from (f"name_{level}" for level in _first(share, seeds["shares"], "whole", "most", "part"))
    if wider - share >= seeds["shares"]["description"]:
        yield "in_description"
    yield from (f"{level}_words" for level in _first(worth, seeds["says"], "rare", "some"))
    yield from _missing(name, other)
    mine, theirs = _numbers(name), _numbers(activity.name)
    if mine and theirs and not mine & theirs:
        yield "other_number"
    if not mine and theirs - {"1"}:
        yield "number_once"
    if any(word in activity.name.casefold() for word in seeds["additions"]["title"]):  # more money for what had some
        said = " ".join((*one.names, *one.quotes)).casefold().split()
        yield "addition" if set(seeds["additions"]["said"]).intersection(said) else "addition_once"
    yield from _same_name(one, activity)
    if max(_alike(name, title) for title in activity.names) >= seeds["alike"]:
        yield "alike_title"


def _fit(name: str, other: Listed) -> tuple[float, float, float, str]:
    """Of what a name says, how much the title says too, as a share and in sum; the share of the whole text."""
    own, worth = tokens(name), other.vocabulary.worth
    whole = worth(own) or 1.0
    inside = worth(word for word in own if found_in(word, other.title))
    wider = worth(word for word in own if found_in(word, other.text))
    return round(inside / whole, 3), inside, wider / whole, name


def _first(value: float, limits: dict[str, float], *levels: str) -> list[str]:
    """The first level whose limit a value reaches."""
    return [level for level in levels if value >= limits[level]][:1]


def _missing(name: str, other: Listed) -> Iterator[str]:
    """What the name says and the activity does not."""
    own, rare = tokens(name), table("match.yaml")["says"]["missing"]
    lost = {word for word in own if other.vocabulary.says(word) >= rare and not found_in(word, other.text)}
    if any(map(is_place, lost)):
        yield "missing_place"
    if others := {word for word in lost if not is_place(word)}:
        written = " ".join(word for word in name.split() if any(c.isupper() or c.isdigit() for c in word))
        yield "missing_name" if others & set(tokens(written)) else "missing_noun"
    mine = kinds(own)
    if mine and not mine & kinds(other.text) and kinds(other.title):
        yield "missing_kind"


@lru_cache(maxsize=200_000)
def _numbers(name: str) -> Words:
    """The phases or units that a name numbers: {"2"} of "Phase II"; none where it numbers nothing."""
    found = (next(filter(None, one)).lower() for one in _NUMBERED.findall(name))
    return frozenset(plain for one in found if (plain := _NUMBERS.get(one, one)).isdigit())


def _same_name(one: Subject, activity: Activity) -> list[str]:
    """The best reason why a name and a title are one project's, as `corridor resolve` compares them."""
    found = {
        reason
        for name in one.names
        for title in activity.names
        for reason in _project(name, one.countries).compare(_project(title, activity.countries)) or ()
    }
    return [reason for reason in _BEST if reason in found][:1]


@lru_cache(maxsize=200_000)
def _project(name: str, countries: frozenset[str]) -> Form:
    return project_form(name, (), countries)


@lru_cache(maxsize=200_000)
def _alike(name: str, title: str) -> float:
    """How alike the words of both are, in any order, 0 to 100."""
    return float(fuzz.token_sort_ratio(key(name), key(title)))


def _quotes(one: Subject, other: Listed) -> Iterator[str]:
    """What the sentences of the articles say against the title and the description."""
    seeds, worth = table("match.yaml"), other.vocabulary.worth
    named = frozenset(word for name in one.names for word in tokens(name))
    said = named.union(*map(tokens, one.quotes))
    inside = frozenset(word for word in other.title if found_in(word, said))
    yield from _first(worth(inside) / (worth(other.title) or 1.0), seeds["shares"], "title_whole", "title_most")
    beside = worth(word for word in inside if not found_in(word, named))
    yield from (f"quoted_{level}" for level in _first(beside, seeds["says"], "rare", "some"))
    if worth(word for word in said & other.text if word not in named | other.title) >= seeds["says"]["shared"]:
        yield "shared_words"


def _countries(one: Subject, other: Listed) -> list[str]:
    if one.countries and not other.activity.countries:
        return ["no_country"]
    return overlap(one.countries, other.activity.countries, "country")


def _amounts(one: Subject, other: Listed) -> Iterator[str]:
    activity, seeds = other.activity, table("match.yaml")
    near = nearest(one.amounts, activity.amounts)
    if near is None:
        return
    yield "same_amount" if near >= EXACT else "near_amount" if near >= seeds["near"] else "other_amount"
    if near >= EXACT:
        equal = [amount for amount in activity.amounts if (nearest(one.amounts, [amount]) or 0) >= EXACT]
        if max(map(other.vocabulary.amount_says, equal)) >= seeds["says"]["amount"]:
            yield "rare_amount"
        if one.countries & activity.countries and other.vocabulary.has_once(one, activity, equal):
            yield "only_amount"


def _years(one: Subject, other: Listed) -> list[str]:
    mine, theirs, limits = one.years, other.activity.years, table("match.yaml")["years"]
    if not mine or not theirs:
        return []
    apart = max(mine[0] - theirs[1], theirs[0] - mine[1], 0)
    near = [f"{name}_year" for name in ("same", "near") if apart <= limits[name]]
    return near[:1] or when(apart > limits["far"], "far_year")


def _funders(one: Subject, other: Listed) -> list[str]:
    """Nothing where one side is not known, or the article seems to have who borrows for who lends."""
    theirs = other.activity.funders
    if not theirs or not one.funders:
        return []
    if _share(one.funders, theirs):
        return ["same_funder"]
    homes, mine = _homes(theirs), one.funder_countries | _homes(one.funders)
    if not homes or not mine:
        return []
    if homes & mine:
        return ["same_funder_country"]
    return [] if mine <= one.countries else ["other_funder"]


def _share(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two lists of names have a body in common."""
    return any(_one_body(one, other) for one in mine for other in theirs)


@lru_cache(maxsize=200_000)
def _one_body(mine: str, theirs: str) -> bool:
    one, other = _body(mine), _body(theirs)
    return not one.is_general and not other.is_general and bool(one.compare(other))


@lru_cache(maxsize=50_000)
def _body(name: str) -> OrganisationForm:
    bare = _KIND_OF_BODY.sub("", name)
    return organisation_form(bare, (), country_in(bare))


def _homes(names: Sequence[str]) -> frozenset[str]:
    return frozenset(home for name in names if (home := country_in(name)))


ACTIVITY: tuple[Comparer, ...] = (
    _names,
    _quotes,
    _countries,
    _amounts,
    _years,
    _funders,
    lambda one, other: when(_share(one.parties, other.activity.parties), "same_party"),
    lambda one, other: overlap(one.sectors, other.activity.sectors, "sector"),
    lambda one, other: overlap(one.instruments - {"other"}, other.activity.instruments, "instrument"),
)
