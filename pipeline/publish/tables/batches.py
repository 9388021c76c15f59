"""Records as Arrow batches of every table, a few articles at a time, so that memory does not grow with their number."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import batched
from tempfile import TemporaryFile
from typing import Any

import pyarrow as pa

from pipeline.knowledge.folder import Knowledge, KnownActor, KnownCommitment, KnownProject, Report, Scheme, article_of
from pipeline.knowledge.sums import Ledger
from pipeline.publish.index import RecordIndex, dollars
from pipeline.publish.tables.flat import FLAT, commitments_flat, judged
from pipeline.publish.tables.rows import Row, rows
from pipeline.publish.tables.schema import Column, tables
from pipeline.record import Day, Record
from pipeline.values.codes import standing

_MOST = 1_000_000  # characters of article text after which a batch ends
_ROWS = 10_000  # rows of the flat table in a batch
Batch = tuple[str, pa.RecordBatch]  # the name of a table, and some of its rows


def batches(records: Iterable[Record], knowledge: Knowledge) -> Iterator[Batch]:
    """Batches of all tables for some articles at a time; last those over all articles.

    These are `commitments_flat`, whose rows wait on disk, `sources` and the lasting ids.
    """
    ledger, characters, read = Ledger(knowledge), 0, set[str]()
    waiting, outlets = defaultdict[str, list[Row]](list), defaultdict[str, Counter[Day | None]](Counter)
    named = {known.id: known.name for known in (*knowledge.actors, *knowledge.projects)}
    names = {link.link: named[link.entity] for link in knowledge.links if link.entity in named}
    with TemporaryFile("w+", encoding="utf-8") as flat:
        for record in records:
            article, index = record.article, RecordIndex(record)
            read.add(article.id)
            if article.source is not None:
                outlets[article.source][article.date] += 1
            ledger.add(record)
            for name, some in rows(index):
                waiting[name] += some
            flat.writelines(json.dumps(row, default=str) + "\n" for row in commitments_flat(index, names))
            characters += len(article.text)
            if characters >= _MOST:
                yield from (_batch(name, some) for name, some in waiting.items())
                waiting, characters = defaultdict(list), 0
        yield from (_batch(name, some) for name, some in waiting.items())
        entries = ledger.entries()
        flat.seek(0)
        for lines in batched(flat, _ROWS):
            yield _batch(FLAT, [judged(row, entries[row["commitment"]]) for row in map(json.loads, lines)])
    yield _batch("sources", [_outlet(source, days) for source, days in sorted(outlets.items())])
    yield from (_batch(name, some) for name, some in lasting(knowledge, read))


def _batch(name: str, rows: list[Row]) -> Batch:
    """Rows in the schema of a table; a field that a row lacks is null."""
    table = tables()[name]
    columns = [_array(column, [row.get(column.name) for row in rows]) for column in table.columns]
    return name, pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _array(column: Column, values: list[Any]) -> pa.Array:
    """The values of a column; days may be text."""
    if column.type == "date":
        return pa.array([day and str(day) for day in values], pa.string()).cast(column.arrow)
    if not column.values:
        return pa.array(values, column.arrow)
    codes = {value: code for code, value in enumerate(column.values)}
    coded = [None if value is None else codes[value] for value in values]
    return pa.DictionaryArray.from_arrays(pa.array(coded, pa.int8()), pa.array(column.values, pa.string()))


def _outlet(source: str, days: Counter[Day | None]) -> Row:
    known = list(filter(None, days))
    days_of = {"first_date": min(known, default=None), "last_date": max(known, default=None)}
    return {"source": source, "articles": days.total(), **days_of}


def lasting(knowledge: Knowledge, exported: Collection[str]) -> Iterator[tuple[str, list[Row]]]:
    """The tables of lasting ids, by name, without rows of which no article is `exported` (ids of articles)."""
    links = [link for link in knowledge.links if link.article in exported]
    ids, acts = {link.entity for link in links}, knowledge.commitments
    copies = {copy for act in acts for report in act.reports for copy in _exported(report, exported)[1:]}
    yield (
        "links",
        [
            {"key": one.link, "lasting_id": one.entity, "copy": one.link in copies, "score": one.score}
            | {"reasons": ",".join(one.reasons)}
            for one in links
        ],
    )
    yield "lasting_actors", [_dated(one) | {"lasting_actor": one.id} for one in knowledge.actors if one.id in ids]
    projects = (one for one in knowledge.projects if one.id in ids)
    yield "lasting_projects", [_dated(one) | {"lasting_project": one.id} | _ids(knowledge, one.id) for one in projects]
    yield "lasting_commitments", [row for act in acts if (row := _commitment(act, knowledge, exported))]


def _dated(known: KnownActor | KnownProject | KnownCommitment) -> Row:
    return dict(known) | {"first_date": known.first, "latest_date": known.latest}


def _ids(knowledge: Knowledge, own: str, projects: Sequence[str] = ()) -> Row:
    """The ids that a person accepted for a lasting id, else for those of its projects."""
    columns: dict[str, Scheme] = {"iati_identifier": "iati", "aiddata_id": "aiddata", "other_id": "other"}
    of = knowledge.published.of
    return {name: "; ".join(of([own], scheme) or of(projects, scheme)) or None for name, scheme in columns.items()}


def _exported(report: Report, exported: Collection[str]) -> list[str]:
    """The links of a report and of its near-copies whose articles are exported, the report's own first."""
    return [link for link in (report.link, *report.copies) if article_of(link) in exported]


def _commitment(act: KnownCommitment, knowledge: Knowledge, exported: Collection[str]) -> Row | None:
    """Its row, None where no article that reports it is exported."""
    reports = [report for report in act.reports if _exported(report, exported)]
    if not reports:
        return None
    amount, latest = act.amount, max(act.reports, key=_day)
    agreed = amount and (amount.value, amount.currency)
    counted = max(reports, key=lambda one: (agreed in {(a.value, a.currency) for a in one.amounts}, *_day(one)))
    return {
        **_dated(act),
        **_ids(knowledge, act.id, [project.value for project in act.projects]),
        "lasting_commitment": act.id,
        "status": latest.status,
        "aiddata_stage": standing(latest.status).aiddata_stage,
        "value": amount and amount.value,
        "currency": amount and amount.currency,
        "usd": amount and dollars(amount.value, amount.currency, act.first),
        "articles": sum(1 + len(report.copies) for report in act.reports),
        "sources": len({report.source for report in act.reports if report.source}),
        "disagree": ",".join(act.disagree) or None,
        "counted_as": _exported(counted, exported)[0],
    }


def _day(report: Report) -> tuple[str, str]:
    return report.date or "", report.link
