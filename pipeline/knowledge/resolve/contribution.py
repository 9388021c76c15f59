"""What a record contributes to a knowledge folder: its article, actors, projects and commitments, by link."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.knowledge.folder.links import KnownArticle, Local, LocalActor, LocalCommitment, LocalProject, Sum
from pipeline.record import Commitment, Record, digest

FORMAT = "4"  # of what is taken from a record; after a change all articles are read again


class Contribution(NamedTuple):
    """An article and what it says, by link."""

    article: KnownArticle
    said: dict[str, Local]


def contribution(record: Record) -> Contribution:
    """What the record contributes. Commitments that are boilerplate are no part of the article's story: left out."""
    article = record.article
    fields = article.model_dump(include={"id", "title", "source", "url", "date", "story", "sha256"})
    said: dict[str, Local] = {}
    for actor in record.actors:
        dumped = actor.model_dump(include={"name", "kind", "country", "role", "aliases"})
        said[f"{article.id}/{actor.id}"] = LocalActor(**dumped)
    for project in record.projects:
        dumped = project.model_dump(include={"name", "programme", "aliases", "countries"})
        sectors = [sector.code for sector in project.sectors]
        wholes = _programmes(record, project.id)
        said[f"{article.id}/{project.id}"] = LocalProject(**dumped, sectors=sectors, part_of=wholes)
    for commitment in record.commitments:
        if not commitment.boilerplate:
            said[f"{article.id}/{commitment.id}"] = _commitment(record, commitment)
    return Contribution(KnownArticle(**fields, record=digest(FORMAT + record.to_json())), said)


def _programmes(record: Record, project: str) -> list[str]:
    """The programmes of the article that a project is part of."""
    known = {other.id for other in record.projects}
    parts = (r.object for r in record.relations if (r.type, r.subject) == ("part_of", project) and r.object in known)
    return list(dict.fromkeys(parts))


def _commitment(record: Record, commitment: Commitment) -> LocalCommitment:
    evidence = commitment.evidence[0]
    same = {"kind", "status", "negated", "by", "to", "projects", "attributed_to", "sectors", "flow"}
    of_sum = set(Sum.model_fields)
    return LocalCommitment(
        **commitment.model_dump(include=same),
        trigger=commitment.trigger.text,
        partners=commitment.with_,
        amounts=[Sum(**amount.model_dump(include=of_sum)) for amount in commitment.amounts],
        dates=[date.iso or date.text for date in commitment.dates],
        **evidence.model_dump(),
        quote=record.article.text[evidence.start : evidence.end],
    )
