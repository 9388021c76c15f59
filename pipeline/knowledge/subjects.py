"""What is matched with lists: projects and commitments of a knowledge folder, with all that articles say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.knowledge.activities import Facts, years_of
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.row_models import (
    KnownActor,
    KnownCommitment,
    KnownProject,
    Link,
    LocalActor,
    Sum,
    Value,
)

_NAMES = 8  # of a project
_QUOTES = 12  # sentences of one subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Facts):
    """A project or commitment; `name` is shown, `names` are none of a commitment without a project.

    `quotes`: sentences about it; `funder_countries`: of who pays; `projects`: lasting ids of a commitment's projects.
    Its countries are those of its projects, else of who receives.
    """

    what: Literal["project", "commitment"]
    name: str
    quotes: tuple[str, ...] = ()
    funder_countries: frozenset[str] = frozenset()
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

    def project(self, known: KnownProject, acts: Sequence[KnownCommitment]) -> Subject:
        return self._subject("project", known, [known], acts, frozenset(one.value for one in known.sectors))

    def commitment(self, act: KnownCommitment) -> Subject:
        projects = [self._projects[one.value] for one in act.projects if one.value in self._projects]
        return self._subject("commitment", act, projects, [act], frozenset(act.sectors))

    def _subject(
        self,
        what: Literal["project", "commitment"],
        known: KnownProject | KnownCommitment,
        projects: Sequence[KnownProject],
        acts: Sequence[KnownCommitment],
        sectors: frozenset[str],
    ) -> Subject:
        payers, others = self._sides(acts)
        quotes = tuple(dict.fromkeys(report.quote for act in acts for report in act.tellings))[:_QUOTES]
        names = (name for one in projects for name in dict.fromkeys([one.name, *(other.value for other in one.names)]))
        receivers = self._known(one for act in acts for one in (act.recipient or act.to))
        near = self._near.get(known.id, frozenset[str]())  # without those of who pays where others are left
        days = [known.first, known.latest, *(one.value for act in acts for one in act.dates)]
        amounts: dict[tuple[float, str], Sum] = {}
        for amount in (amount for act in acts for report in act.tellings for amount in report.amounts):
            if amount.value and amount.currency:
                amounts.setdefault((amount.value, amount.currency), amount)
        return Subject(
            what=what,
            id=known.id,
            name=projects[0].name if projects else quotes[0] if quotes else known.id,
            names=tuple(names)[:_NAMES],
            quotes=quotes,
            countries=frozenset(country.value for project in projects for country in project.countries)
            or _countries(receivers)
            or near - _countries(payers)
            or near,
            years=years_of(int(day[:4]) for day in days if day and day[:4].isdigit()),
            amounts=tuple(amounts.values()),
            funders=tuple(payer.name for payer in payers),
            funder_countries=_countries(payers),
            parties=tuple(other.name for other in others),
            sectors=sectors,
            instruments=frozenset(act.instrument for act in acts if act.instrument),
            projects=tuple(project.id for project in projects if what == "commitment"),
        )

    def _known(self, values: Iterable[Value]) -> list[KnownActor]:
        return [self._actors[one] for one in dict.fromkeys(v.value for v in values) if one in self._actors]

    def _sides(self, acts: Sequence[KnownCommitment]) -> tuple[list[KnownActor], list[KnownActor]]:
        """Who pays (without a flow who undertakes money), and who else takes part."""
        pays = self._known(one for act in acts for one in (act.provider or (act.by if act.kind == "finance" else [])))
        every = self._known(
            one for act in acts for some in (act.by, act.partners, act.to, act.recipient) for one in some
        )
        payers = {actor.id for actor in pays}
        return pays, [actor for actor in every if actor.id not in payers and actor.kind not in ("country", "person")]


def _countries(actors: Iterable[KnownActor]) -> frozenset[str]:
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
