"""Rows of actors, projects and timelines, made of the links: what a reader sees is never kept twice.

Hard because the articles disagree: every name and office stays, with in how many articles and on which days it was
told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.knowledge import (
    ActorSaid,
    Event,
    KnownActor,
    KnownArticle,
    KnownCommitment,
    KnownProject,
    Link,
    ProjectSaid,
    Told,
)

Articles = Mapping[str, KnownArticle]


class Seen(NamedTuple):
    """A value in an article."""

    value: str
    article: KnownArticle


def by_entity(links: Iterable[Link], what: str) -> dict[str, list[Link]]:
    """The links of a kind by lasting id, ids in order."""
    found: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.said.what == what:
            found[link.entity].append(link)
    return dict(sorted(found.items()))


def told(seen: Iterable[Seen]) -> list[Told]:
    """Each value once, those in most articles first."""
    articles: defaultdict[str, dict[str, KnownArticle]] = defaultdict(dict)
    for value, article in seen:
        articles[value][article.id] = article
    rows = [Told(value=value, articles=len(of), **days(of.values())) for value, of in articles.items()]
    return sorted(rows, key=lambda row: (-row.articles, -len(row.value), row.value))


def days(articles: Iterable[KnownArticle]) -> dict[str, str | None]:
    """The first and the latest day of articles, where any has one."""
    dates = sorted(article.date for article in articles if article.date)
    return {"first": dates[0] if dates else None, "latest": dates[-1] if dates else None}


def actors(links: Iterable[Link], articles: Articles) -> list[KnownActor]:
    """A row an actor."""
    return [_actor(entity, own, articles) for entity, own in by_entity(links, "actor").items()]


def _actor(entity: str, links: Sequence[Link], articles: Articles) -> KnownActor:
    pairs = [(link.said, articles[link.article]) for link in links if isinstance(link.said, ActorSaid)]
    names = told(Seen(said.name, article) for said, article in pairs)
    of = {article.id: article for _, article in pairs}
    return KnownActor(
        id=entity,
        name=names[0].value,
        kind=_most(said.kind for said, _ in pairs),
        country=_most(said.country for said, _ in pairs if said.country),
        names=names,
        roles=told(Seen(said.role, article) for said, article in pairs if said.role),
        articles=len(of),
        **days(of.values()),
    )


def projects(links: Iterable[Link], articles: Articles) -> list[KnownProject]:
    """A row a project or programme."""
    links = list(links)
    ids = {link.link: link.entity for link in links}
    return [_project(entity, own, articles, ids) for entity, own in by_entity(links, "project").items()]


def _project(entity: str, links: Sequence[Link], articles: Articles, ids: Mapping[str, str]) -> KnownProject:
    pairs = [(link.said, articles[link.article]) for link in links if isinstance(link.said, ProjectSaid)]
    names = told(Seen(said.name, article) for said, article in pairs)
    of = {article.id: article for _, article in pairs}
    return KnownProject(
        id=entity,
        name=names[0].value,
        programme=_most(said.programme for said, _ in pairs) or False,
        countries=told(Seen(code, article) for said, article in pairs for code in said.countries),
        sectors=told(Seen(code, article) for said, article in pairs for code in said.sectors),
        part_of=told(whole for whole in _wholes(pairs, ids) if whole.value != entity),
        names=names,
        articles=len(of),
        **days(of.values()),
    )


def _wholes(pairs: Iterable[tuple[ProjectSaid, KnownArticle]], ids: Mapping[str, str]) -> Iterator[Seen]:
    for said, article in pairs:
        yield from (Seen(ids[f"{article.id}/{whole}"], article) for whole in said.part_of)


def _most[Value: (str, bool)](values: Iterable[Value]) -> Value | None:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def timeline(commitments: Iterable[KnownCommitment]) -> list[Event]:
    """A row for each telling of a commitment on a project, in the order of days."""
    events = (event for commitment in commitments for event in _events(commitment))
    return sorted(events, key=lambda event: (event.project, event.date or "", event.link))


def _events(commitment: KnownCommitment) -> Iterator[Event]:
    for project in commitment.projects:
        for telling in commitment.tellings:
            yield Event(
                project=project.value,
                date=telling.date,
                commitment=commitment.id,
                kind=commitment.kind,
                status=telling.status,
                amounts=telling.amounts,
                attributed_to=telling.attributed_to,
                source=telling.source,
                link=telling.link,
                quote=telling.quote,
            )
