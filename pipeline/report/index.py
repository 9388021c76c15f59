"""What the page is told of all records at once: rows of articles and commitments, and who and what they speak of.

Hard because an article knows only its own actors: here they are put together by name, kind and country alone, as the
tables and the graph of `corridor export` have it; and because most amounts must not be summed.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any, get_args

from pipeline.gazetteer.places import name_by_country
from pipeline.record import Actor, ActorKind, Amount, Commitment, CommitmentKind, Label, Project, Record, Status
from pipeline.report.words import clean, day, money
from pipeline.seeds import rows
from pipeline.values.statuses import standing

Told = dict[str, Any]
VALUES = {
    "kinds": get_args(CommitmentKind),
    "statuses": get_args(Status),
    "labels": get_args(Label),
    "actor_kinds": get_args(ActorKind),
}
_LEAD = 90  # characters of the text that stand for a title


class Known:
    """Things that are told once and spoken of by their number."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, told: Told, *key: Any) -> int:
        found = self._numbers.setdefault(key, len(self.told))
        if found == len(self.told):
            self.told.append(told)
        return found


class Index:
    """Grows by a record at a time."""

    def __init__(self) -> None:
        self._articles: list[Told] = []
        self._commitments: list[Told] = []
        self._actors, self._projects = Known(), Known()

    def add(self, record: Record) -> None:
        actors = {actor.id: self._actor(actor) for actor in record.actors}
        projects = {project.id: self._project(project) for project in record.projects}
        names = _Names(self._actors, actors, self._projects, projects)
        place = len(self._articles)
        self._articles.append(_article(record, actors.values(), projects.values()))
        for number, commitment in enumerate(record.commitments):
            where = {"article": place, "number": number}
            self._commitments.append(where | _row(record, commitment, names))

    def _actor(self, actor: Actor) -> int:
        told = {"name": actor.name, "kind": actor.kind, "country": actor.country}
        return self._actors.number(told, actor.name.casefold(), actor.kind, actor.country)

    def _project(self, project: Project) -> int:
        told = {"name": project.name, "programme": project.programme}
        return self._projects.number(told, project.name.casefold(), project.programme)

    def told(self) -> Told:
        """JSON values: articles, actors, projects, commitments, the closed sets of values, and the names of codes.

        `counted`: not negated, and not of a near-copy of an article that is here.
        """
        ids = {article["id"] for article in self._articles}
        copies = [
            article["story"] not in (None, article["id"]) and article["story"] in ids for article in self._articles
        ]
        commitments = [
            row | {"counted": not row["negated"] and not copies[row["article"]]} for row in self._commitments
        ]
        parts = {"articles": self._articles, "actors": self._actors.told, "projects": self._projects.told}
        return {**parts, "commitments": commitments, "values": VALUES, **_labels()}


class _Names:
    """The numbers of the actors and projects of one record; an id that it does not have is its own name."""

    def __init__(self, actors: Known, of_actors: dict[str, int], projects: Known, of_projects: dict[str, int]) -> None:
        self._actors, self._of_actors, self._projects, self._of_projects = actors, of_actors, projects, of_projects

    def actors(self, ids: Iterable[str]) -> list[int]:
        return [self._of(self._actors, self._of_actors, name) for name in dict.fromkeys(ids)]

    def projects(self, ids: Iterable[str]) -> list[int]:
        return [self._of(self._projects, self._of_projects, name) for name in dict.fromkeys(ids)]

    @staticmethod
    def _of(known: Known, numbers: dict[str, int], name: str) -> int:
        return numbers[name] if name in numbers else known.number({"name": name}, name)


def _article(record: Record, actors: Iterable[int], projects: Iterable[int]) -> Told:
    article = record.article
    title = clean(article.title or "") or lead(article.text)
    told = {"id": article.id, "title": title, "source": article.source, "date": article.date, "story": article.story}
    sectors = [sector.code for sector in record.sectors]
    return {**told, "sectors": sectors, "actors": sorted(set(actors)), "projects": sorted(set(projects))}


def lead(text: str) -> str:
    """The first words of a text, in the place of a title."""
    words = clean(text[: 4 * _LEAD])
    return words if len(words) <= _LEAD else words[:_LEAD].rsplit(" ", 1)[0] + " …"


def _row(record: Record, commitment: Commitment, names: _Names) -> Told:
    told = commitment.model_dump(include={"kind", "status", "negated", "confidence"})
    said = [commitment.attributed_to] if commitment.attributed_to else []
    parties = {"by": commitment.by, "with": commitment.with_, "to": commitment.to, "said": said}
    first = commitment.evidence[0]
    return {
        **told,
        **{role: names.actors(ids) for role, ids in parties.items()},
        "projects": names.projects(commitment.projects),
        "sectors": list(dict.fromkeys(commitment.sectors)),
        "countries": _countries(record, commitment),
        "amounts": [money(amount) or clean(amount.text) for amount in commitment.amounts],
        "currencies": sorted({amount.currency for amount in commitment.amounts if amount.currency}),
        "value": _finite(commitment.amounts[0].value) if commitment.amounts else None,
        "sum": _summable(commitment),
        "dates": [day(date) or clean(date.text) for date in commitment.dates],
        "iso": next((date.iso for date in commitment.dates if date.iso), None),
        "quote": record.article.text[first.start : first.end],
    }


def _countries(record: Record, commitment: Commitment) -> list[str]:
    """Those of its projects; where there are none, those of the parties it is made to. Not those of who gives."""
    of_projects = [c for project in record.projects if project.id in commitment.projects for c in project.countries]
    made_to = [actor.country for actor in record.actors if actor.id in commitment.to and actor.country]
    return list(dict.fromkeys(of_projects or made_to))


def _summable(commitment: Commitment) -> tuple[str, float] | None:
    """Currency and value, where the amount may be added to others of its currency.

    It is the only one of finance that AidData would count (agreed, underway, completed), and no bound, range or guess;
    what other kinds cost is mostly paid from finance, and would count twice.
    """
    known = standing(commitment.status, commitment.kind)
    if commitment.negated or not known.transaction_type or not known.recommended_for_aggregates:
        return None
    amount = commitment.amounts[0] if len(commitment.amounts) == 1 else None
    value = _exact(amount) if amount else None
    return (amount.currency, value) if amount and amount.currency and value is not None else None


def _exact(amount: Amount) -> float | None:
    return None if amount.approximate or amount.low != amount.high else _finite(amount.value)


def _finite(value: float | None) -> float | None:
    """JSON knows no infinity."""
    return value if value is not None and isfinite(value) else None


def _labels() -> Told:
    sectors = {row["code"]: row["label"] for row in rows("sectors.csv", "code", "label")}
    return {"countries": name_by_country(), "sectors": sectors}
