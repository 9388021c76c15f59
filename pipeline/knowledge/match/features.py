"""The reasons for and against an activity being a subject; their log odds are in `seeds/match.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.knowledge.comparers import EXACT, nearest
from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.amounts import KnownAmounts
from pipeline.knowledge.match.bodies import funders, parties
from pipeline.knowledge.match.names import alike, numbers, same_name
from pipeline.knowledge.match.subjects import Subject
from pipeline.knowledge.match.terms import Vocabulary, found_in, is_place, kinds, names_in, tokens
from pipeline.knowledge.name_forms import is_description
from pipeline.seeds import table

Words = frozenset[str]


class Comparison:
    """Compares subjects with activities of one list, by which it is known how much a word or an amount says."""

    def __init__(self, vocabulary: Vocabulary, activities: Iterable[Activity]) -> None:
        seeds = table("match.yaml")
        self._amounts_known = KnownAmounts(activities)
        self._vocabulary, self._shares, self._says = vocabulary, seeds["shares"], seeds["says"]
        self._additions = seeds["additions"]
        self._alike, self._near, self._limits = seeds["alike"], seeds["near"], seeds["years"]

    def reasons(self, subject: Subject, activity: Activity, title: Words, text: Words) -> tuple[str, ...]:
        """`title`, `text`: the words of the activity's titles, and those with its description."""
        return (
            *self._names(subject, activity, title, text),
            *self._quotes(subject, title, text),
            *_countries(subject, activity),
            *self._amounts(subject, activity),
            *self._years(subject, activity),
            *funders(subject, activity),
            *parties(subject, activity),
            *_overlap(subject.sectors, activity.sectors, "sector"),
            *_overlap(subject.instruments - {"other"}, activity.instruments, "instrument"),
        )

    def _names(self, subject: Subject, activity: Activity, title: Words, text: Words) -> Iterator[str]:
        """The reasons of the name that fits best."""
        if not subject.names:
            return
        share, worth, wider, name = max(self._name(name, title, text) for name in subject.names)
        if is_description(name):
            yield "description_only"
        yield from (f"name_{level}" for level in self._first(share, self._shares, "whole", "most", "part"))
        if wider - share >= self._shares["description"]:
            yield "in_description"
        yield from (f"{level}_words" for level in self._first(worth, self._says, "rare", "some"))
        yield from self._missing(name, title, text)
        yield from _stage(numbers(name), numbers(activity.title))
        yield from self._addition(subject, activity)
        yield from same_name(subject, activity)
        if max(alike(name, one) for one in activity.titles) >= self._alike:
            yield "alike_title"

    def _name(self, name: str, title: Words, text: Words) -> tuple[float, float, float, str]:
        """Of what a name says, how much the title says too, as a share and in sum; the share of the whole text."""
        own = tokens(name)
        whole = self._vocabulary.worth(own)
        if not whole:
            return 0.0, 0.0, 0.0, name
        inside = self._vocabulary.worth(word for word in own if found_in(word, title))
        wider = self._vocabulary.worth(word for word in own if found_in(word, text))
        return round(inside / whole, 3), inside, wider / whole, name

    def _first(self, value: float, limits: dict[str, float], *levels: str) -> list[str]:
        """The first level whose limit a value reaches."""
        return [level for level in levels if value >= limits[level]][:1]

    def _addition(self, subject: Subject, activity: Activity) -> list[str]:
        """Whether both are, or only the activity is, more money for a project that had some before."""
        words = self._additions
        if not any(word in activity.title.casefold() for word in words["title"]):
            return []
        said = " ".join((*subject.names, *subject.quotes)).casefold().split()
        return ["addition" if set(words["said"]).intersection(said) else "addition_once"]

    def _missing(self, name: str, title: Words, text: Words) -> Iterator[str]:
        """What the name says and the activity does not."""
        own = tokens(name)
        lost = {word for word in own if self._vocabulary.says(word) >= self._says["missing"]}
        lost = {word for word in lost if not found_in(word, text)}
        if any(map(is_place, lost)):
            yield "missing_place"
        if others := {word for word in lost if not is_place(word)}:
            yield "missing_name" if others & names_in(name) else "missing_noun"
        mine = kinds(own)
        if mine and not mine & kinds(text) and kinds(title):
            yield "missing_kind"

    def _quotes(self, subject: Subject, title: Words, text: Words) -> Iterator[str]:
        """What the sentences of the articles say against the title and the description."""
        named = frozenset(word for name in subject.names for word in tokens(name))
        said = named.union(*(tokens(quote) for quote in subject.quotes))
        inside = frozenset(word for word in title if found_in(word, said))
        whole = self._vocabulary.worth(title)
        share = self._vocabulary.worth(inside) / whole if whole else 0.0
        yield from self._first(share, self._shares, "title_whole", "title_most")
        beside = (word for word in inside if not found_in(word, named))
        yield from (
            f"quoted_{level}" for level in self._first(self._vocabulary.worth(beside), self._says, "rare", "some")
        )
        if self._vocabulary.worth(word for word in said & text if word not in named | title) >= self._says["shared"]:
            yield "shared_words"

    def _amounts(self, subject: Subject, activity: Activity) -> Iterator[str]:
        near = nearest(subject.amounts, activity.amounts)
        if near is None:
            return
        yield "same_amount" if near >= EXACT else "near_amount" if near >= self._near else "other_amount"
        if near >= EXACT:
            says = (
                self._vocabulary.amount_says(one) for one in activity.amounts if nearest(subject.amounts, [one]) == near
            )
            if max(says, default=0) >= self._says["amount"]:
                yield "rare_amount"
            if subject.countries & activity.countries and self._amounts_known.alone(activity, subject):
                yield "only_amount"

    def _years(self, subject: Subject, activity: Activity) -> Iterator[str]:
        if subject.years and activity.years:
            apart = max(subject.years[0] - activity.years[1], activity.years[0] - subject.years[1], 0)
            found = next((name for name in ("same", "near") if apart <= self._limits[name]), None)
            if found or apart > self._limits["far"]:
                yield f"{found or 'far'}_year"


def _stage(mine: Words, theirs: Words) -> list[str]:
    """What the numbers of phases say ("Phase II", "Second"), where the title has one."""
    if mine and theirs:
        return [] if mine & theirs else ["other_number"]
    return ["number_once"] if theirs - {"1"} else []


def _countries(subject: Subject, activity: Activity) -> list[str]:
    if subject.countries and not activity.countries:
        return ["no_country"]
    return _overlap(subject.countries, activity.countries, "country")


def _overlap(mine: frozenset[str], theirs: frozenset[str], name: str) -> list[str]:
    """Nothing where one side is not known."""
    return [f"same_{name}" if mine & theirs else f"other_{name}"] if mine and theirs else []
