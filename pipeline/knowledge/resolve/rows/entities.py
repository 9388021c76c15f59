"""Rows of actors, projects and timelines. Where articles disagree, all values stay, with their numbers of articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pipeline.knowledge.folder.links import KnownArticle, Link, LocalActor, LocalProject
from pipeline.knowledge.folder.rows import Event, KnownActor, KnownCommitment, KnownProject, Value

Articles = Mapping[str, KnownArticle]
Seen = tuple[str, KnownArticle]  # a value, and an article that gives it


def by_entity(links: Iterable[Link], what: str) -> dict[str, list[Link]]:
    """The links of a kind by lasting id, sorted by id."""
    found: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.said.what == what:
            found[link.entity].append(link)
    return dict(sorted(found.items()))


def counted(seen: Iterable[Seen]) -> list[Value]:
    """Each value once, those of most articles first."""
    articles: defaultdict[str, dict[str, KnownArticle]] = defaultdict(dict)
    for value, article in seen:
        articles[value][article.id] = article
    rows = [Value(value=value, articles=len(of), **days(of.values())) for value, of in articles.items()]
    return sorted(rows, key=lambda row: (-row.articles, -len(row.value), row.value))


def days(articles: Iterable[KnownArticle]) -> dict[str, str | None]:
    """The first and the latest day of articles, where any has one."""
    dates = sorted(article.date for article in articles if article.date)
    return {"first": dates[0] if dates else None, "latest": dates[-1] if dates else None}


def known_actors(links: Iterable[Link], articles: Articles) -> list[KnownActor]:
    """A row for each actor."""
    rows = []
    for entity, own in by_entity(links, "actor").items():
        pairs = [(link.said, articles[link.article]) for link in own if isinstance(link.said, LocalActor)]
        names = counted((said.name, article) for said, article in pairs)
        of = {article.id: article for _, article in pairs}
        row = KnownActor(
            id=entity,
            name=names[0].value,
            kind=_most(said.kind for said, _ in pairs),
            country=_most(said.country for said, _ in pairs if said.country),
            names=names,
            roles=counted((said.role, article) for said, article in pairs if said.role),
            articles=len(of),
            **days(of.values()),
        )
        rows.append(row)
    return rows


def known_projects(links: Iterable[Link], articles: Articles) -> list[KnownProject]:
    """A row for each project or programme."""
    links, rows = list(links), []
    ids = {link.link: link.entity for link in links}
    for entity, own in by_entity(links, "project").items():
        pairs = [(link.said, articles[link.article]) for link in own if isinstance(link.said, LocalProject)]
        names = counted((said.name, article) for said, article in pairs)
        of = {article.id: article for _, article in pairs}
        wholes = ((ids[f"{article.id}/{whole}"], article) for said, article in pairs for whole in said.part_of)
        row = KnownProject(
            id=entity,
            name=names[0].value,
            programme=_most(said.programme for said, _ in pairs) or False,
            countries=counted((code, article) for said, article in pairs for code in said.countries),
            sectors=counted((code, article) for said, article in pairs for code in said.sectors),
            part_of=counted((whole, article) for whole, article in wholes if whole != entity),
            names=names,
            articles=len(of),
            **days(of.values()),
        )
        rows.append(row)
    return rows


def _most[V: (str, bool)](values: Iterable[V]) -> V | None:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def timeline(commitments: Iterable[KnownCommitment]) -> list[Event]:
    """A row for each report of a commitment on a project, by project and day."""
    events = (event for commitment in commitments for event in _events(commitment))
    return sorted(events, key=lambda event: (event.project, event.date or "", event.link))


def _events(commitment: KnownCommitment) -> Iterator[Event]:
    for project in commitment.projects:
        for report in commitment.tellings:
            yield Event(
                project=project.value,
                date=report.date,
                commitment=commitment.id,
                kind=commitment.kind,
                status=report.status,
                amounts=report.amounts,
                attributed_to=report.attributed_to,
                source=report.source,
                link=report.link,
                quote=report.quote,
            )
