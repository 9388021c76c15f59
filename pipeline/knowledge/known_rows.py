"""Rows of actors, projects, commitments and timelines, made of links: all that articles say of one, side by side.

Where articles disagree, all values stay, with their numbers of articles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from pipeline.knowledge.counting import COUNTED, Act, exclusions, settings
from pipeline.knowledge.ledger import disputes, money_report
from pipeline.knowledge.linker import UNKNOWN
from pipeline.knowledge.profiles import CommitmentReader
from pipeline.knowledge.row_models import (
    Contradicted,
    Disagreement,
    Event,
    KnownActor,
    KnownArticle,
    KnownCommitment,
    KnownProject,
    Link,
    Local,
    LocalActor,
    LocalCommitment,
    LocalProject,
    Report,
    Stated,
    Sum,
    Value,
    shown,
)
from pipeline.values.gazetteer.names import key

Articles = Mapping[str, KnownArticle]
Seen = tuple[str, KnownArticle]  # a value, and an article that gives it
Pairs = Sequence[tuple[Link, LocalCommitment]]
_OF_EVENT = ("status", "amounts", "attributed_to", "source", "date", "link", "quote")  # fields of a report


def _by_entity[L: Local](links: Iterable[Link], what: type[L]) -> list[tuple[str, list[tuple[Link, L]]]]:
    """The links of a kind, with what they say, by lasting id, sorted by id."""
    found: defaultdict[str, list[tuple[Link, L]]] = defaultdict(list)
    for link in links:
        if isinstance(link.said, what):
            found[link.entity].append((link, link.said))
    return sorted(found.items())


def _counted(seen: Iterable[Seen]) -> list[Value]:
    """Each value once, those of most articles first."""
    articles: defaultdict[str, dict[str, KnownArticle]] = defaultdict(dict)
    for value, article in seen:
        articles[value][article.id] = article
    rows = [Value(value=value, articles=len(of), **_days(of.values())) for value, of in articles.items()]
    return sorted(rows, key=lambda row: (-row.articles, -len(row.value), row.value))


def _days(articles: Iterable[KnownArticle]) -> dict[str, str | None]:
    """The first and the latest day of articles, where any has one."""
    dates = sorted(article.date for article in articles if article.date)
    return {"first": dates[0] if dates else None, "latest": dates[-1] if dates else None}


def known_actors(links: Iterable[Link], articles: Articles) -> list[KnownActor]:
    """A row for each actor."""
    rows = []
    for entity, own in _by_entity(links, LocalActor):
        pairs = [(said, articles[link.article]) for link, said in own]
        row = KnownActor(
            **_named(entity, pairs),
            kind=_most(said.kind for said, _ in pairs),
            country=_most(said.country for said, _ in pairs if said.country),
            roles=_counted((said.role, article) for said, article in pairs if said.role),
        )
        rows.append(row)
    return rows


def known_projects(links: Sequence[Link], articles: Articles) -> list[KnownProject]:
    """A row for each project or programme."""
    rows, ids = [], {link.link: link.entity for link in links}
    for entity, own in _by_entity(links, LocalProject):
        pairs = [(said, articles[link.article]) for link, said in own]
        wholes = ((ids[f"{article.id}/{whole}"], article) for said, article in pairs for whole in said.part_of)
        row = KnownProject(
            **_named(entity, pairs),
            programme=_most(said.programme for said, _ in pairs) or False,
            countries=_counted((code, article) for said, article in pairs for code in said.countries),
            sectors=_counted((code, article) for said, article in pairs for code in said.sectors),
            part_of=_counted((whole, article) for whole, article in wholes if whole != entity),
        )
        rows.append(row)
    return rows


def _named(entity: str, pairs: Sequence[tuple[LocalActor | LocalProject, KnownArticle]]) -> dict[str, Any]:
    """The fields that rows of actors and projects share."""
    names = _counted((said.name, article) for said, article in pairs)
    of = {article.id: article for _, article in pairs}
    return {"id": entity, "name": names[0].value, "names": names, "articles": len(of), **_days(of.values())}


def _most[V: (str, bool)](values: Iterable[V]) -> V | None:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def timeline(commitments: Iterable[KnownCommitment]) -> list[Event]:
    """A row for each report of a commitment on a project, by project and day."""
    events = [
        Event(
            project=project.value,
            commitment=commitment.id,
            kind=commitment.kind,
            **{name: getattr(report, name) for name in _OF_EVENT},
        )
        for commitment in commitments
        for project in commitment.projects
        for report in commitment.tellings
    ]
    return sorted(events, key=lambda event: (event.project, event.date or "", event.link))


def commitments(
    links: Sequence[Link],
    articles: Articles,
    actors: Iterable[KnownActor],
    projects: Iterable[KnownProject],
    contradicted: Sequence[Disagreement],
) -> list[KnownCommitment]:
    """A row for each commitment: what its reports disagree on, and whether a sum should count it."""
    reader = CommitmentReader(articles, links, {})
    disagree: defaultdict[str, set[Contradicted]] = defaultdict(set)
    for found in contradicted:
        disagree[found.one].add(found.field)
        disagree[found.other].add(found.field)
    rows = [
        _row(entity, own, articles, reader, sorted(disagree[entity]))
        for entity, own in _by_entity(links, LocalCommitment)
    ]
    known = {actor.id: actor for actor in actors}
    names = {project.id: key(project.name) for project in projects}
    umbrellas = {whole.value for project in projects for whole in project.part_of}
    acts = {row.id: _act(row, known, names, umbrellas) for row in rows}
    left_out = exclusions(acts.values(), disputes(contradicted))
    judged = []
    for row in rows:
        why = left_out.get(row.id)
        firm = why is None and acts[row.id].latest.status in settings()["firm"]
        sums = {"counted": why is None, "because": why.because if why else COUNTED, "recommended_for_aggregates": firm}
        judged.append(row.model_copy(update=sums))
    return judged


def _row(
    entity: str, pairs: Pairs, articles: Articles, reader: CommitmentReader, disagree: list[Contradicted]
) -> KnownCommitment:
    pairs = sorted(pairs, key=lambda pair: (articles[pair[0].article].date or UNKNOWN, pair[0].link))
    seen = [(said, articles[link.article]) for link, said in pairs]
    flows = [(link, said.flow) for link, said in pairs if said.flow]
    instruments = _counted((flow.instrument, articles[link.article]) for link, flow in flows)
    terms = {name: text for _, flow in reversed(flows) for name, text in flow.terms.items()}
    reports = list(_reports(pairs, articles, reader))

    def ids(role: str, of: Iterable[tuple[Link, Any]] = pairs) -> list[Value]:
        """The lasting ids of those with a role."""
        return _counted(
            (one, articles[link.article]) for link, said in of for one in reader.ids(link.link, getattr(said, role))
        )

    return KnownCommitment(
        id=entity,
        kind=pairs[0][1].kind,
        negated=pairs[0][1].negated,
        by=ids("by"),
        partners=ids("partners"),
        to=ids("to"),
        projects=ids("projects"),
        statuses=_counted((said.status, article) for said, article in seen),
        amounts=_counted((shown(amount), article) for said, article in seen for amount in said.amounts if amount.value),
        dates=_counted((day, article) for said, article in seen for day in said.dates),
        sectors=sorted({code for said, _ in seen for code in said.sectors}),
        instrument=instruments[0].value if instruments else None,
        provider=ids("provider", flows),
        recipient=ids("recipient", flows),
        terms=dict(sorted(terms.items())),
        amount=_agreed(reports),
        disagree=disagree,
        counted=False,
        recommended_for_aggregates=False,
        because="",
        **_days(article for _, article in seen),
        tellings=reports,
    )


def _reports(pairs: Pairs, articles: Articles, reader: CommitmentReader) -> Iterator[Report]:
    """One for each story: of its first article, with the others as its copies."""
    stories: dict[str, list[tuple[Link, LocalCommitment]]] = {}
    for link, said in pairs:
        stories.setdefault(articles[link.article].text_id, []).append((link, said))
    for (link, said), *copies in stories.values():
        article = articles[link.article]
        speakers = reader.ids(link.link, [said.attributed_to] if said.attributed_to else [])
        stated = {name: getattr(said, name) for name in Stated.model_fields}
        yield Report(
            **stated | {"attributed_to": next(iter(speakers), None)},
            link=link.link,
            source=article.source,
            date=article.date,
            copies=[copy.link for copy, _ in copies],
        )


def _agreed(reports: Iterable[Report]) -> Sum | None:
    """The amount of most reports, the earliest of them; None where another of its currency has as many.

    A report with several amounts does not say which it is.
    """
    single = [report.amounts[0] for report in reports if len(report.amounts) == 1 and report.amounts[0].value]
    counts: dict[str, list[Sum]] = {}
    for amount in single:
        counts.setdefault(shown(amount), []).append(amount)
    if not counts:
        return None
    best, *rest = sorted(counts.values(), key=len, reverse=True)
    rivals = (other for other in rest if len(other) == len(best))
    return None if any(other[0].currency == best[0].currency for other in rivals) else best[0]


def _act(row: KnownCommitment, actors: Mapping[str, KnownActor], names: Mapping[str, str], umbrellas: Set[str]) -> Act:
    projects = {value.value for value in row.projects}
    provider, recipient = ([actors[value.value] for value in side] for side in (row.provider, row.recipient))
    return Act(
        id=row.id,
        instrument=row.instrument,
        negated=row.negated,
        boilerplate=False,
        provider=frozenset(actor.country or actor.id for actor in provider),
        recipient=frozenset(actor.country or actor.id for actor in recipient),
        payers=frozenset(actor.id for actor in provider if actor.kind != "country"),
        projects=frozenset(names[project] for project in projects),
        umbrella=bool(projects) and projects <= umbrellas,
        reports=tuple(
            money_report(report.link, report.date, report, report.dates, report.start, report.quote)
            for report in row.tellings
        ),
    )
