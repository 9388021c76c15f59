"""Records as entities of FollowTheMoney, in JSON lines: articles, who acts, projects, and what links them.

Hard because FollowTheMoney knows payments and contracts and has no word for a promise: a commitment becomes the links
between its parties and projects, each with its status, its words and the article that proves it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.export.jsonl import whole_file
from pipeline.export.keys import Keyed
from pipeline.gazetteer.country_codes import alpha2
from pipeline.record import Actor, Commitment, Project, Record, Relation
from pipeline.seeds import table

Entity = dict[str, Any]


def write(records: Iterable[Record], out: str) -> None:
    """Raises SetupError where the file cannot be written."""
    with whole_file(out) as file:
        for record in records:
            for entity in entities(record):
                file.write(json.dumps(entity, ensure_ascii=False) + "\n")


def entities(record: Record) -> Iterator[Entity]:
    """All entities of one article; an id depends on the article's and the record's own ids alone."""
    of = Keyed(record)
    yield _article(of)
    yield from (_actor(of, actor) for actor in record.actors)
    yield from (_project(of, project) for project in record.projects)
    yield from _mentions(of)
    for number, relation in enumerate(record.relations, 1):
        yield from _relation(of, relation, of.key(f"r{number}"))
    for commitment in record.commitments:
        yield from _commitment(of, commitment)


def identity(*parts: str) -> str:
    """An id that FollowTheMoney takes: SHA-1 of the parts, in hexadecimal."""
    return hashlib.sha1("\x1f".join(parts).encode()).hexdigest()


def _entity(key: str, schema: str, **properties: str | list[str] | None) -> Entity:
    """Properties without a value are left out."""
    lists = {name: [value] if isinstance(value, str) else value for name, value in properties.items()}
    return {"id": identity(key), "schema": schema, "properties": {name: some for name, some in lists.items() if some}}


def _article(of: Keyed) -> Entity:
    article = of.article
    return _entity(
        article.id, "Article", title=article.title or article.id, fileName=article.id, bodyText=article.text,
        contentHash=hashlib.sha1(article.text.encode()).hexdigest(), publishedAt=article.date, publisher=article.source,
        sourceUrl=_url(of), language=table("followthemoney.yaml")["languages"].get(article.language),
    )  # fmt: skip


def _url(of: Keyed) -> str | None:
    url = of.article.url
    return url if url and url.startswith(("https://", "http://")) else None


def _countries(codes: Iterable[str | None]) -> list[str]:
    unknown = table("followthemoney.yaml")["unknown_countries"]
    return [two.lower() for code in codes if code and code not in unknown and (two := alpha2(code))]


def _actor(of: Keyed, actor: Actor) -> Entity:
    role = {"position": actor.role} if actor.kind == "person" else {}
    names: dict[str, Any] = {"name": actor.name, "alias": actor.aliases, "country": _countries([actor.country]), **role}
    return _entity(of.key(actor.id), _schema(of, actor.id), **names)


def _project(of: Keyed, project: Project) -> Entity:
    sectors = [sector.label for sector in project.sectors]
    return _entity(
        of.key(project.id), "Project", name=project.name, alias=project.aliases, projectId=of.key(project.id),
        country=_countries(project.countries), keywords=sectors, proof=identity(of.article.id),
    )  # fmt: skip


def _mentions(of: Keyed) -> Iterator[Entity]:
    """The names under which each actor stands in the article, each once."""
    for actor in of.record.actors:
        words = dict.fromkeys(of.mentions[name].text for name in actor.mentions if name in of.mentions)
        for text in words:
            key = f"{of.key(actor.id)}/{text}"
            ends = {"document": identity(of.article.id), "resolved": identity(of.key(actor.id))}
            yield _entity(key, "Mention", name=text, detectedSchema=_schema(of, actor.id), **ends)


def _schema(of: Keyed, name: str) -> str:
    if name in of.projects:
        return "Project"
    schema: str = table("followthemoney.yaml")["actors"][of.actors[name].kind]
    return schema


def _relation(of: Keyed, relation: Relation, key: str) -> Iterator[Entity]:
    """Between actors and projects; events, places and agreements are no entities."""
    known = {*of.actors, *of.projects}
    if relation.subject in known and relation.object in known:
        told = {"role": relation.type, "description": of.quote(relation.evidence)}
        yield _link(of, key, relation.type, relation.subject, relation.object, told)


def _link(of: Keyed, key: str, kind: str, subject: str, target: str, told: Mapping[str, str]) -> Entity:
    names = table("followthemoney.yaml")
    schema, start, starts, end, ends = names["relations"].get(kind, ("", "", [], "", []))
    if _schema(of, subject) not in starts or _schema(of, target) not in ends:
        schema, start, end = names["other"]
    places = {start: identity(of.key(subject)), end: identity(of.key(target))}
    proof = {"proof": identity(of.article.id), "publisher": of.article.source, "sourceUrl": _url(of)}
    return _entity(f"{key}/{subject}/{target}", schema, recordId=key, date=of.article.date, **places, **told, **proof)


def _commitment(of: Keyed, commitment: Commitment) -> Iterator[Entity]:
    """A link from each who undertakes to each who receives and to each project; not where it is negated."""
    if commitment.negated:
        return
    key = of.key(commitment.id)
    told = {"status": commitment.status, "description": of.best(commitment)}
    amounts = [amount.text for amount in commitment.amounts]
    words = {**told, "summary": "; ".join([commitment.kind, *amounts])}
    for by in dict.fromkeys(commitment.by):
        for to in dict.fromkeys(commitment.to):
            yield _link(of, key, "commits", by, to, {"role": f"commits {commitment.kind} to", **words})
        for project in dict.fromkeys(commitment.projects):
            kind = "funds" if commitment.kind == "finance" else "implements"
            yield _link(of, key, kind, by, project, {"role": f"commits {commitment.kind}", **words})
