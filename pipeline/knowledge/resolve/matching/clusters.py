"""Actors and projects of articles gathered in clusters, one for each lasting id.

Only profiles that share a key (a name, an acronym, two words) are compared. A wrong join spreads to all that follow, so
a profile joins only where one cluster is likely enough and has no rival.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.knowledge.resolve.names.forms import Form
from pipeline.knowledge.resolve.names.words import setting
from pipeline.stages.models.linear import ANY, Weights

# reasons so certain that one article may have the cluster twice
EXACT = frozenset({"listed", "country_code", "same_name", "full_name"})


@dataclass(frozen=True)
class Profile:
    """An actor or project of one article, as it is compared.

    `title`: the readable part of an id that it founds; `neighbours`: rare names in its article; `rank`: how much it
    says of who it is.
    """

    link: str
    article: str
    date: str
    story: str | None
    name: str
    title: str
    form: Form
    kind: str = ""
    countries: frozenset[str] = frozenset()
    office: frozenset[str] = frozenset()
    neighbours: frozenset[str] = frozenset()
    rank: int = 0


@dataclass
class Cluster:
    """All that is known of one lasting id."""

    id: str
    names: Counter[str] = field(default_factory=Counter)
    forms: dict[Form, None] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    offices: set[frozenset[str]] = field(default_factory=set)
    neighbours: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    stories: set[str] = field(default_factory=set)

    def add(self, profile: Profile) -> None:
        self.names[profile.name] += 1
        self.forms[profile.form] = None
        self.kinds.add(profile.kind)
        self.countries |= profile.countries
        self.offices |= {profile.office} if profile.office else set()
        self.neighbours |= profile.neighbours
        self.articles.add(profile.article)
        self.stories |= {profile.story} if profile.story else set()


class Match(NamedTuple):
    score: float
    reasons: tuple[str, ...]
    cluster: Cluster


Context = Callable[[Profile, Cluster], tuple[str, ...] | None]  # reasons beside the name; None where one forbids it


def weights() -> Weights:
    """The log odds of `seeds/resolve.yaml`."""
    return Weights({ANY: {}, **setting("weights")}, bias=0.0)


def neighbour_reasons(profile: Profile, cluster: Cluster) -> Iterator[str]:
    """The reasons that articles share rare names or nearly the same text."""
    shared = len(profile.neighbours & cluster.neighbours)
    if shared:
        yield "shared_counterpart" if shared == 1 else "shared_counterparts"
    if profile.story is not None and profile.story in cluster.stories:
        yield "same_story"


def countries_differ(one: Profile | Cluster, other: Cluster) -> bool:
    return bool(one.countries and other.countries and not one.countries & other.countries)


class Pool:
    """The clusters of actors, or of projects, by their keys."""

    def __init__(self, context: Context) -> None:
        self.clusters: dict[str, Cluster] = {}
        self._context, self._weights = context, weights()
        self._join, self._propose = setting("join"), setting("propose")["name"]
        self._by_key: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def add(self, profile: Profile, entity: str) -> None:
        self.clusters.setdefault(entity, Cluster(entity)).add(profile)
        for key in profile.form.keys:
            self._by_key[key][entity] = None

    def matches(self, profile: Profile) -> list[Match]:
        """The clusters that it may belong to, the likeliest first, down to the score from which one is proposed."""
        found = dict.fromkeys(entity for key in profile.form.lookups for entity in self._by_key.get(key, ()))
        matches = (self._match(profile, self.clusters[entity]) for entity in found)
        likely = (match for match in matches if match and match.score >= self._propose)
        return sorted(likely, key=lambda match: (-match.score, -len(match.cluster.articles), match.cluster.id))

    def chosen(self, matches: Sequence[Match]) -> Match | None:
        """The one to join: likely enough, without an equally likely rival that cannot be the same.

        Where the name is exactly the same, clusters whose names only resemble it are no rivals.
        """
        if not matches or matches[0].score < self._join:
            return None
        exact = bool(EXACT & set(matches[0].reasons))
        rivals = (m for m in matches[1:] if m.score >= self._join and (not exact or EXACT & set(m.reasons)))
        return None if any(_exclude(matches[0].cluster, rival.cluster) for rival in rivals) else matches[0]

    def rivals(self, matches: Sequence[Match], chosen: Match | None) -> Iterator[Match]:
        """The matches to propose: the others that are likely enough to join or, where none was chosen, all."""
        for match in matches:
            if match is not chosen and (chosen is None or match.score >= self._join):
                yield match

    def _match(self, profile: Profile, cluster: Cluster) -> Match | None:
        named = self._named(profile.form, cluster.forms)
        context = self._context(profile, cluster) if named else None
        if not named or context is None or (profile.article in cluster.articles and not EXACT & set(named)):
            return None
        reasons = named + context
        return Match(round(self._odds(profile.form, reasons), 4), reasons, cluster)

    def _named(self, form: Form, forms: Iterable[Form]) -> tuple[str, ...] | None:
        """The best reasons of the names; None where there are none, or one form excludes it."""
        best: tuple[str, ...] | None = None
        for other in forms:
            if form.label != other.label or (found := form.compare(other)) is None:
                return None
            if found and (best is None or self._odds(form, found) > self._odds(form, best)):
                best = found
        return best

    def _odds(self, form: Form, reasons: tuple[str, ...]) -> float:
        return self._weights.probability(form.label, reasons)


def _exclude(one: Cluster, other: Cluster) -> bool:
    """Whether two clusters cannot be one: other countries, names that exclude each other, or both in one article."""
    if countries_differ(one, other) or one.articles & other.articles:
        return True
    return any(first.compare(second) is None for first in one.forms for second in other.forms)
