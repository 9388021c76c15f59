"""Whether two articles tell of one commitment: one kind, one doer, one sum or project, in the same weeks.

Hard because outlets differ on the sum, leave out who receives, and a loan that is rolled over a year later reads like
the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product
from typing import NamedTuple

from rapidfuzz import fuzz

from pipeline.knowledge import CommitmentSaid, KnownArticle, Sum
from pipeline.resolve.clusters import weights
from pipeline.resolve.names import known

_SAME_WORDS, _ALIKE_WORDS = 90, 65  # token_set_ratio of two sentences
_MARGIN = 10  # by so much the words of the best must be more alike than those of a rival
_FEW = 3  # sums of one doer in an article; among more, as in a budget, one that is equal means little
_CLOSER = {"same_project", "same_receiver", "same_words", "alike_words"}  # unless something closer is shared
_EXACT = 0.995  # amounts that differ by rounding only


@dataclass(frozen=True)
class Deed:
    """A local commitment under lasting ids.

    `countries`, `umbrellas`: which of the ids are countries and programmes; `lands`: by id the country that a person or
    an authority speaks for; `sums`: how many commitments with sums its article tells of one of its doers.
    """

    link: str
    article: KnownArticle
    said: CommitmentSaid
    by: frozenset[str]
    to: frozenset[str]
    projects: frozenset[str]
    countries: frozenset[str]
    umbrellas: frozenset[str]
    lands: frozenset[tuple[str, str]]
    sums: int

    def side(self, ids: frozenset[str]) -> set[str]:
        """The countries that some of its actors speak for."""
        return {land for entity, land in self.lands if entity in ids}

    @cached_property
    def day(self) -> date | None:
        return date.fromisoformat(self.article.date) if self.article.date else None

    @cached_property
    def _month(self) -> int | None:
        return self.day.toordinal() // int(known("window")) if self.day else None

    def _things(self) -> Iterator[str]:
        yield from (f"on {project}" for project in sorted(self.projects))
        yield from (f"sum {amount.currency} {amount.value:.2g}" for amount in self.said.amounts if amount.value)
        yield from (f"by {doer}" for doer in sorted(self.by - self.countries))
        yield from (f"of {one} {other}" for one, other in sorted(product(self.by, self.to)))

    @cached_property
    def keys(self) -> list[str]:
        """Kind, thing and time; under its story alone where it has one."""
        story = [f"{self.said.kind} {self.article.story}"] if self.article.story else []
        return [f"{self.said.kind} {thing} {self._month}" for thing in self._things()] + story

    @cached_property
    def sought(self) -> list[str]:
        """The same, of the neighbouring times too."""
        near = [None] if self._month is None else [self._month - 1, self._month, self._month + 1]
        story = [f"{self.said.kind} {self.article.story}"] if self.article.story else []
        return [f"{self.said.kind} {thing} {month}" for thing in self._things() for month in near] + story


@dataclass
class Cluster:
    id: str
    deeds: list[Deed] = field(default_factory=list)


class DeedMatch(NamedTuple):
    score: float
    alike: float
    reasons: tuple[str, ...]
    cluster: Cluster


class Deeds:
    """The commitments that are known, found by kind, thing and time."""

    def __init__(self) -> None:
        self.clusters: dict[str, Cluster] = {}
        self._weights, self._join, self._propose = weights(), known("join"), known("propose")["commitment"]
        self._by_key: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def add(self, deed: Deed, entity: str) -> None:
        self.clusters.setdefault(entity, Cluster(entity)).deeds.append(deed)
        for key in deed.keys:
            self._by_key[key][entity] = None

    def matches(self, deed: Deed) -> list[DeedMatch]:
        """Those that it may be, the likeliest first."""
        found = dict.fromkeys(entity for key in deed.sought for entity in self._by_key.get(key, ()))
        scored = (self._match(deed, self.clusters[entity]) for entity in found)
        likely = (match for match in scored if match and match.score >= self._propose)
        return sorted(likely, key=lambda match: (-match.score, -match.alike, match.cluster.id))

    def chosen(self, matches: Sequence[DeedMatch]) -> DeedMatch | None:
        """The one to join: likely enough, and of those as likely by far the one most alike in words."""
        if not matches or matches[0].score < self._join:
            return None
        best, *rivals = (match for match in matches if match.score == matches[0].score)
        return None if any(best.alike - rival.alike < _MARGIN for rival in rivals) else best

    def _match(self, deed: Deed, cluster: Cluster) -> DeedMatch | None:
        """By the telling that is most like it; none where its own article tells of that commitment already."""
        if any(other.article.id == deed.article.id for other in cluster.deeds):
            return None
        compared = ((evidence(deed, other), alike(deed, other)) for other in cluster.deeds)
        scored = [(self._score(reasons), words, reasons) for reasons, words in compared if reasons]
        return DeedMatch(*max(scored), cluster) if scored else None

    def _score(self, reasons: tuple[str, ...]) -> float:
        return round(self._weights.probability("commitment", reasons), 4)


def evidence(one: Deed, other: Deed) -> tuple[str, ...]:
    """The reasons for and against; none where they cannot be one: too far apart in time, or nothing ties them."""
    days = _days(one, other)
    if one.said.negated != other.said.negated or days is None:
        return ()
    found = [days, *_money(one, other), *_sides(one, other), *_objects(one, other), *_words(one, other)]
    found += ["same_status"] if one.said.status == other.said.status else []
    found += ["same_story"] if one.article.story and one.article.story == other.article.story else []
    found += ["one_of_many"] if max(one.sums, other.sums) > _FEW and not _CLOSER & set(found) else []
    return tuple(found) if {"same_amount", "same_project", "same_words"} & set(found) else ()


def _days(one: Deed, other: Deed) -> str | None:
    if one.day is None or other.day is None:
        return "days_unknown" if one.article.story and one.article.story == other.article.story else None
    apart = abs((one.day - other.day).days)
    return next((f"days_{limit}" for limit in (3, 14, 60) if apart <= limit and apart <= known("window")), None)


def closeness(one: Iterable[Sum], other: Iterable[Sum]) -> float | None:
    """How near the nearest two amounts of one currency are: smaller by larger; None where none can be compared."""
    pairs = [(a, b) for a, b in product(one, other) if a.value and b.value and a.currency == b.currency]
    return max((_near(a, b) for a, b in pairs), default=None)


def _near(one: Sum, other: Sum) -> float:
    """1 where one value is inside the other's range."""
    a, b = one.value or 0.0, other.value or 0.0
    inside = any(s.low is not None and s.high is not None and s.low <= v <= s.high for s, v in ((one, b), (other, a)))
    return 1.0 if inside or _rounded(a, b) else min(a, b) / max(a, b)


