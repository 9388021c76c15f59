"""A record as rows of the tables of `seeds/tables.yaml`, by the name of the table."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.publish.index import RecordIndex, accepted_by, date_values, dollars, parties
from pipeline.publish.tables.schema import KEY, REFERS, tables
from pipeline.record import Amount, Commitment, Date, Mention, Project, Quantity
from pipeline.values.codes import purpose, standing
from pipeline.values.gazetteer.places import alpha2, subdivision_of

Row = dict[str, Any]
Rows = dict[str, list[Row]]  # by name of the table


def rows(index: RecordIndex) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each table. A row may have more fields than its table has columns."""
    for name, some in (_of_article(index) | _of_entities(index) | _of_commitments(index) | _of_values(index)).items():
        yield name, [_whole(index, name, row) for row in some]


def _whole(index: RecordIndex, name: str, row: Row) -> Row:
    """A row with keys in the place of local ids, its article, and of a span its quote, page and mention."""
    if "start" in row:
        start, end = row["start"], row["end"]
        span: Row = {"quote": index.article.text[start:end], "page": index.page(start)}
        row = span | {"mention": index.mention_at.get((start, end))} | row
    keys = {column: index.key(row[column]) for column in _local(name) if row[column] is not None}
    return {"article": index.article.id} | row | keys


@cache
def _local(name: str) -> tuple[str, ...]:
    """The columns of a table that hold keys made of local ids."""
    keys = (column.name for column in tables()[name].columns if column.type in (KEY, REFERS))
    return tuple(column for column in keys if column not in ("article", "source"))


def _of_article(index: RecordIndex) -> Rows:
    record, mentions = index.record, index.record.mentions
    return {
        "articles": [dict(record.article) | {"schema_version": record.schema_version}],
        "article_sectors": [dict(sector) | {"sector": sector.code} for sector in record.sectors],
        "sentences": [
            dict(one) | {"sentence": f"s{one.id}", "number": one.id, "text": index.quote(one)}
            for one in record.sentences
        ],
        "mentions": [
            dict(one)
            | {"mention": one.id, "sentence": f"s{one.sentence}", "entity": one.entity or None, "value": None}
            | _value(one)
            for one in mentions
        ],
        "relations": [
            dict(one)
            | dict(one.evidence)
            | {"relation": f"r{number}", "sentence": f"s{one.sentence}"}
            | {"subject_name": index.name(one.subject), "object_name": index.name(one.object)}
            for number, one in enumerate(record.relations, 1)
        ],
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


def _of_entities(index: RecordIndex) -> Rows:
    actors, projects = index.record.actors, index.record.projects
    return {
        "actors": [dict(one) | {"actor": one.id} for one in actors],
        "actor_aliases": [{"actor": one.id, "alias": alias} for one in actors for alias in one.aliases],
        "projects": [dict(one) | {"project": one.id} | _purpose(one) for one in projects],
        "project_aliases": [{"project": one.id, "alias": alias} for one in projects for alias in one.aliases],
        "project_sectors": [
            dict(sector) | {"project": one.id, "sector": sector.code} for one in projects for sector in one.sectors
        ],
        "project_countries": [{"project": one.id, "country": country} for one in projects for country in one.countries],
    }


def _purpose(project: Project) -> Row:
    found = None if project.programme else purpose(project.name, [sector.code for sector in project.sectors])
    code, confidence = found or (None, None)
    return {"purpose": code, "purpose_confidence": confidence}


def _of_commitments(index: RecordIndex) -> Rows:
    every = index.record.commitments
    return {
        "commitments": [_commitment(one) for one in every],
        "commitment_parties": [
            {"commitment": one.id, "role": role, "actor": actor} for one in every for role, actor in parties(one)
        ],
        "commitment_flows": [
            {"commitment": one.id, "side": side, "actor": actor}
            for one in every
            for side in ("provider", "recipient")
            for actor in dict.fromkeys(getattr(one.flow, side, ()))
        ],
        "commitment_projects": [
            {"commitment": one.id, "project": project} for one in every for project in dict.fromkeys(one.projects)
        ],
        "commitment_sectors": [
            {"commitment": one.id, "sector": sector} for one in every for sector in dict.fromkeys(one.sectors)
        ],
        "commitment_countries": [
            {"commitment": one.id, "country": country, "basis": basis}
            for one in every
            for basis, countries in [index.countries(one)]
            for country in countries
        ],
        "commitment_evidence": [
            dict(place) | {"commitment": one.id, "sentence": f"s{place.sentence}"}
            for one in every
            for place in one.evidence
        ],
    }


def _commitment(one: Commitment) -> Row:
    trigger, known, flow = one.trigger, standing(one.status), one.flow
    about = {"trigger": trigger.text, "trigger_start": trigger.start, "trigger_end": trigger.end}
    codes = {"aiddata_stage": known.aiddata_stage, "activity_status": known.activity_status}
    own = {"commitment": one.id, "instrument": flow and flow.instrument, "accepted_by": accepted_by(one.method)}
    return dict(one) | dict(one.evidence[0]) | about | codes | own


def _of_values(index: RecordIndex) -> Rows:
    every, day = index.record.commitments, index.article.date
    return {
        "amounts": [
            dict(amount)
            | {"amount_key": f"{one.id}/amount{number}", "commitment": one.id}
            | {"usd": dollars(amount.value, amount.currency, day)}
            for one in every
            for number, amount in enumerate(one.amounts, 1)
        ],
        "dates": [
            dict(found) | date_values(found) | {"date_key": f"{one.id}/date{number}", "commitment": one.id}
            for one in every
            for number, found in enumerate(one.dates, 1)
        ],
    }
