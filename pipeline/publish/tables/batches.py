"""Records as Arrow batches of every table, a few articles at a time, so that memory does not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import batched
from tempfile import TemporaryFile
from typing import Any, Self

import pyarrow as pa

from pipeline.knowledge.folder import Knowledge, KnownActor, KnownCommitment, KnownProject, Report, Scheme, article_of
from pipeline.knowledge.sums import Ledger
from pipeline.publish.index import RecordIndex, dollars
from pipeline.publish.tables.flat import DAYS, FLAT, commitments_flat, judged
from pipeline.publish.tables.rows import ROWS, Row
from pipeline.publish.tables.schema import Column, tables
from pipeline.record import Record
from pipeline.values.codes import standing

_MOST = 1_000_000  # characters of article text after which a batch ends
_ROWS = 10_000  # rows of the flat table in a batch
Batch = tuple[str, pa.RecordBatch]  # the name of a table, and some of its rows


def batches(records: Iterable[Record], knowledge: Knowledge) -> Iterator[Batch]:
    """Batches of all tables for some articles at a time; last those over all articles.

    These are `commitments_flat`, `sources` and the lasting ids.
    """
    outlets, ledger, rows, characters, read = Outlets(), Ledger(knowledge), _none(), 0, set[str]()
    named = {actor.id: actor.name for actor in knowledge.actors}
    named |= {project.id: project.name for project in knowledge.projects}
    names = {link.link: named[link.entity] for link in knowledge.links if link.entity in named}
    with Spool() as spool:
        for record in records:
            read.add(record.article.id)
            outlets.count(record)
            ledger.add(record)
            index = RecordIndex(record)
            for name, make in ROWS.items():
                rows[name] += make(index)
            spool.add(commitments_flat(index, names))
            characters += len(record.article.text)
            if characters >= _MOST:
                yield from (_batch(name, some) for name, some in rows.items())
                rows, characters = _none(), 0
        yield from (_batch(name, some) for name, some in rows.items())
        entries = ledger.entries()
        for some in batched(spool, _ROWS):
            yield _batch(FLAT, list(judged(some, entries)))
    yield _batch("sources", list(outlets.rows()))
    yield from (_batch(name, some) for name, some in lasting(knowledge, read))


def _none() -> dict[str, list[Row]]:
    return {name: [] for name in ROWS}


def _batch(name: str, rows: list[Row]) -> Batch:
    """Rows in the schema of a table; a field that a row lacks is null."""
    table = tables()[name]
    columns = [_array(column, [row.get(column.name) for row in rows]) for column in table.columns]
    return name, pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _array(column: Column, values: list[Any]) -> pa.Array:
    if not column.values:
        return pa.array(values, column.arrow)
    codes = {value: code for code, value in enumerate(column.values)}
    coded = [None if value is None else codes[value] for value in values]
    return pa.DictionaryArray.from_arrays(pa.array(coded, pa.int8()), pa.array(column.values, pa.string()))


class Spool:
    """Rows on disk until all records are read."""

    def __enter__(self) -> Self:
        self._file = TemporaryFile("w+", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, rows: Iterable[Row]) -> None:
        self._file.writelines(json.dumps(row, default=str) + "\n" for row in rows)

    def __iter__(self) -> Iterator[Row]:
        self._file.seek(0)
        for line in self._file:
            row = json.loads(line)
            yield row | {name: row[name] and date.fromisoformat(row[name]) for name in DAYS}


class Outlets:
    """How many articles each outlet has, and the first and last day of those."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, date | None, date | None]] = {}

    def count(self, record: Record) -> None:
        source = record.article.source
        if source is None:
            return
        number, first, last = self._known.get(source, (0, None, None))
        if record.article.date:
            day = date.fromisoformat(record.article.date)
            first, last = min(first or day, day), max(last or day, day)
        self._known[source] = (number + 1, first, last)

    def rows(self) -> Iterator[Row]:
        for source, (number, first, last) in sorted(self._known.items()):
            yield {"source": source, "articles": number, "first_date": first, "last_date": last}


def lasting(knowledge: Knowledge, exported: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """The tables of lasting ids, by name, without rows of which no article is `exported` (ids of articles)."""
    links = [link for link in knowledge.links if link.article in exported]
    ids, reports = {link.entity for link in links}, [r for c in knowledge.commitments for r in c.reports]
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
    reports = [report for report in commitment.reports if _exported(report, exported)]
    if not reports:
        return None
    amount, latest = commitment.amount, max(commitment.reports, key=_day)
    return {
        "lasting_commitment": commitment.id,
        **commitment.model_dump(include={"kind", "negated", "counted", "recommended_for_aggregates", "because"}),
        "status": latest.status,
        "aiddata_stage": standing(latest.status).aiddata_stage,
        "value": amount.value if amount else None,
        "currency": amount.currency if amount else None,
        "usd": amount and dollars(amount.value, amount.currency, commitment.first),
        "articles": sum(1 + len(report.copies) for report in commitment.reports),
        "sources": len({report.source for report in commitment.reports if report.source}),
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
