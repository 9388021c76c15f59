"""What `corridor resolve` knows of exported articles: rows of links, and of actors, projects and commitments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from pipeline.knowledge.decisions import Scheme
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.row_models import KnownActor, KnownCommitment, KnownProject, Report, article_of
from pipeline.publish.index import dollars
from pipeline.publish.tables.rows import Row
from pipeline.values.statuses import standing


def lasting(knowledge: Knowledge, exported: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """The tables of lasting ids, by name, without rows of which no article is `exported` (ids of articles)."""
    links = [link for link in knowledge.links if link.article in exported]
    ids, reports = {link.entity for link in links}, [r for c in knowledge.commitments for r in c.tellings]
    copies = {copy for report in reports for copy in _exported(report, exported)[1:]}
    yield (
        "links",
        [
            {
                "key": link.link,
                "lasting_id": link.entity,
                "copy": link.link in copies,
                "score": link.score,
                "reasons": ",".join(link.reasons),
            }
            for link in links
        ],
    )
    yield "lasting_actors", [_actor(actor) for actor in knowledge.actors if actor.id in ids]
    yield (
        "lasting_projects",
        [_project(project) | _ids(knowledge, [project.id]) for project in knowledge.projects if project.id in ids],
    )
    commitments = ((one, _commitment(one, exported)) for one in knowledge.commitments)
    yield "lasting_commitments", [row | _ids(knowledge, _lasting(one)) for one, row in commitments if row]


def _lasting(commitment: KnownCommitment) -> list[str]:
    """The lasting ids by which it may be published: its own and those of its projects."""
    return [commitment.id, *(project.value for project in commitment.projects)]


def _ids(knowledge: Knowledge, lasting: Sequence[str]) -> Row:
    """The ids that a person accepted for the first of some lasting ids that has any."""
    columns: dict[str, Scheme] = {"iati_identifier": "iati", "aiddata_id": "aiddata", "other_id": "other"}
    own, others = lasting[:1], lasting[1:]
    found = {
        name: knowledge.published.of(own, scheme) or knowledge.published.of(others, scheme)
        for name, scheme in columns.items()
    }
    return {name: "; ".join(ids) or None for name, ids in found.items()}


def _exported(report: Report, exported: Collection[str]) -> list[str]:
    """The links of a report and of its near-copies whose articles are exported, the report's own first."""
    return [link for link in (report.link, *report.copies) if article_of(link) in exported]


def _actor(actor: KnownActor) -> Row:
    fields = actor.model_dump(include={"name", "kind", "country", "articles"})
    return {"lasting_actor": actor.id, **fields, **_days(actor)}


def _project(project: KnownProject) -> Row:
    fields = project.model_dump(include={"name", "programme", "articles"})
    return {"lasting_project": project.id, **fields, **_days(project)}


def _commitment(commitment: KnownCommitment, exported: Collection[str]) -> Row | None:
    reports = [report for report in commitment.tellings if _exported(report, exported)]
    if not reports:
        return None
    amount, latest = commitment.amount, max(commitment.tellings, key=_day)
    return {
        "lasting_commitment": commitment.id,
        **commitment.model_dump(include={"kind", "negated", "counted", "recommended_for_aggregates", "because"}),
        "status": latest.status,
        "aiddata_stage": standing(latest.status).aiddata_stage,
        "value": amount.value if amount else None,
        "currency": amount.currency if amount else None,
        "usd": amount and dollars(amount.value, amount.currency, commitment.first),
        "articles": sum(1 + len(report.copies) for report in commitment.tellings),
        "sources": len({report.source for report in commitment.tellings if report.source}),
        **_days(commitment),
        "disagree": ",".join(commitment.disagree) or None,
        "counted_as": _exported(_representative(commitment, reports), exported)[0],
    }


def _representative(commitment: KnownCommitment, reports: Iterable[Report]) -> Report:
    """The report that represents the commitment in sums: the latest of those with the agreed amount."""
    agreed = commitment.amount and (commitment.amount.value, commitment.amount.currency)
    return max(reports, key=lambda report: (agreed in {(a.value, a.currency) for a in report.amounts}, *_day(report)))


def _day(report: Report) -> tuple[str, str]:
    return report.date or "", report.link


def _days(known: KnownActor | KnownProject | KnownCommitment) -> Row:
    days = {"first_date": known.first, "latest_date": known.latest}
    return {name: date.fromisoformat(day) if day else None for name, day in days.items()}