def _rounded(one: float, other: float) -> bool:
    """Whether one is the other in fewer digits, two at least: 330 million for 333."""
    digits = max(min(_digits(one), _digits(other)), 2)
    return f"{one:.{digits}g}" == f"{other:.{digits}g}"


def _digits(value: float) -> int:
    return len(f"{value:.6e}".partition("e")[0].replace(".", "").rstrip("0"))


def _money(one: Deed, other: Deed) -> list[str]:
    near = closeness(one.said.amounts, other.said.amounts)
    if near is None:
        return []
    if one.said.kind == "policy" and near >= _EXACT:
        return ["same_limit"]
    return ["same_amount" if near >= _EXACT else "near_amount" if near >= known("near") else "other_amount"]


def _sides(one: Deed, other: Deed) -> Iterator[str]:
    doers = one.by & other.by
    if doers:
        yield "same_doer" if doers - one.countries else "same_doer_country"
    elif one.by and other.by:
        yield "same_side" if one.side(one.by) & other.side(other.by) else "other_doer"
    if one.to & other.to:
        yield "same_receiver"
    elif one.to and other.to and not one.side(one.to) & other.side(other.to):
        yield "other_receiver"


def _objects(one: Deed, other: Deed) -> Iterator[str]:
    shared = one.projects & other.projects
    if shared:
        yield "same_project" if shared - one.umbrellas else "same_programme"
    elif one.projects - one.umbrellas and other.projects - other.umbrellas:
        yield "other_project"
    elif one.projects and other.projects:
        yield "other_programme"
    dates = set(one.said.dates), set(other.said.dates)
    if dates[0] and dates[1]:
        yield "same_date" if dates[0] & dates[1] else "other_date"
    sectors = set(one.said.sectors), set(other.said.sectors)
    if sectors[0] and sectors[1]:
        yield "same_sector" if sectors[0] & sectors[1] else "other_sector"


def alike(one: Deed, other: Deed) -> float:
    """How much the words of two sentences are the same, 0 to 100."""
    return float(fuzz.token_set_ratio(one.said.quote.lower(), other.said.quote.lower()))


def _words(one: Deed, other: Deed) -> list[str]:
    words = alike(one, other)
    return ["same_words"] if words >= _SAME_WORDS else ["alike_words"] if words >= _ALIKE_WORDS else []
