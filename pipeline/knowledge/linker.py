"""The linker: shared keys find what may be one, a table of comparers gives reasons, and their log odds make a score.

`corridor resolve` links what articles say with lasting ids (`comparers.py`), `corridor match` lasting ids with
activities of other lists (`activity_comparers.py`). What articles say is compared as profiles: actors and projects by
their names, commitments under lasting ids of those.
"""

from abc import ABC, abstractmethod
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, product
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.knowledge.folder import KnownArticle, Link, Local, LocalActor, LocalCommitment, LocalProject, article_of
from pipeline.knowledge.names import (
    Form,
    ListedForm,
    Reasons,
    country_in,
    is_description,
    is_name,
    listed_project,
    office,
    organisation_form,
    organisation_words,
    person_form,
    project_form,
    setting,
    words,
)
from pipeline.record import Flow, Instrument
from pipeline.stages.models.linear import ANY, Weights
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import name_by_country, place_country

UNKNOWN = "9999"  # the day of an article without one, which comes last
Comparer = Callable[[Any, Any], Iterable[str] | None]  # reasons for and against; None where both cannot be one


class Model:
    """A table of comparers, and the log odds of their reasons by label."""

    def __init__(self, comparers: Sequence[Comparer], weights: Mapping[str, dict[str, float]]) -> None:
        self._comparers, self._weights = comparers, Weights({ANY: {}, **weights}, bias=0.0)

    def reasons(self, one: Any, other: Any) -> Reasons | None:
        """The reasons of all comparers in their order; None where one says that both cannot be one."""
        found = list[str]()
        for comparer in self._comparers:
            reasons = comparer(one, other)
            if reasons is None:
                return None
            found += reasons
        return tuple(found)

    def score(self, label: str, reasons: Reasons) -> float:
        """How likely both are one, by the reasons, to four digits."""
        return round(self._weights.probability(label, reasons), 4)


class Blocks:
    """By key the numbers of what has it, in the order in which they were added."""

    def __init__(self) -> None:
        self._of: defaultdict[str, array[int]] = defaultdict(lambda: array("i"))

    def add(self, number: int, keys: Iterable[str]) -> None:
        for name in keys:
            self._of[name].append(number)

    def of(self, name: str) -> NDArray[np.int32]:
        return np.frombuffer(self._of.get(name, b""), dtype=np.int32)

    def sharing(self, keys: Iterable[str]) -> Iterable[int]:
        """The numbers of what has one of the keys, each once."""
        return dict.fromkeys(number for name in keys for number in self._of.get(name, ()))


class Profile:
    """What one article says of an actor, project or commitment, as it is compared.

    `name`: what a person is shown; `title`: the readable part of an id that it founds; `keys`: those under which it is
    found; `lookups`: those under which others to compare it with are found; `rank`: how much it says of who it is.
    """

    link: str
    article: KnownArticle
    said: Local
    name: str
    title: str
    keys: Collection[str]
    lookups: Collection[str]
    rank = 0

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        """Of one batch those that say most are linked first, then the earliest."""
        local = self.link.rpartition("/")[2]
        return -self.rank, self.article.date or UNKNOWN, self.article.id, len(local), local


class Cluster[P: Profile]:
    """All that is known of one lasting id."""

    def __init__(self, entity: str) -> None:
        self.id = entity
        self.profiles: list[P] = []
        self.keys = set[str]()

    @property
    def name(self) -> str:
        """What a person is shown: the most frequent name."""
        return Counter(profile.name for profile in self.profiles).most_common(1)[0][0]

    def add(self, profile: P) -> None:
        self.profiles.append(profile)


class Candidate[C](NamedTuple):
    """What something may be; of equal scores that with more `weight` comes first."""

    score: float
    weight: float
    reasons: Reasons
    other: C


