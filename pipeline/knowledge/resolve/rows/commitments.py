"""Rows of commitments: all reports of one side by side, what they disagree on, and whether a sum should count it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from pipeline.knowledge.folder.links import Link, LocalCommitment, Sum, article_of, shown
from pipeline.knowledge.folder.rows import (
    Contradicted,
    Disagreement,
    KnownActor,
    KnownCommitment,
    KnownProject,
    Report,
    Value,
)
from pipeline.knowledge.resolve.matching.commitment_profiles import CommitmentReader
from pipeline.knowledge.resolve.rows.entities import Articles, by_entity, counted, days
from pipeline.knowledge.sums import rules as sums
from pipeline.knowledge.sums.ledger import disputes, worth, year_of
from pipeline.knowledge.sums.rules import COUNTED, Act, Exclusion, exclusions, settings
from pipeline.record import Status
from pipeline.values.gazetteer.names import key

Pairs = Sequence[tuple[Link, LocalCommitment]]
_UNKNOWN = "9999"  # an article without a day comes last
_SAME = {"status", "trigger", "amounts", "dates", "sentence", "start", "end", "quote"}  # fields of a report


def commitments(
    links: Sequence[Link],
    articles: Articles,
    actors: Iterable[KnownActor],
    projects: Iterable[KnownProject],
    contradicted: Sequence[Disagreement],
) -> list[KnownCommitment]:
    """A row for each commitment."""
    reader = CommitmentReader(articles, links, {})
    disagree: defaultdict[str, set[Contradicted]] = defaultdict(set)
    for row in contradicted:
        disagree[row.one].add(row.field)
        disagree[row.other].add(row.field)
    rows = [
        _row(entity, own, articles, reader, sorted(disagree[entity]))
        for entity, own in by_entity(links, "commitment").items()
    ]
    known = {actor.id: actor for actor in actors}
    names = {project.id: key(project.name) for project in projects}
    umbrellas = {whole.value for project in projects for whole in project.part_of}
    acts = {row.id: _act(row, known, names, umbrellas) for row in rows}
    left_out = exclusions(acts.values(), disputes(contradicted))
    return [_judged(row, acts[row.id].latest.status, left_out.get(row.id)) for row in rows]


def _judged(row: KnownCommitment, status: Status, why: Exclusion | None) -> KnownCommitment:
    firm, because = why is None and status in settings()["firm"], why.because if why else COUNTED
    return row.model_copy(update={"counted": why is None, "because": because, "recommended_for_aggregates": firm})


def _row(
    entity: str, links: Iterable[Link], articles: Articles, reader: CommitmentReader, disagree: list[Contradicted]
) -> KnownCommitment:
    pairs = [(link, link.said) for link in links if isinstance(link.said, LocalCommitment)]
    pairs.sort(key=lambda pair: (articles[pair[0].article].date or _UNKNOWN, pair[0].link))
    reports = list(_reports(pairs, articles, reader))
    seen = [(said, articles[link.article]) for link, said in pairs]
    return KnownCommitment(
        id=entity,
        kind=pairs[0][1].kind,
        negated=pairs[0][1].negated,
        by=_ids(pairs, "by", articles, reader),
        partners=_ids(pairs, "partners", articles, reader),
        to=_ids(pairs, "to", articles, reader),
        projects=_ids(pairs, "projects", articles, reader),
        statuses=counted((said.status, article) for said, article in seen),
        amounts=counted((shown(amount), article) for said, article in seen for amount in said.amounts if amount.value),
        dates=counted((day, article) for said, article in seen for day in said.dates),
        sectors=sorted({code for said, _ in seen for code in said.sectors}),
        **_flow(pairs, articles, reader),
        amount=_agreed(reports),
        disagree=disagree,
        counted=False,
        recommended_for_aggregates=False,
        because="",
        **days(article for _, article in seen),
        tellings=reports,
    )


def _ids(pairs: Pairs, role: str, articles: Articles, reader: CommitmentReader) -> list[Value]:
    names = [(link, getattr(said, role)) for link, said in pairs]
    return _parties(names, articles, reader)


def _parties(names: Iterable[tuple[Link, list[str]]], articles: Articles, reader: CommitmentReader) -> list[Value]:
    """The lasting ids of local ids of the articles of links."""
    return counted((entity, articles[link.article]) for link, some in names for entity in reader.ids(link.link, some))


def _flow(pairs: Pairs, articles: Articles, reader: CommitmentReader) -> dict[str, Any]:
    """The fields of the flow of money: what most articles say of it."""
    flows = [(link, said.flow) for link, said in pairs if said.flow]
    instruments = counted((flow.instrument, articles[link.article]) for link, flow in flows)
    terms = {name: text for link, flow in reversed(flows) for name, text in flow.terms.items()}
    return {
        "instrument": instruments[0].value if instruments else None,
        "provider": _parties([(link, flow.provider) for link, flow in flows], articles, reader),
        "recipient": _parties([(link, flow.recipient) for link, flow in flows], articles, reader),
        "terms": dict(sorted(terms.items())),
    }


def _reports(pairs: Pairs, articles: Articles, reader: CommitmentReader) -> Iterator[Report]:
    """One for each story: of its first article, with the others as its copies."""
    stories: dict[str, list[tuple[Link, LocalCommitment]]] = {}
    for link, said in pairs:
        stories.setdefault(articles[link.article].story or link.article, []).append((link, said))
    for (link, said), *copies in stories.values():
        article = articles[link.article]
        speakers = reader.ids(link.link, [said.attributed_to] if said.attributed_to else [])
        yield Report(
            link=link.link,
            source=article.source,
            date=article.date,
            copies=[copy.link for copy, _ in copies],
            attributed_to=next(iter(speakers), None),
            **said.model_dump(include=_SAME),
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
            sums.Report(
                key=report.link,
                article=article_of(report.link),
                day=report.date,
                year=year_of(report.dates, report.date),
                status=report.status,
                worth=worth(report.amounts),
                rough=any(amount.approximate for amount in report.amounts[:1]),
                place=report.amounts[0].start if report.amounts else None,
                start=report.start,
                marks=sums.marks(report.quote),
            )
            for report in row.tellings
        ),
    )
