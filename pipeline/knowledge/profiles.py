"""What articles say as profiles: actors and projects by their names, commitments under lasting ids of those."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product

from pipeline.knowledge.folder import (
    KnownArticle,
    Link,
    Local,
    LocalActor,
    LocalCommitment,
    LocalProject,
    article_of,
)
from pipeline.knowledge.linker import Profile
from pipeline.knowledge.listed_names import (
    ListedForm,
    is_name,
    listed_project,
    organisation_form,
    organisation_words,
    project_form,
)
from pipeline.knowledge.name_forms import (
    Form,
    PlainForm,
    country_in,
    is_description,
    office,
    person_form,
    setting,
    words,
)
from pipeline.record import Flow, Instrument
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import name_by_country, place_country


@dataclass(frozen=True)
class NameProfile(Profile):
    """An actor or project of one article; `neighbours`: rare names in its article."""

    form: Form
    kind: str
    countries: frozenset[str]
    office: frozenset[str]
    neighbours: frozenset[str]


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
        form, kind, countries, role = _actor(said) if isinstance(said, LocalActor) else _project(said)
        title = (form.listed if isinstance(form, ListedForm) else None) or said.name
        if isinstance(form, PlainForm) and form.label == "country":
            title = name_by_country().get(form.name, title)
        article = self._articles[article_of(link)]
        others = self._names[article.id] - {key(said.name)}
        rank = (form.label != "unnamed") + (len(words(said.name)) > 1) + bool(said.aliases)
        return NameProfile(
            link=link,
            article=article,
            said=said,
            name=said.name,
            title=title,
            keys=form.keys,
            lookups=form.lookups,
            rank=rank + bool(countries) + bool(role),
            form=form,
            kind=kind,
            countries=countries,
            office=role,
            neighbours=frozenset(name for name in others if self._number[name] <= self._most),
        )


_Kind = tuple[Form, str, frozenset[str], frozenset[str]]  # form, kind, countries, words of the office


def _actor(said: LocalActor) -> _Kind:
    country = said.country or (None if said.kind in ("person", "multilateral") else country_in(said.name))
    form: Form = PlainForm(key(said.name), "unnamed")
    if said.kind == "country" and not is_description(said.name):
        form = PlainForm(said.country or key(said.name), "country")
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


@dataclass(frozen=True)
class CommitmentProfile(Profile):
    """A commitment of one article, its actors and projects under lasting ids.

    `provider`, `recipient`: of its flow of money; `provider_homes`, `recipient_homes`: the countries of those, the id
    itself where it has none. `countries`, `umbrellas`: which of the ids are countries and programmes; `speaks_for`: by
    id the country that a person, group or authority speaks for; `sums`: how many commitments with amounts its article
    has for one of its actors.
    """

    said: LocalCommitment
    day: date | None
    by: frozenset[str]
    to: frozenset[str]
    projects: frozenset[str]
    provider: frozenset[str]
    recipient: frozenset[str]
    provider_homes: frozenset[str]
    recipient_homes: frozenset[str]
    countries: frozenset[str]
    umbrellas: frozenset[str]
    speaks_for: frozenset[tuple[str, str]]
    sums: int

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
        flow = said.flow or Flow(instrument="other")
        linked = self._linked(link, [*said.by, *said.to, *said.projects, *flow.provider, *flow.recipient])
        actors = [(entity, local) for entity, local in linked if isinstance(local, LocalActor)]
        doers = [local.name for _, local in self._linked(link, said.by) if isinstance(local, LocalActor)]
        by, to, projects, provider, recipient = (
            frozenset(self.ids(link, names))
            for names in (said.by, said.to, said.projects, flow.provider, flow.recipient)
        )
        article, countries = self._articles[article_of(link)], frozenset(e for e, a in actors if a.kind == "country")
        day = date.fromisoformat(article.date) if article.date else None
        near = day.toordinal() // int(setting("window")) if day else None
        story = [f"{said.kind} {article.story}"] if article.story else []
        things = [f"{said.kind} {thing}" for thing in _things(said, by, to, projects, by - countries)]
        periods = [None] if near is None else [near - 1, near, near + 1]
        return CommitmentProfile(
            link=link,
            article=article,
            said=said,
            name=said.quote,
            title=" ".join([said.kind, *doers[:1], (article.date or "")[:7]]),
            keys=[f"{thing} {near}" for thing in things] + story,
            lookups=[f"{thing} {period}" for thing in things for period in periods] + story,
            rank=0,
            day=day,
            by=by,
            to=to,
            projects=projects,
            provider=provider,
            recipient=recipient,
            provider_homes=frozenset(self._homes.get(entity, entity) for entity in provider),
            recipient_homes=frozenset(self._homes.get(entity, entity) for entity in recipient),
            countries=countries,
            umbrellas=frozenset(e for e, local in linked if isinstance(local, LocalProject) and local.programme),
            speaks_for=frozenset((entity, a.country) for entity, a in actors if a.country and _speaks(a)),
            sums=max((self._sums[actor] for actor in _paying(link, said)), default=0),
        )

    def ids(self, link: str, names: Iterable[str]) -> list[str]:
        """The lasting ids of local ids of the article of a link, without those that have none."""
        return [entity for entity, _ in self._linked(link, names)]

    def _linked(self, link: str, names: Iterable[str]) -> list[tuple[str, Local]]:
        article = article_of(link)
        found = (self._links.get(f"{article}/{name}") for name in names)
        return [(other.entity, other.said) for other in found if other]


def _things(
    said: LocalCommitment, by: frozenset[str], to: frozenset[str], projects: frozenset[str], bodies: frozenset[str]
) -> Iterator[str]:
    """What a commitment has in common with reports of the same one."""
    yield from (f"on {project}" for project in sorted(projects))
    yield from (f"sum {amount.currency} {amount.value:.2g}" for amount in said.amounts if amount.value)
    yield from (f"by {actor}" for actor in sorted(bodies))
    yield from (f"of {one} {other}" for one, other in sorted(product(by, to)))


def _homes(links: Iterable[Link]) -> dict[str, str]:
    """By lasting id of an actor the country that most articles give it; a multilateral body has none."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for link in links:
        if isinstance(link.said, LocalActor) and link.said.kind != "multilateral":
            said = link.said
            country = said.country or (None if said.kind == "person" else country_in(said.name))
            found[link.entity].update([country] if country else [])
    return {entity: min(counts, key=lambda one: (-counts[one], one)) for entity, counts in found.items() if counts}


def _paying(link: str, said: Local) -> list[str]:
    """The links of the actors that make a commitment with an amount."""
    if not isinstance(said, LocalCommitment) or not said.amounts:
        return []
    return [f"{article_of(link)}/{actor}" for actor in said.by]


def _speaks(said: LocalActor) -> bool:
    """Whether it may speak for its country: a country, its people, groups, authorities, no province's government."""
    province = place_country(" ".join(organisation_words(said.name, said.country)).title())
    return said.kind in ("country", "person", "group") or (said.kind == "government" and province is None)