class Pool[P: Profile, C: Cluster[Any]](ABC):
    """The clusters of one kind, one for each lasting id.

    A wrong join spreads to all that follow, so a profile joins only where one cluster is likely enough and has no
    rival. `propose`: the score from which a pair is put before a person; `beside`: that of one beside the chosen one.
    """

    def __init__(self, model: Model, cluster: Callable[[str], C], propose: float, beside: float = inf) -> None:
        self._model, self._cluster, self._propose, self._beside = model, cluster, propose, beside
        self._join: float = setting("join")
        self._clusters: list[C] = []
        self._numbers: dict[str, int] = {}
        self._blocks = Blocks()

    def add(self, profile: P, entity: str) -> None:
        number = self._numbers.setdefault(entity, len(self._clusters))
        if number == len(self._clusters):
            self._clusters.append(self._cluster(entity))
        cluster = self._clusters[number]
        cluster.add(profile)
        fresh = set(profile.keys) - cluster.keys
        cluster.keys |= fresh
        self._blocks.add(number, fresh)

    def place(self, profile: P) -> tuple[Candidate[C] | None, list[Candidate[C]]]:
        """The cluster that a profile joins, if one is likely enough and has no rival; those to put before a person."""
        found = (self._match(profile, self._clusters[number]) for number in self._blocks.sharing(profile.lookups))
        likely = (match for match in found if match and match.score >= self._propose)
        matches = sorted(likely, key=lambda match: (-match.score, -match.weight, match.other.id))
        if not matches or matches[0].score < self._join:
            return None, matches
        best, *others = matches
        if any(self._is_rival(best, other) for other in others):
            return None, matches
        return best, [other for other in others if other.score >= self._beside]

    @abstractmethod
    def _match(self, profile: P, cluster: C) -> Candidate[C] | None:
        """How likely the profile belongs to the cluster; None where it cannot."""

    @abstractmethod
    def _is_rival(self, best: Candidate[C], other: Candidate[C]) -> bool:
        """Whether the other is as good as the best match and another thing."""


class NameProfile(Profile):
    """An actor or project of one article; `neighbours`: rare names in its article."""

    def __init__(
        self, link: str, said: LocalActor | LocalProject, article: KnownArticle, neighbours: frozenset[str]
    ) -> None:
        self.link, self.article, self.said, self.name, self.neighbours = link, article, said, said.name, neighbours
        read = _actor(said) if isinstance(said, LocalActor) else _project(said)
        self.form, self.kind, self.countries, self.office = read
        self.keys, self.lookups = self.form.keys, self.form.lookups
        self.title = (self.form.listed if isinstance(self.form, ListedForm) else None) or said.name
        if self.form.label == "country":
            self.title = name_by_country().get(self.form.words[0], said.name)
        known = (self.form.label != "unnamed", len(words(said.name)) > 1, said.aliases, self.countries, self.office)
        self.rank = sum(map(bool, known))


class NameReader:
    """Actors and projects of articles as profiles.

    Rare names are evidence where two articles share them.
    """

    def __init__(self, articles: Mapping[str, KnownArticle], said: Mapping[str, Local]) -> None:
        self._articles, self._most = articles, setting("seldom")
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        for link, local in said.items():
            common = isinstance(local, LocalActor) and local.kind in ("country", "group")
            if not isinstance(local, LocalCommitment) and not common and not is_description(local.name):
                self._names[article_of(link)].add(key(local.name))
        self._number = Counter(name for names in self._names.values() for name in names)

    def profile(self, link: str, said: LocalActor | LocalProject) -> NameProfile:
        article = self._articles[article_of(link)]
        others = self._names[article.id] - {key(said.name)}
        rare = frozenset(name for name in others if self._number[name] <= self._most)
        return NameProfile(link, said, article, rare)


_Kind = tuple[Form, str, frozenset[str], frozenset[str]]  # form, kind, countries, words of the office


def _home(said: LocalActor) -> str | None:
    """The country of an actor, where it is said or stands in the name."""
    return said.country or (None if said.kind in ("person", "multilateral") else country_in(said.name))


def _actor(said: LocalActor) -> _Kind:
    country, form = _home(said), Form("unnamed", (key(said.name),))
    if said.kind == "country" and not is_description(said.name):
        form = Form("country", (said.country or key(said.name),))
    elif said.kind == "person" and not is_description(said.name) and not set(words(said.name)) & _office_words():
        form = person_form(said.name)
    elif said.kind not in ("person", "group") and is_name(said.name, country):
        form = organisation_form(said.name, said.aliases, country)
    countries = frozenset({country} if country and said.kind != "multilateral" else ())
    return form, said.kind, countries, office(said.role) if said.kind == "person" else frozenset()


def _project(said: LocalProject) -> _Kind:
    inside = country_in(said.name)
    countries = frozenset(said.countries or ([inside] if inside else []))
    form, listed = project_form(said.name, said.aliases, countries), listed_project(said.name, countries)
    countries = listed[1] if listed else countries  # an umbrella has its own countries wherever it is reported
    return form, "programme" if said.programme else "project", countries, frozenset()


@lru_cache(maxsize=1)
def _office_words() -> frozenset[str]:
    """Words of offices that stand for a name: "Prime Minister", "Finance Secretary"."""
    found = {word for name in setting("office_forms").values() for word in name.split()}
    return frozenset(setting("general_office_words")) - {"general", "party"} | found - {"general", "finance"}


