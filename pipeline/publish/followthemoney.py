"""Records as entities of FollowTheMoney, in JSON lines: articles, actors, projects, and links between them.

FollowTheMoney knows payments and contracts, but no promises. A commitment therefore becomes links between its parties
and projects, each with its status, its text and the article as proof.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.atomic import whole_file
from pipeline.knowledge.folder import Knowledge
from pipeline.publish.formats import Options
from pipeline.publish.index import PublishedIds, RecordIndex
from pipeline.record import Actor, Commitment, Project, Record, Relation
from pipeline.seeds import table
from pipeline.values.gazetteer.places import alpha2

Entity = dict[str, Any]


def write(records: Iterable[Record], out: str, options: Options) -> None:
    """Raises SetupError where the file cannot be written."""
    with whole_file(out) as file:
        published = PublishedIds(options.knowledge)
        for record in records:
            for entity in entities(record, published):
                file.write(json.dumps(entity, ensure_ascii=False) + "\n")


def entities(record: Record, published: PublishedIds | None = None) -> Iterator[Entity]:
    """All entities of one article; an id depends on the article's and the record's own ids alone.

    `published`: ids of projects that a person accepted.
    """
    published = published or PublishedIds(Knowledge())
    index = RecordIndex(record)
    yield _article(index)
    yield from (_actor(index, actor) for actor in record.actors)
    yield from (_project(index, project, published) for project in record.projects)
    yield from _mentions(index)
    for number, relation in enumerate(record.relations, 1):
        yield from _relation(index, relation, index.key(f"r{number}"))
    for commitment in record.commitments:
        yield from _commitment(index, commitment)


def _id(*parts: str) -> str:
    """An id in FollowTheMoney's form: SHA-1 of the parts, in hexadecimal."""
    return hashlib.sha1("\x1f".join(parts).encode()).hexdigest()


def _entity(key: str, schema: str, **properties: str | list[str] | None) -> Entity:
    """Properties without a value are left out."""
    lists = {name: [value] if isinstance(value, str) else value for name, value in properties.items()}
    return {"id": _id(key), "schema": schema, "properties": {name: some for name, some in lists.items() if some}}


def _article(index: RecordIndex) -> Entity:
    article = index.article
    return _entity(
        article.id, "Article", title=article.title or article.id, fileName=article.id, bodyText=article.text,
        contentHash=hashlib.sha1(article.text.encode()).hexdigest(), publishedAt=article.date, publisher=article.source,
        sourceUrl=_url(index), language=table("followthemoney.yaml")["languages"].get(article.language),
    )  # fmt: skip


def _url(index: RecordIndex) -> str | None:
    url = index.article.url
    return url if url and url.startswith(("https://", "http://")) else None


def _countries(codes: Iterable[str | None]) -> list[str]:
    unknown = table("followthemoney.yaml")["unknown_countries"]
    return [two.lower() for code in codes if code and code not in unknown and (two := alpha2(code))]


def _actor(index: RecordIndex, actor: Actor) -> Entity:
    return _entity(
        index.key(actor.id), _schema(index, actor.id), name=actor.name, alias=actor.aliases,
        country=_countries([actor.country]), position=actor.role if actor.kind == "person" else None,
    )  # fmt: skip


def _project(index: RecordIndex, project: Project, published: PublishedIds) -> Entity:
    ids = [index.key(project.id), *published.of_project(index, project.id, "iati", "aiddata", "other")]
    sectors = [sector.label for sector in project.sectors]
    return _entity(
        index.key(project.id), "Project", name=project.name, alias=project.aliases, projectId=ids,
        country=_countries(project.countries), keywords=sectors, proof=_id(index.article.id),
    )  # fmt: skip


def _mentions(index: RecordIndex) -> Iterator[Entity]:
    """The names of each actor in the article, each once."""
    for actor in index.record.actors:
        names = dict.fromkeys(index.mentions[name].text for name in actor.mentions if name in index.mentions)
        key = index.key(actor.id)
        ends = {"document": _id(index.article.id), "resolved": _id(key)}
        for name in names:
            yield _entity(f"{key}/{name}", "Mention", name=name, detectedSchema=_schema(index, actor.id), **ends)


def _schema(index: RecordIndex, part: str) -> str:
    if part in index.projects:
        return "Project"
    schema: str = table("followthemoney.yaml")["actors"][index.actors[part].kind]
    return schema


def _relation(index: RecordIndex, relation: Relation, key: str) -> Iterator[Entity]:
    """Between actors and projects; events, places and agreements are no entities."""
    known = {*index.actors, *index.projects}
    if relation.subject in known and relation.object in known:
        properties = {"role": relation.type, "description": index.quote(relation.evidence)}
        yield _link(index, key, relation.type, relation.subject, relation.object, properties)


def _link(index: RecordIndex, key: str, kind: str, subject: str, target: str, properties: Mapping[str, str]) -> Entity:
    names = table("followthemoney.yaml")
    schema, start, starts, end, ends = names["relations"].get(kind, ("", "", [], "", []))
    if _schema(index, subject) not in starts or _schema(index, target) not in ends:
        schema, start, end = names["other"]
    sides = {start: _id(index.key(subject)), end: _id(index.key(target))}
    proof = {"proof": _id(index.article.id), "publisher": index.article.source, "sourceUrl": _url(index)}
    own = {"recordId": key, "date": index.article.date}
    return _entity(f"{key}/{subject}/{target}", schema, **own, **sides, **properties, **proof)


def _commitment(index: RecordIndex, commitment: Commitment) -> Iterator[Entity]:
    """A link from who provides or undertakes to each receiver and each project; none where it is not in the story."""
    if not commitment.in_story:
        return
    key, flow = index.key(commitment.id), commitment.flow
    what = flow.instrument if flow else commitment.kind
    properties = {
        "status": commitment.status,
        "description": index.best(commitment),
        "summary": "; ".join([what, *(amount.text for amount in commitment.amounts)]),
    }
    kind = "funds" if flow else "implements"
    givers, receivers = index.sides(commitment)
    for giver in givers:
        for receiver in receivers:
            if giver != receiver:
                role = {"role": f"provides {what} to" if flow else f"commits {what} to"}
                yield _link(index, key, "commits", giver, receiver, role | properties)
        for project in dict.fromkeys(commitment.projects):
            role = {"role": f"provides {what}" if flow else f"commits {what}"}
            yield _link(index, key, kind, giver, project, role | properties)
