"""The index of a page: rows of all articles and commitments, and the actors and projects that they name.

Actors and projects are merged by name, kind and country alone, as in the tables of `corridor export`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import isfinite
from typing import Any, get_args

from pipeline.gazetteer.places import name_by_country
from pipeline.record import Actor, ActorKind, Commitment, CommitmentKind, Label, Project, Record, Status
from pipeline.report.words import clean, day, money
from pipeline.seeds import rows
from pipeline.values.statuses import standing

Json = dict[str, Any]
Numbers = Callable[[Iterable[str]], list[int]]  # of actors or projects, by their ids
VALUES = {
    "kinds": get_args(CommitmentKind),
    "statuses": get_args(Status),
    "labels": get_args(Label),
    "actor_kinds": get_args(ActorKind),
}
_LEAD = 90  # characters of the text that replace a missing title


class Entities:
    """Actors or projects, each once, referred to by its number."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, row: Json, *key: Any) -> int:
        found = self._numbers.setdefault(key, len(self.rows))
        if found == len(self.rows):
            self.rows.append(row)
        return found

    def numbers(self, known: dict[str, int], ids: Iterable[str]) -> list[int]:
        """The numbers of ids in one record; an id that it lacks is its own name."""
        return [known[name] if name in known else self.number({"name": name}, name) for name in dict.fromkeys(ids)]


class Index:
    """Grows by one record at a time."""

    def __init__(self) -> None:
        self._articles: list[Json] = []
        self._commitments: list[Json] = []
        self._actors, self._projects = Entities(), Entities()

    def add(self, record: Record) -> None:
        actors = {actor.id: self._actor(actor) for actor in record.actors}
        projects = {project.id: self._project(project) for project in record.projects}
        place = len(self._articles)
        self._articles.append(_article(record, actors.values(), projects.values()))
        of_actors, of_projects = partial(self._actors.numbers, actors), partial(self._projects.numbers, projects)
        for number, commitment in enumerate(record.commitments):
            row = _row(record, commitment, of_actors, of_projects)
            self._commitments.append({"article": place, "number": number} | row)

    def _actor(self, actor: Actor) -> int:
        row = {"name": actor.name, "kind": actor.kind, "country": actor.country}
        return self._actors.number(row, actor.name.casefold(), actor.kind, actor.country)

    def _project(self, project: Project) -> int:
        row = {"name": project.name, "programme": project.programme}
        return self._projects.number(row, project.name.casefold(), project.programme)

    def data(self) -> Json:
        """JSON values: articles, actors, projects, commitments, the value sets, and the names of codes.

        `counted`: neither denied nor boilerplate, and not of a near-duplicate of an article in the index.
        """
        ids = {article["id"] for article in self._articles}
        copies = [
            article["story"] not in (None, article["id"]) and article["story"] in ids for article in self._articles
        ]
        commitments = [
            row | {"counted": not (row["negated"] or row["boilerplate"] or copies[row["article"]])}
            for row in self._commitments
        ]
        parts = {"articles": self._articles, "actors": self._actors.rows, "projects": self._projects.rows}
        return {**parts, "commitments": commitments, "values": VALUES, **_labels()}


def _article(record: Record, actors: Iterable[int], projects: Iterable[int]) -> Json:
    article = record.article
    return {
        "id": article.id,
        "title": clean(article.title or "") or lead(article.text),
        "source": article.source,
        "date": article.date,
        "story": article.story,
        "sectors": [sector.code for sector in record.sectors],
        "actors": sorted(set(actors)),
        "projects": sorted(set(projects)),
    }


def lead(text: str) -> str:
    """The first words of a text, to replace a missing title."""
    words = clean(text[: 4 * _LEAD])
    return words if len(words) <= _LEAD else words[:_LEAD].rsplit(" ", 1)[0] + " …"


def _row(record: Record, commitment: Commitment, actors: Numbers, projects: Numbers) -> Json:
    row = commitment.model_dump(include={"kind", "status", "negated", "boilerplate", "confidence"})
    first = commitment.evidence[0]
    return {
        **row,
        "by": actors(commitment.by),
        "with": actors(commitment.with_),
        "to": actors(commitment.to),
        "attributed_to": actors([commitment.attributed_to] if commitment.attributed_to else []),
        "projects": projects(commitment.projects),
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
    """The countries of its projects, else those of the actors it is made to; never those of the actors that give."""
    of_projects = [c for project in record.projects if project.id in commitment.projects for c in project.countries]
    made_to = [actor.country for actor in record.actors if actor.id in commitment.to and actor.country]
    return list(dict.fromkeys(of_projects or made_to))


def _summable(commitment: Commitment) -> tuple[str, float] | None:
    """Currency and value if the amount may be added to others of its currency.

    It must be the only amount, exact, and of finance that AidData counts (agreed, underway, completed). Costs of other
    kinds are mostly paid from finance, and would count twice.
    """
    known = standing(commitment.status, commitment.kind)
    if not commitment.in_story or not known.transaction_type or not known.recommended_for_aggregates:
        return None
    amount = commitment.amounts[0] if len(commitment.amounts) == 1 else None
    if amount is None or amount.approximate or amount.low != amount.high:
        return None
    value = _finite(amount.value)
    return (amount.currency, value) if amount.currency and value is not None else None


def _finite(value: float | None) -> float | None:
    """JSON has no infinity."""
    return value if value is not None and isfinite(value) else None


def _labels() -> Json:
    sectors = {row["code"]: row["label"] for row in rows("sectors.csv", "code", "label")}
    return {"countries": name_by_country(), "sectors": sectors}
