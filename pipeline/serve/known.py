"""The knowledge that was given at the start: actors, projects and commitments by filters, and what changed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from pipeline.knowledge.changes import Change, Kind, Named, Saying, changes, latest_status, since
from pipeline.knowledge.decisions import read_decisions
from pipeline.knowledge.folder import (
    Event,
    KnownActor,
    KnownCommitment,
    KnownProject,
    Report,
    Value,
    article_of,
    of_folder,
)
from pipeline.knowledge.resolve import before
from pipeline.record import ActorKind, CommitmentKind, Day, Instrument, Status
from pipeline.serve.problems import Refusal
from pipeline.values.gazetteer.names import key

Country = Annotated[str | None, Field(pattern="^[A-Z]{3}$", description="ISO 3166-1 alpha-3, such as KEN.")]


class ProjectView(BaseModel):
    """A project with all that is reported of it; `timeline`: by day, what each article reports."""

    project: KnownProject
    commitments: list[KnownCommitment]
    timeline: list[Event]


class Wanted(BaseModel):
    """Which commitments are wanted; what is None or empty is not asked for. Those that are denied are left out."""

    q: str = Field("", description="Words that all must stand in its quotes or names.")
    kind: CommitmentKind | None = None
    status: Status | None = Field(None, description="That of its latest report.")
    instrument: Instrument | None = None
    country: Country = None
    actor: str | None = Field(None, description="Lasting id of a party.")
    project: str | None = Field(None, description="Lasting id of a project.")
    counted: bool | None = Field(None, description="Whether a sum counts it.")
    since: Day | None = Field(None, description="Reported on this day or later.")


class Known:
    """A knowledge folder as it was at the start, and maybe an older one. Raises SetupError where one cannot be read."""

    def __init__(self, folder: Path, old: Path | None = None) -> None:
        self._now, self._decisions = of_folder(folder), read_decisions(folder)
        self._old = of_folder(old) if old else None
        self._actors = {row.id: row for row in self._now.actors}
        self._projects = {row.id: row for row in self._now.projects}
        self._urls = {row.id: row.url for row in self._now.articles}
        self._commitments = {row.id: row for row in self._now.commitments}

    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self._now, name)) for name in ("articles", "actors", "projects", "commitments")}

    def actors(self, q: str = "", kind: ActorKind | None = None, country: str | None = None) -> Iterator[KnownActor]:
        """The actors with all the words in one of their names."""
        for row in self._now.actors:
            fits = kind in (None, row.kind) and country in (None, row.country)
            if fits and _has(_names(row), q):
                yield row

    def projects(self, q: str = "", country: str | None = None, sector: str | None = None) -> Iterator[KnownProject]:
        """The projects with all the words in one of their names; `sector`: an OECD DAC code."""
        for row in self._now.projects:
            fits = country in (None, *_values(row.countries)) and sector in (None, *_values(row.sectors))
            if fits and _has(_names(row), q):
                yield row

    def commitments(self, wanted: Wanted) -> Iterator[KnownCommitment]:
        return (row for row in self._now.commitments if not row.negated and self._fits(row, wanted))

    def _fits(self, row: KnownCommitment, wanted: Wanted) -> bool:
        return (
            wanted.kind in (None, row.kind)
            and wanted.instrument in (None, row.instrument)
            and wanted.counted in (None, row.counted)
            and wanted.status in (None, latest_status(row))
            and (wanted.since is None or (row.latest or "") >= wanted.since)
            and wanted.project in (None, *_values(row.projects))
            and wanted.actor in (None, *_parties(row))
            and wanted.country in (None, *self._countries(row))
            and (not wanted.q or _has([self._words(row)], wanted.q))
        )

    def _countries(self, row: KnownCommitment) -> Iterator[str | None]:
        yield from (self._actors[name].country for name in _parties(row) if name in self._actors)
        for name in _values(row.projects):
            yield from _values(self._projects[name].countries if name in self._projects else [])

    def _words(self, row: KnownCommitment) -> str:
        names = (one.name for one in self.named([*_parties(row), *_values(row.projects)]))
        return " ".join([*names, *(report.quote for report in row.reports)])

    def named(self, ids: Iterable[str]) -> list[Named]:
        """Actors and projects by their lasting ids, each once."""
        rows = self._actors | self._projects
        return [Named(id=name, name=rows[name].name if name in rows else name) for name in dict.fromkeys(ids)]

    def saying(self, report: Report) -> Saying:
        """The words of a report, with the address of its article."""
        url = self._urls.get(article_of(report.link))
        return Saying(source=report.source, date=report.date, link=report.link, url=url, quote=report.quote)

    def actor(self, name: str) -> KnownActor:
        """The actor of a lasting id. Raises Refusal; `commitment` and `project` likewise."""
        return _one(self._actors, name, "actors")

    def commitment(self, name: str) -> KnownCommitment:
        return _one(self._commitments, name, "commitments")

    def project(self, name: str) -> ProjectView:
        project = _one(self._projects, name, "projects")
        timeline = [event for event in self._now.timeline if event.project == name]
        return ProjectView(project=project, commitments=[*self.commitments(Wanted(project=name))], timeline=timeline)

    def changes(self, day: Day | None = None, today: Day | None = None, kind: Kind | None = None) -> list[Change]:
        """What changed since the older folder, or since a day. Raises Refusal where neither is known."""
        if self._old is None and day is None:
            raise Refusal(422, "give `since`, a day such as 2025-06-01, or start the server with --old FOLDER")
        old = self._old
        if old is None and day is not None:
            old = before(self._now, day, self._decisions)
        assert old is not None
        found = changes(old, self._now, today)
        return [row for row in (since(found, day) if day else found) if kind in (None, row.change)]


def _one[Row](rows: dict[str, Row], name: str, of: str) -> Row:
    if name not in rows:
        raise Refusal(404, f"there is no {name!r} among the {of}; /knowledge/{of} lists those that there are")
    return rows[name]


def _values(found: Iterable[Value]) -> list[str]:
    return [one.value for one in found]


def _names(row: KnownActor | KnownProject) -> list[str]:
    return [row.name, *_values(row.names)]


def _parties(row: KnownCommitment) -> list[str]:
    return _values([*row.by, *row.partners, *row.to, *row.provider, *row.recipient])


def _has(texts: Iterable[str], wanted: str) -> bool:
    """Whether one of the texts has all the words, as names are compared."""
    words = key(wanted).split()
    return not words or any(all(word in key(text) for word in words) for text in texts)
