"""A record as rows of the tables of `seeds/tables.yaml`: a function for each table, named like it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from pipeline.publish.index import RecordIndex, date_values, dollars, parties
from pipeline.record import Amount, Commitment, Date, Mention, Project, Quantity
from pipeline.values.codes import purpose, standing
from pipeline.values.gazetteer.places import alpha2, subdivision_of

Row = dict[str, Any]


def articles(index: RecordIndex) -> Iterator[Row]:
    article = index.article
    fields = article.model_dump(include={"story", "title", "source", "url", "language", "sha256", "text"})
    day = date.fromisoformat(article.date) if article.date else None
    yield {"article": article.id, "date": day, "schema_version": index.record.schema_version, **fields}


def article_sectors(index: RecordIndex) -> Iterator[Row]:
    for sector in index.record.sectors:
        fields = {"sector": sector.code, "label": sector.label, "confidence": sector.confidence}
        yield {"article": index.article.id, **fields}


def sentences(index: RecordIndex) -> Iterator[Row]:
    for sentence in index.record.sentences:
        text = index.article.text[sentence.start : sentence.end]
        fields = {"number": sentence.id, "start": sentence.start, "end": sentence.end, "text": text}
        yield {"sentence": index.key(f"s{sentence.id}"), "article": index.article.id, **fields}


def mentions(index: RecordIndex) -> Iterator[Row]:
    for mention in index.record.mentions:
        fields = mention.model_dump(include={"label", "text", "start", "end", "confidence", "method"})
        yield {
            "mention": index.key(mention.id),
            "article": index.article.id,
            "sentence": index.key(f"s{mention.sentence}"),
            "entity": index.key(mention.entity) if mention.entity else None,
            **fields,
            "page": index.page(mention.start),
            **_value(mention),
        }


def _value(mention: Mention) -> Row:
    match mention.value:
        case Amount() as amount:
            return amount.model_dump(include={"value", "low", "high", "approximate", "currency"})
        case Date() as found:
            return date_values(found)
        case Quantity() as quantity:
            return {"value": quantity.value, "unit": quantity.unit}
        case country:
            code = mention.label == "PLACE" and subdivision_of(mention.text, alpha2(country) if country else None)
            return {"country": country, "subdivision": code or None}


def actors(index: RecordIndex) -> Iterator[Row]:
    for actor in index.record.actors:
        fields = actor.model_dump(include={"name", "kind", "country", "role", "confidence"})
        yield {"actor": index.key(actor.id), "article": index.article.id, **fields}


def actor_aliases(index: RecordIndex) -> Iterator[Row]:
    for actor in index.record.actors:
        yield from ({"actor": index.key(actor.id), "alias": alias} for alias in actor.aliases)


def projects(index: RecordIndex) -> Iterator[Row]:
    for project in index.record.projects:
        fields = project.model_dump(include={"name", "programme", "confidence"})
        yield {"project": index.key(project.id), "article": index.article.id, **fields, **_purpose(project)}


def _purpose(project: Project) -> Row:
    found = None if project.programme else purpose(project.name, [sector.code for sector in project.sectors])
    code, confidence = found or (None, None)
    return {"purpose": code, "purpose_confidence": confidence}


def project_aliases(index: RecordIndex) -> Iterator[Row]:
    for project in index.record.projects:
        yield from ({"project": index.key(project.id), "alias": alias} for alias in project.aliases)


def project_sectors(index: RecordIndex) -> Iterator[Row]:
    for project in index.record.projects:
        for sector in project.sectors:
            fields = {"sector": sector.code, "label": sector.label, "confidence": sector.confidence}
            yield {"project": index.key(project.id), **fields}


def project_countries(index: RecordIndex) -> Iterator[Row]:
    for project in index.record.projects:
        yield from ({"project": index.key(project.id), "country": country} for country in project.countries)


def relations(index: RecordIndex) -> Iterator[Row]:
    for number, relation in enumerate(index.record.relations, 1):
        yield {
            "relation": index.key(f"r{number}"),
            "article": index.article.id,
            "subject": index.key(relation.subject),
            "subject_name": index.name(relation.subject),
            "object": index.key(relation.object),
            "object_name": index.name(relation.object),
            "sentence": index.key(f"s{relation.sentence}"),
            "quote": index.quote(relation.evidence),
            "page": index.page(relation.evidence.start),
            **relation.model_dump(include={"type", "confidence", "method"}),
            **relation.evidence.model_dump(),
        }


def commitments(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        known = standing(commitment.status)
        yield {
            "commitment": index.key(commitment.id),
            "article": index.article.id,
            **commitment.model_dump(
                include={"kind", "status", "negated", "boilerplate", "confidence", "row_confidence", "method"}
            ),
            "instrument": commitment.flow and commitment.flow.instrument,
            "trigger": commitment.trigger.text,
            "trigger_start": commitment.trigger.start,
            "trigger_end": commitment.trigger.end,
            "quote": index.best(commitment),
            "page": index.page(commitment.evidence[0].start),
            "aiddata_stage": known.aiddata_stage,
            "activity_status": known.activity_status,
        }


def commitment_parties(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        for role, actor in parties(commitment):
            yield {"commitment": index.key(commitment.id), "role": role, "actor": index.key(actor)}


def commitment_flows(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        flow = commitment.flow
        for side, actors in (("provider", flow.provider), ("recipient", flow.recipient)) if flow else ():
            for actor in dict.fromkeys(actors):
                yield {"commitment": index.key(commitment.id), "side": side, "actor": index.key(actor)}


def commitment_projects(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        for project in dict.fromkeys(commitment.projects):
            yield {"commitment": index.key(commitment.id), "project": index.key(project)}


def commitment_sectors(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        for sector in dict.fromkeys(commitment.sectors):
            yield {"commitment": index.key(commitment.id), "sector": sector}


def commitment_countries(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        basis, countries = index.countries(commitment)
        for country in countries:
            yield {"commitment": index.key(commitment.id), "country": country, "basis": basis}


def commitment_evidence(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        for evidence in commitment.evidence:
            span = {"start": evidence.start, "end": evidence.end}
            quote = index.article.text[evidence.start : evidence.end]
            said = {"sentence": index.key(f"s{evidence.sentence}"), **span, "quote": quote}
            yield {"commitment": index.key(commitment.id), **said, "page": index.page(evidence.start)}


def amounts(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        for number, amount in enumerate(commitment.amounts, 1):
            key = index.key(f"{commitment.id}/amount{number}")
            usd = dollars(amount.value, amount.currency, index.article.date)
            yield {"amount_key": key, **_refers(index, commitment, amount), **amount.model_dump(), "usd": usd}


def dates(index: RecordIndex) -> Iterator[Row]:
    for commitment in index.record.commitments:
        for number, found in enumerate(commitment.dates, 1):
            key = index.key(f"{commitment.id}/date{number}")
            quote = found.model_dump(include={"text", "start", "end"})
            yield {"date_key": key, **_refers(index, commitment, found), **quote, **date_values(found)}


def _refers(index: RecordIndex, commitment: Commitment, value: Amount | Date) -> Row:
    mention = index.mention_at.get((value.start, value.end))
    key = index.key(mention) if mention else None
    return {"commitment": index.key(commitment.id), "mention": key, "page": index.page(value.start)}


ROWS: Mapping[str, Callable[[RecordIndex], Iterator[Row]]] = {
    make.__name__: make
    for make in (
        articles, article_sectors, sentences, mentions, actors, actor_aliases, projects, project_aliases,
        project_sectors, project_countries, relations, commitments, commitment_parties, commitment_flows,
        commitment_projects, commitment_sectors, commitment_countries, commitment_evidence, amounts, dates,
    )
}  # fmt: skip
