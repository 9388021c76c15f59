"""What articles say as profiles: actors and projects by their names, commitments under lasting ids of those."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import product

from pipeline.knowledge.linker import Profile
from pipeline.knowledge.listed_names import (
    ListedForm,
    is_name,
    listed_project,
    organisation_form,
    organisation_words,
    project_form,
)
from pipeline.knowledge.name_forms import Form, PlainForm, country_in, is_description, setting, words
from pipeline.knowledge.persons import office, person_form
from pipeline.knowledge.row_models import (
    KnownArticle,
    Link,
    Local,
    LocalActor,
    LocalCommitment,
    LocalProject,
    article_of,
)
from pipeline.record import Flow, Instrument
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import name_by_country, place_country


@dataclass(frozen=True)
class NameProfile(Profile):
    """An actor or project of one article; `neighbours`: rare names in its article."""

    said: LocalActor | LocalProject
    form: Form
    kind: str
    countries: frozenset[str]
    office: frozenset[str]
    neighbours: frozenset[str]

    @property
    def name(self) -> str:
        return self.said.name

    @property
    def keys(self) -> frozenset[str]:
        return self.form.keys

    @property
    def lookups(self) -> frozenset[str]:
        return self.form.lookups

    @cached_property
    def rank(self) -> int:
        names = (self.form.label != "unnamed") + (len(words(self.name)) > 1) + bool(self.said.aliases)
        return names + bool(self.countries) + bool(self.office)


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
        return self._actor(link, said) if isinstance(said, LocalActor) else self._project(link, said)

    def _actor(self, link: str, said: LocalActor) -> NameProfile:
        country = said.country or (None if said.kind in ("person", "multilateral") else country_in(said.name))
        role = office(said.role) if said.kind == "person" else frozenset[str]()
        countries = frozenset({country} if country and said.kind != "multilateral" else ())
        return self._made(link, said, _actor_form(said, country), said.kind, countries, role)

    def _project(self, link: str, said: LocalProject) -> NameProfile:
        inside = country_in(said.name)
        countries = frozenset(said.countries or ([inside] if inside else []))
        form, listed = project_form(said.name, said.aliases, countries), listed_project(said.name, countries)
        countries = listed[1] if listed else countries  # an umbrella has its own countries wherever it is reported
        return self._made(link, said, form, "programme" if said.programme else "project", countries, frozenset())

    def _made(
        self,
        link: str,
        said: LocalActor | LocalProject,
        form: Form,
        kind: str,
        countries: frozenset[str],
        role: frozenset[str],
    ) -> NameProfile:
        title = (form.listed if isinstance(form, ListedForm) else None) or said.name
        if isinstance(form, PlainForm) and form.label == "country":
            title = name_by_country().get(form.name, title)
        article = self._articles[article_of(link)]
        return NameProfile(link, article, said, title, form, kind, countries, role, self._beside(link, said.name))

    def _beside(self, link: str, name: str) -> frozenset[str]:
        """The rare names in the article of a link, without the name itself."""
        names = self._names[article_of(link)]
        return frozenset(other for other in names if other != key(name) and self._number[other] <= self._most)


def _actor_form(said: LocalActor, country: str | None) -> Form:
    if said.kind == "country" and not is_description(said.name):
        return PlainForm(said.country or key(said.name), "country")
    if said.kind == "person" and not is_description(said.name) and not set(words(said.name)) & _office_words():
        return person_form(said.name)
    if said.kind not in ("person", "group") and is_name(said.name, country):
        return organisation_form(said.name, said.aliases, country)
    return PlainForm(key(said.name), "unnamed")


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
    def name(self) -> str:
        return self.said.quote

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

    @cached_property
    def day(self) -> date | None:
        return date.fromisoformat(self.article.date) if self.article.date else None

    @cached_property
    def _period(self) -> int | None:
        return self.day.toordinal() // int(setting("window")) if self.day else None

    @cached_property
    def keys(self) -> list[str]:
        """Its kind with each thing and its period; its kind with its story."""
        return self._keys([self._period])

    @cached_property
    def lookups(self) -> list[str]:
        """The same, with the neighbouring periods too."""
        near = self._period
        return self._keys([None] if near is None else [near - 1, near, near + 1])

    def _keys(self, periods: Sequence[int | None]) -> list[str]:
        story = [f"{self.said.kind} {self.article.story}"] if self.article.story else []
        return [f"{self.said.kind} {thing} {period}" for thing in self._things() for period in periods] + story

    def _things(self) -> Iterator[str]:
        yield from (f"on {project}" for project in sorted(self.projects))
        yield from (f"sum {amount.currency} {amount.value:.2g}" for amount in self.said.amounts if amount.value)
        yield from (f"by {actor}" for actor in sorted(self.by - self.countries))
        yield from (f"of {one} {other}" for one, other in sorted(product(self.by, self.to)))


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
        doers = [local.name for _, local in self._linked(link, said.by) if isinstance(local, LocalActor)]
        article = self._articles[article_of(link)]
        provider, recipient = (frozenset(self.ids(link, names)) for names in (flow.provider, flow.recipient))
        return CommitmentProfile(
            link=link,
            article=article,
            said=said,
            title=" ".join([said.kind, *doers[:1], (article.date or "")[:7]]),
            by=frozenset(self.ids(link, said.by)),
            to=frozenset(self.ids(link, said.to)),
            projects=frozenset(self.ids(link, said.projects)),
            provider=provider,
            recipient=recipient,
            provider_homes=frozenset(self._homes.get(entity, entity) for entity in provider),
            recipient_homes=frozenset(self._homes.get(entity, entity) for entity in recipient),
            countries=frozenset(e for e, local in linked if isinstance(local, LocalActor) and local.kind == "country"),
            umbrellas=frozenset(e for e, local in linked if isinstance(local, LocalProject) and local.programme),
            speaks_for=frozenset(
                (entity, local.country)
                for entity, local in linked
                if isinstance(local, LocalActor) and local.country and _speaks(local)
            ),
            sums=max((self._sums[actor] for actor in _paying(link, said)), default=0),
        )

    def ids(self, link: str, names: Iterable[str]) -> list[str]:
        """The lasting ids of local ids of the article of a link, without those that have none."""
        return [entity for entity, _ in self._linked(link, names)]

    def _linked(self, link: str, names: Iterable[str]) -> list[tuple[str, Local]]:
        article = article_of(link)
        found = (self._links.get(f"{article}/{name}") for name in names)
        return [(other.entity, other.said) for other in found if other]


def _homes(links: Iterable[Link]) -> dict[str, str]:
    """By lasting id of an actor the country that most articles give it; a multilateral body has none."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for link in links:
        if isinstance(link.said, LocalActor) and link.said.kind != "multilateral":
            found[link.entity].update(country for country in [_country(link.said)] if country)
    return {entity: min(counts, key=lambda one: (-counts[one], one)) for entity, counts in found.items() if counts}


def _country(said: LocalActor) -> str | None:
    return said.country or (None if said.kind == "person" else country_in(said.name))


def _paying(link: str, said: Local) -> list[str]:
    """The links of the actors that make a commitment with an amount."""
    if not isinstance(said, LocalCommitment) or not said.amounts:
        return []
    return [f"{article_of(link)}/{actor}" for actor in said.by]


def _speaks(said: LocalActor) -> bool:
    """Whether it may speak for its country: a country, its people, groups, authorities, no province's government."""
    province = place_country(" ".join(organisation_words(said.name, said.country)).title())
    return said.kind in ("country", "person", "group") or (said.kind == "government" and province is None)
