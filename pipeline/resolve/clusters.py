"""Mentions of many articles gathered under lasting ids: each joins the one that it surely belongs to, or founds one.

Hard because a wrong join spreads to all that follow, and a hundred thousand mentions cannot all be held against each
other: only those that share a key (a name, an acronym, two words) are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from pipeline.model.linear import ANY, Weights
from pipeline.resolve.names import known

EXACT = frozenset({"listed", "country_code", "same_name", "full_name"})  # so sure that one article may have it twice


class Form(Protocol):
    """A name as it is compared: hashable, so that a cluster keeps each form once."""

    @property
    def label(self) -> str:
        """Which weights speak for it."""

    @property
    def keys(self) -> frozenset[str]:
        """Under what it is found."""

    @property
    def sought(self) -> frozenset[str]:
        """Under what it seeks those that it is compared with."""

    def alike(self, other: Form) -> tuple[str, ...] | None:
        """The reasons why both may name one; None where they cannot."""


@dataclass(frozen=True)
class Mention:
    """A local actor or project with what stands around it; `near`: the seldom names of its article."""

    link: str
    article: str
    date: str
    story: str | None
    name: str
    title: str  # the readable part of the id that it may found
    form: Form
    kind: str = ""
    countries: frozenset[str] = frozenset()
    office: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    rank: int = 0  # how much it tells of who it is: the fullest are placed first


@dataclass
class Cluster:
    """All that is known of one lasting id."""

    id: str
    names: Counter[str] = field(default_factory=Counter)
    forms: dict[Form, None] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    offices: set[frozenset[str]] = field(default_factory=set)
    near: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    stories: set[str] = field(default_factory=set)

    def add(self, mention: Mention) -> None:
        self.names[mention.name] += 1
        self.forms[mention.form] = None
        self.kinds.add(mention.kind)
        self.countries |= mention.countries
        self.offices |= {mention.office} if mention.office else set()
        self.near |= mention.near
        self.articles.add(mention.article)
        self.stories |= {mention.story} if mention.story else set()


class Match(NamedTuple):
    score: float
    reasons: tuple[str, ...]
    cluster: Cluster


class Evidence(Protocol):
    """What else than the name speaks for a mention being of a cluster; None where something forbids it."""

    def __call__(self, mention: Mention, cluster: Cluster) -> tuple[str, ...] | None: ...


def weights() -> Weights:
    """The log odds of `seeds/resolve.yaml`."""
    return Weights({ANY: {}, **known("weights")}, bias=0.0)


class Pool:
    """The clusters of actors, or of projects, and the keys by which they are found."""

    def __init__(self, evidence: Evidence) -> None:
        self.clusters: dict[str, Cluster] = {}
        self._evidence, self._weights = evidence, weights()
        self._join, self._propose = known("join"), known("propose")["name"]
        self._by_key: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def add(self, mention: Mention, entity: str) -> None:
        self.clusters.setdefault(entity, Cluster(entity)).add(mention)
        for key in mention.form.keys:
            self._by_key[key][entity] = None

    def matches(self, mention: Mention) -> list[Match]:
        """The clusters that it may belong to, the likeliest first; none below what is worth proposing."""
        found = dict.fromkeys(entity for key in sorted(mention.form.sought) for entity in self._by_key.get(key, ()))
        matches = (self._match(mention, self.clusters[entity]) for entity in found)
        likely = (match for match in matches if match and match.score >= self._propose)
        return sorted(likely, key=lambda match: (-match.score, -len(match.cluster.articles), match.cluster.id))

    def chosen(self, matches: Sequence[Match]) -> Match | None:
        """The one to join: likely enough, and no rival as likely that it cannot be one with.

        To one that bears the very name those that merely resemble it are no rivals.
        """
        if not matches or matches[0].score < self._join:
            return None
        named = bool(EXACT & set(matches[0].reasons))
        rivals = (m for m in matches[1:] if m.score >= self._join and (not named or EXACT & set(m.reasons)))
        return None if any(clash(matches[0].cluster, rival.cluster) for rival in rivals) else matches[0]

    def rivals(self, matches: Sequence[Match], chosen: Match | None) -> Iterator[Match]:
        """What to put before a person: the others that are likely too, or, where none was joined, all."""
        for match in matches:
            if match is not chosen and (chosen is None or match.score >= self._join):
                yield match

    def _match(self, mention: Mention, cluster: Cluster) -> Match | None:
        named = self._named(mention.form, cluster.forms)
        around = self._evidence(mention, cluster) if named else None
        if not named or around is None or (mention.article in cluster.articles and not EXACT & set(named)):
            return None
        reasons = named + around
        return Match(round(self._weights.probability(mention.form.label, reasons), 4), reasons, cluster)

    def _named(self, form: Form, forms: Iterable[Form]) -> tuple[str, ...] | None:
        """The best reason of names; None where there is none, or one form forbids it."""
        best: tuple[str, ...] | None = None
        for other in forms:
            if form.label != other.label or (found := form.alike(other)) is None:
                return None
            if found and (best is None or self._odds(form, found) > self._odds(form, best)):
                best = found
        return best

    def _odds(self, form: Form, reasons: tuple[str, ...]) -> float:
        return self._weights.probability(form.label, reasons)


def clash(one: Cluster, other: Cluster) -> bool:
    """Whether two clusters cannot be one: other countries, names that exclude each other, or both in one article."""
    if (one.countries and other.countries and not one.countries & other.countries) or one.articles & other.articles:
        return True
    return any(first.alike(second) is None for first in one.forms for second in other.forms)