class CommitmentProfile(Profile):
    """A commitment of one article, its actors and projects under lasting ids.

    `provider`, `recipient`: of its flow of money; `provider_homes`, `recipient_homes`: the countries of those, the id
    itself where it has none. `countries`, `umbrellas`: which of the ids are countries and programmes; `speaks_for`: by
    id the country that a person, group or authority speaks for; `sums`: how many commitments with amounts its article
    has for one of its actors.
    """

    said: LocalCommitment

    def __init__(
        self, link: str, said: LocalCommitment, article: KnownArticle, links: Mapping[str, Link],
        homes: Mapping[str, str], sums: int,
    ) -> None:  # fmt: skip
        self.link, self.article, self.said, self.sums = link, article, said, sums
        flow = said.flow or Flow(instrument="other")
        parts = (said.by, said.to, said.projects, flow.provider, flow.recipient)
        linked = {name: known for name in chain(*parts) if (known := links.get(f"{article.id}/{name}"))}
        self.by, self.to, self.projects, self.provider, self.recipient = (
            frozenset(linked[name].entity for name in names if name in linked) for names in parts
        )
        self.provider_homes = frozenset(homes.get(entity, entity) for entity in self.provider)
        self.recipient_homes = frozenset(homes.get(entity, entity) for entity in self.recipient)
        actors = [(known.entity, known.said) for known in linked.values() if isinstance(known.said, LocalActor)]
        self.countries = frozenset(entity for entity, local in actors if local.kind == "country")
        self.speaks_for = frozenset((entity, a.country) for entity, a in actors if a.country and _speaks(a))
        self.umbrellas = frozenset(known.entity for known in linked.values() if getattr(known.said, "programme", False))
        doers = [linked[name].said for name in said.by if name in linked]
        names = [doer.name for doer in doers[:1] if isinstance(doer, LocalActor)]
        self.name, self.title = said.quote, " ".join([said.kind, *names, (article.date or "")[:7]])
        self.day = date.fromisoformat(article.date) if article.date else None
        near = self.day.toordinal() // int(setting("window")) if self.day else None
        story = [f"{said.kind} {article.story}"] if article.story else []
        things = [f"{said.kind} {thing}" for thing in self._things()]
        periods = [None] if near is None else [near - 1, near, near + 1]
        self.keys = [f"{thing} {near}" for thing in things] + story
        self.lookups = [f"{thing} {period}" for thing in things for period in periods] + story

    def _things(self) -> Iterator[str]:
        """What it has in common with reports of the same commitment."""
        yield from (f"on {project}" for project in sorted(self.projects))
        yield from (f"sum {amount.currency} {amount.value:.2g}" for amount in self.said.amounts if amount.value)
        yield from (f"by {actor}" for actor in sorted(self.by - self.countries))
        yield from (f"of {one} {other}" for one, other in sorted(product(self.by, self.to)))

    @property
    def instrument(self) -> Instrument | None:
        """Of its flow of money, where it has one."""
        return self.said.flow.instrument if self.said.flow else None

    @property
    def abroad(self) -> bool:
        """Whether its money crosses a border, as far as the parties are known."""
        return self.provider_homes.isdisjoint(self.recipient_homes)

    def sides(self, ids: frozenset[str]) -> set[str]:
        """The countries that some of its actors speak for."""
        return {country for entity, country in self.speaks_for if entity in ids}


class CommitmentReader:
    """Commitments of articles under the lasting ids of their actors and projects."""

    def __init__(self, articles: Mapping[str, KnownArticle], links: Sequence[Link], new: Mapping[str, Local]) -> None:
        self._articles = articles
        self._links = {link.link: link for link in links if link.said.what != "commitment"}
        said = [(link.link, link.said) for link in links] + list(new.items())
        self._homes = _homes(self._links.values())
        self._sums = Counter(actor for link, local in said for actor in _paying(link, local))

    def profile(self, link: str, said: LocalCommitment) -> CommitmentProfile:
        sums = max((self._sums[actor] for actor in _paying(link, said)), default=0)
        return CommitmentProfile(link, said, self._articles[article_of(link)], self._links, self._homes, sums)


def _homes(links: Iterable[Link]) -> dict[str, str]:
    """By lasting id of an actor the country that most articles give it; a multilateral body has none."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for link in links:
        if isinstance(link.said, LocalActor) and link.said.kind != "multilateral" and (home := _home(link.said)):
            found[link.entity][home] += 1
    return {entity: min(counts, key=lambda one: (-counts[one], one)) for entity, counts in found.items()}


def _paying(link: str, said: Local) -> list[str]:
    """The links of the actors that make a commitment with an amount."""
    if not isinstance(said, LocalCommitment) or not said.amounts:
        return []
    return [f"{article_of(link)}/{actor}" for actor in said.by]


def _speaks(said: LocalActor) -> bool:
    """Whether it may speak for its country: a country, its people, groups, authorities, no province's government."""
    province = place_country(" ".join(organisation_words(said.name, said.country)).title())
    return said.kind in ("country", "person", "group") or (said.kind == "government" and province is None)
