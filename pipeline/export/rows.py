"""A record as rows of the tables of `seeds/tables.yaml`: the article, its sentences, mentions, actors and relations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from pipeline.export import commitment_rows
from pipeline.export.keys import Keyed, date_values
from pipeline.gazetteer.country_codes import alpha2
from pipeline.gazetteer.purposes import purpose
from pipeline.gazetteer.subdivisions import subdivision_of
from pipeline.record import Amount, Date, Mention, Project, Quantity

Row = dict[str, Any]


def articles(of: Keyed) -> Iterator[Row]:
    article = of.article
    day = date.fromisoformat(article.date) if article.date else None
    told = article.model_dump(include={"title", "source", "url", "language", "sha256", "text"})
    yield {
        "article": article.id,
        "story": article.story,
        "date": day,
        "schema_version": of.record.schema_version,
        **told,
    }


def article_sectors(of: Keyed) -> Iterator[Row]:
    for sector in of.record.sectors:
        yield {"article": of.article.id, "sector": sector.code, "label": sector.label, "confidence": sector.confidence}


def sentences(of: Keyed) -> Iterator[Row]:
    for sentence in of.record.sentences:
        text = of.article.text[sentence.start : sentence.end]
        told = {"number": sentence.id, "start": sentence.start, "end": sentence.end, "text": text}
        yield {"sentence": of.key(f"s{sentence.id}"), "article": of.article.id, **told}


def mentions(of: Keyed) -> Iterator[Row]:
    for mention in of.record.mentions:
        told = mention.model_dump(include={"label", "text", "start", "end", "confidence", "method"})
        keys = {"mention": of.key(mention.id), "article": of.article.id, "sentence": of.key(f"s{mention.sentence}")}
        entity = of.key(mention.entity) if mention.entity else None
        yield {**keys, **told, "entity": entity, **_value(mention)}


def _value(mention: Mention) -> Row:
    match mention.value:
        case Amount() as amount:
            return amount.model_dump(include={"value", "low", "high", "approximate", "currency"})
        case Date() as told:
            return date_values(told)
        case Quantity() as quantity:
            return {"value": quantity.value, "unit": quantity.unit}
        case country:
            found = mention.label == "PLACE" and subdivision_of(mention.text, alpha2(country) if country else None)
            return {"country": country, "subdivision": found or None}


def actors(of: Keyed) -> Iterator[Row]:
    for actor in of.record.actors:
        told = actor.model_dump(include={"name", "kind", "country", "role", "confidence"})
        yield {"actor": of.key(actor.id), "article": of.article.id, **told}


def actor_aliases(of: Keyed) -> Iterator[Row]:
    for actor in of.record.actors:
        yield from ({"actor": of.key(actor.id), "alias": alias} for alias in actor.aliases)


def projects(of: Keyed) -> Iterator[Row]:
    for project in of.record.projects:
        told = project.model_dump(include={"name", "programme", "confidence"})
        yield {"project": of.key(project.id), "article": of.article.id, **told, **_purpose(project)}


def _purpose(project: Project) -> Row:
    found = None if project.programme else purpose(project.name, [sector.code for sector in project.sectors])
    code, confidence = found or (None, None)
    return {"purpose": code, "purpose_confidence": confidence}


def project_aliases(of: Keyed) -> Iterator[Row]:
    for project in of.record.projects:
        yield from ({"project": of.key(project.id), "alias": alias} for alias in project.aliases)


def project_sectors(of: Keyed) -> Iterator[Row]:
    for project in of.record.projects:
        for sector in project.sectors:
            told = {"sector": sector.code, "label": sector.label, "confidence": sector.confidence}
            yield {"project": of.key(project.id), **told}


def project_countries(of: Keyed) -> Iterator[Row]:
    for project in of.record.projects:
        yield from ({"project": of.key(project.id), "country": country} for country in project.countries)


def relations(of: Keyed) -> Iterator[Row]:
    for number, relation in enumerate(of.record.relations, 1):
        ends = {"subject": of.key(relation.subject), "object": of.key(relation.object)}
        names = {"subject_name": of.name(relation.subject), "object_name": of.name(relation.object)}
        place = {"sentence": of.key(f"s{relation.sentence}"), "quote": of.quote(relation.evidence)}
        told = relation.model_dump(include={"type", "confidence", "method"}) | relation.evidence.model_dump()
        yield {"relation": of.key(f"r{number}"), "article": of.article.id, **ends, **names, **place, **told}


MAKERS = (
    articles, article_sectors, sentences, mentions, actors, actor_aliases, projects, project_aliases,
    project_sectors, project_countries, relations,
)  # fmt: skip
ROWS: Mapping[str, Callable[[Keyed], Iterator[Row]]] = {
    maker.__name__: maker for maker in (*MAKERS, *commitment_rows.MAKERS)
}
