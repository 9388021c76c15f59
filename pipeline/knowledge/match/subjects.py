"""What is matched: each project and commitment of a knowledge folder, with all that its articles say of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.match.activity import years_of
from pipeline.knowledge.row_models import KnownActor, KnownCommitment, KnownProject, Link, LocalActor, Sum, Value
from pipeline.record import Instrument

_NAMES = 8  # of a project
_QUOTES = 12  # sentences of one subject


@dataclass(frozen=True, slots=True)
class Subject:
    """`names`: the most frequent first, none of a commitment without a project; `quotes`: sentences about it.

    `countries`: alpha-3, of its projects, else of who receives; `funder_countries`: of who pays; `projects`: lasting
    ids of a commitment's projects.
    """

    what: Literal["project", "commitment"]
    id: str
    name: str
    names: tuple[str, ...]
    quotes: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    amounts: tuple[Sum, ...] = ()
    funders: tuple[str, ...] = ()
    funder_countries: frozenset[str] = frozenset()
    parties: tuple[str, ...] = ()
    sectors: frozenset[str] = frozenset()
    instruments: frozenset[Instrument] = field(default=frozenset())
    projects: tuple[str, ...] = ()


def subjects(knowledge: Knowledge) -> list[Subject]:
    """Projects, then commitments that are no policy and not denied, in the order of the folder."""
    reader = _Reader(knowledge)
    acts = [act for act in knowledge.commitments if act.kind != "policy" and not act.negated]
    about: defaultdict[str, list[KnownCommitment]] = defaultdict(list)
    for act in acts:
        for project in act.projects:
            about[project.value].append(act)
    found = [reader.project(project, about[project.id]) for project in knowledge.projects]
    return [*found, *map(reader.commitment, acts)]


class _Reader:
    def __init__(self, knowledge: Knowledge) -> None:
        self._actors = {actor.id: actor for actor in knowledge.actors}
        self._projects = {project.id: project for project in knowledge.projects}
        self._near = _near(knowledge.links)

    def project(self, known: KnownProject, acts: list[KnownCommitment]) -> Subject:
        countries = frozenset(one.value for one in known.countries)
        payers, others = self._sides(acts)
        return Subject(
            what="project",
            id=known.id,
            name=known.name,
            names=_names(known),
            quotes=tuple(dict.fromkeys(report.quote for act in acts for report in act.tellings))[:_QUOTES],
            countries=countries or self._countries(self._receivers(acts)) or self._elsewhere(known.id, payers),
            years=_years(known.first, known.latest, acts),
            amounts=tuple(_amounts(acts)),
            funders=tuple(payer.name for payer in payers),
            funder_countries=self._countries(payers),
            parties=tuple(other.name for other in others),
            sectors=frozenset(one.value for one in known.sectors),
            instruments=frozenset(act.instrument for act in acts if act.instrument),
        )

    def commitment(self, act: KnownCommitment) -> Subject:
        projects = [self._projects[one.value] for one in act.projects if one.value in self._projects]
        payers, others = self._sides([act])
        countries = frozenset(country.value for project in projects for country in project.countries)
        quotes = tuple(dict.fromkeys(report.quote for report in act.tellings))[:_QUOTES]
        return Subject(
            what="commitment",
            id=act.id,
            name=projects[0].name if projects else quotes[0] if quotes else act.id,
            names=tuple(name for project in projects for name in _names(project))[:_NAMES],
            quotes=quotes,
            countries=countries or self._countries(self._receivers([act])) or self._elsewhere(act.id, payers),
            years=_years(act.first, act.latest, [act]),
            amounts=tuple(_amounts([act])),
            funders=tuple(payer.name for payer in payers),
            funder_countries=self._countries(payers),
            parties=tuple(other.name for other in others),
            sectors=frozenset(act.sectors),
            instruments=frozenset({act.instrument} if act.instrument else ()),
            projects=tuple(project.id for project in projects),
        )

    def _elsewhere(self, entity: str, payers: Iterable[KnownActor]) -> frozenset[str]:
        """The countries that its articles name, without those of who pays where others are left."""
        near = self._near.get(entity, frozenset[str]())
        return near - self._countries(payers) or near

    def _known(self, values: Iterable[Value]) -> list[KnownActor]:
        return [self._actors[one] for one in dict.fromkeys(v.value for v in values) if one in self._actors]

    def _sides(self, acts: list[KnownCommitment]) -> tuple[list[KnownActor], list[KnownActor]]:
        """Who pays (without a flow who undertakes money), and who else takes part."""
        pays = self._known(one for act in acts for one in (act.provider or (act.by if act.kind == "finance" else [])))
        every = self._known(
            one for act in acts for some in (act.by, act.partners, act.to, act.recipient) for one in some
        )
        payers = {actor.id for actor in pays}
        return pays, [actor for actor in every if actor.id not in payers and actor.kind not in ("country", "person")]

    def _receivers(self, acts: list[KnownCommitment]) -> list[KnownActor]:
        return self._known(one for act in acts for one in (act.recipient or act.to))

    def _countries(self, actors: Iterable[KnownActor]) -> frozenset[str]:
        return frozenset(actor.country for actor in actors if actor.country)


def _near(links: Iterable[Link]) -> dict[str, frozenset[str]]:
    """By lasting id the countries that its articles name."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    articles: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if isinstance(link.said, LocalActor) and link.said.country and link.said.kind != "person":
            named[link.article].add(link.said.country)
        articles[link.entity].add(link.article)
    return {entity: frozenset().union(*(named[one] for one in some)) for entity, some in articles.items()}


def _names(project: KnownProject) -> tuple[str, ...]:
    return tuple(dict.fromkeys([project.name, *(one.value for one in project.names)]))[:_NAMES]


def _years(first: str | None, latest: str | None, acts: Iterable[KnownCommitment]) -> tuple[int, int] | None:
    """Of the articles, and the days that the commitments name."""
    days = [day for day in (first, latest) if day] + [one.value for act in acts for one in act.dates]
    return years_of(int(day[:4]) for day in days if day[:4].isdigit())


def _amounts(acts: Iterable[KnownCommitment]) -> Iterator[Sum]:
    """All amounts that reports give, each once."""
    found: Counter[tuple[float, str]] = Counter()
    for act in acts:
        for report in act.tellings:
            for amount in report.amounts:
                if amount.value and amount.currency and found[amount.value, amount.currency] == 0:
                    found[amount.value, amount.currency] += 1
                    yield amount
