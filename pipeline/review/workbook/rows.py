"""A record as the rows of the workbook: the text of each cell, by the name of its column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.record import Actor, Commitment, Project, Record
from pipeline.review.workbook.columns import (
    ACTORS_SHEET,
    ARTICLE,
    ARTICLES,
    COMMITMENTS,
    DECISION,
    ID,
    LABEL,
    NO,
    PROJECTS_SHEET,
    QUOTE,
    SENTENCES,
    TRIGGER,
    YES,
    sector,
)
from pipeline.review.workbook.names import labels
from pipeline.review.workbook.values import amount_text, date_text, joined, plain
from pipeline.values.gazetteer.places import name_by_country

Row = Mapping[str, str]


def rows(record: Record, sheet: str) -> list[Row]:
    """The rows of an article on a sheet."""
    article = {ARTICLE: plain(record.article.id)}
    return [{**article, **row} for row in _SHEETS[sheet](record)]


def commitment_row(record: Record, act: Commitment) -> Row:
    """The cells of a commitment, without those of its article."""
    names = labels(record.actors) | labels(record.projects)
    flow = act.flow
    return {
        ID: act.id,
        QUOTE: quote_of(record, act),
        TRIGGER: plain(act.trigger.text),
        "kind": act.kind,
        "status": act.status,
        "negated": YES if act.negated else NO,
        **{slot: joined(names[name] for name in found) for slot, found in _slots(act).items()},
        "amounts": joined(map(amount_text, act.amounts)),
        "dates": joined(map(date_text, act.dates)),
        "instrument": flow.instrument if flow else "",
        "provider": joined(names[name] for name in flow.provider if name in names) if flow else "",
        "recipient": joined(names[name] for name in flow.recipient if name in names) if flow else "",
        "sectors": joined(map(sector, act.sectors)),
        "attributed_to": names.get(act.attributed_to or "", ""),
        DECISION: "",
    }


def quote_of(record: Record, act: Commitment) -> str:
    """The sentences that state a commitment, that of the trigger first."""
    spans = dict.fromkeys((e.start, e.end) for e in act.evidence)
    first = sorted(spans, key=lambda span: not span[0] <= act.trigger.start < span[1])
    return plain(" ".join(record.article.text[start:end] for start, end in first))


def country(code: str | None) -> str:
    """A country as a cell shows it: its short name."""
    return name_by_country().get(code or "", code or "")


def _slots(act: Commitment) -> dict[str, list[str]]:
    return {"by": act.by, "with": act.with_, "to": act.to, "projects": act.projects}


def _commitments(record: Record) -> Iterator[Row]:
    article = {"title": plain(record.article.title or ""), "date": record.article.date or ""}
    for act in record.commitments:
        yield {**commitment_row(record, act), **article}


def _actors(record: Record) -> Iterator[Row]:
    shown = labels(record.actors)
    return (actor_row(actor) | {LABEL: shown[actor.id]} for actor in record.actors)


def actor_row(actor: Actor) -> dict[str, str]:
    """The cells of an actor."""
    return {
        ID: actor.id, "name": plain(actor.name), "kind": actor.kind, "country": country(actor.country),
        "role": plain(actor.role or ""), "aliases": joined(actor.aliases),
    }  # fmt: skip


def _projects(record: Record) -> Iterator[Row]:
    shown = labels(record.projects)
    return (project_row(project) | {LABEL: shown[project.id]} for project in record.projects)


def project_row(project: Project) -> dict[str, str]:
    """The cells of a project."""
    return {
        ID: project.id, "name": plain(project.name), "programme": YES if project.programme else NO,
        "countries": joined(map(country, project.countries)),
        "sectors": joined(sector(part.code) for part in project.sectors), "aliases": joined(project.aliases),
    }  # fmt: skip


def _sentences(record: Record) -> Iterator[Row]:
    for number, sentence in enumerate(record.sentences):
        text = plain(record.article.text[sentence.start : sentence.end])
        yield {"sentence": str(number), "text": text, "boilerplate": YES if sentence.boilerplate else ""}


def _articles(record: Record) -> Iterator[Row]:
    found = record.article
    yield {
        "title": plain(found.title or ""), "date": found.date or "", "source": plain(found.source or ""),
        "address": plain(found.url or ""), "digest": found.sha256,
    }  # fmt: skip


_SHEETS = {
    COMMITMENTS: _commitments,
    ACTORS_SHEET: _actors,
    PROJECTS_SHEET: _projects,
    SENTENCES: _sentences,
    ARTICLES: _articles,
}
