"""What `corridor resolve` knows of exported articles, as rows: actors, projects and commitments, each once.

Hard only in that a sum needs one of many tellings to stand for a commitment, and only part of them may be exported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

from pipeline.knowledge import Knowledge, KnownActor, KnownCommitment, KnownProject, Link, Telling
from pipeline.values.exchange import usd
from pipeline.values.statuses import standing

Row = dict[str, Any]


def lasting(known: Knowledge, exported: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """The tables of lasting ids, by name; of what only articles that are not `exported` tell there is no row."""
    links = [link for link in known.links if link.article in exported]
    ids, tellings = {link.entity for link in links}, [t for c in known.commitments for t in c.tellings]
    copies = {copy for telling in tellings for copy in _told(telling, exported)[1:]}
    yield "links", [_link(link, link.link in copies) for link in links]
    yield "lasting_actors", [_actor(actor) for actor in known.actors if actor.id in ids]
    yield "lasting_projects", [_project(project) for project in known.projects if project.id in ids]
    kept = [row for commitment in known.commitments if (row := _commitment(commitment, exported))]
    yield "lasting_commitments", kept


def _told(telling: Telling, exported: Collection[str]) -> list[str]:
    """The exported links of a telling, the first that tells it and then its near-copies."""
    return [link for link in (telling.link, *telling.copies) if link.rpartition("/")[0] in exported]


def _link(link: Link, copy: bool) -> Row:
    told = {"key": link.link, "lasting_id": link.entity, "copy": copy}
    return {**told, "score": link.score, "reasons": ",".join(link.reasons)}


def _actor(actor: KnownActor) -> Row:
    told = actor.model_dump(include={"name", "kind", "country", "articles"})
    return {"lasting_actor": actor.id, **told, **_days(actor)}


def _project(project: KnownProject) -> Row:
    told = project.model_dump(include={"name", "programme", "articles"})
    return {"lasting_project": project.id, **told, **_days(project)}


def _commitment(commitment: KnownCommitment, exported: Collection[str]) -> Row | None:
    tellings = [telling for telling in commitment.tellings if _told(telling, exported)]
    if not tellings:
        return None
    amount, latest = commitment.amount, max(commitment.tellings, key=_day)
    sources = {telling.source for telling in commitment.tellings if telling.source}
    told = commitment.model_dump(include={"kind", "negated", "recommended_for_aggregates", "because"})
    return {
        "lasting_commitment": commitment.id,
        **told,
        "status": latest.status,
        "aiddata_stage": standing(latest.status, commitment.kind).aiddata_stage,
        "value": amount.value if amount else None,
        "currency": amount.currency if amount else None,
        "usd": _usd(commitment),
        "articles": sum(1 + len(telling.copies) for telling in commitment.tellings),
        "sources": len(sources),
        **_days(commitment),
        "disagree": ",".join(commitment.disagree) or None,
        "counted_as": _told(_counted(commitment, tellings), exported)[0],
    }


def _counted(commitment: KnownCommitment, tellings: Iterable[Telling]) -> Telling:
    """The telling that stands for the commitment: the latest of those with the amount that most agree on."""
    agreed = commitment.amount and (commitment.amount.value, commitment.amount.currency)
    return max(tellings, key=lambda told: (agreed in {(a.value, a.currency) for a in told.amounts}, *_day(told)))


def _day(telling: Telling) -> tuple[str, str]:
    return telling.date or "", telling.link


def _usd(commitment: KnownCommitment) -> float | None:
    """In the year in which it was first told."""
    amount, first = commitment.amount, commitment.first
    if amount is None or amount.value is None or amount.currency is None or first is None:
        return None
    found = usd(amount.value, amount.currency, int(first[:4]))
    return None if found is None else round(found, 2)


def _days(known: KnownActor | KnownProject | KnownCommitment) -> Row:
    told = {"first_date": known.first, "latest_date": known.latest}
    return {name: date.fromisoformat(day) if day else None for name, day in told.items()}
