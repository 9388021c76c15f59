"""Records that tables can be made of: no article twice, every reference to something that is there, every quote true.

Hard because a record of another hand can name what it does not have, and ids of a million articles must not fill the
memory: they are kept on disk.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from math import isfinite

from pipeline.errors import ArticleError
from pipeline.normalise.days import days
from pipeline.record import Amount, Quantity, Record, quotes


def sound(found: Iterable[Record | ArticleError]) -> Iterator[Record | ArticleError]:
    """The same, with an ArticleError in the place of a record that is not sound."""
    with closing(sqlite3.connect("")) as seen:  # "": a temporary file that SQLite removes
        seen.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        for record in found:
            if isinstance(record, ArticleError):
                yield record
            elif defect := next(_defects(record), None):
                yield ArticleError(record.article.id, defect)
            elif not seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", (record.article.id,)).rowcount:
                yield ArticleError(record.article.id, "an article of this id came before; only the first is exported")
            else:
                yield record


def _defects(record: Record) -> Iterator[str]:
    actors, projects = {actor.id for actor in record.actors}, {project.id for project in record.projects}
    mentions, sentences = {mention.id for mention in record.mentions}, {sentence.id for sentence in record.sentences}
    yield from (f"has {name} twice" for name, count in Counter(_ids(record)).items() if count > 1)
    yield from _unknown(_entities(record), actors | projects)
    yield from _unknown(_actors(record), actors)
    yield from _unknown((name for c in record.commitments for name in c.projects), projects)
    yield from _unknown(
        (name for r in record.relations for name in (r.subject, r.object)), actors | projects | mentions
    )
    yield from _unknown(_sentences(record), sentences)
    yield from (f"commitment {c.id} has no evidence" for c in record.commitments if not c.evidence)
    yield from (f"{told!r} has no finite value" for told, value in _numbers(record) if not isfinite(value or 0))
    if record.article.date is not None and not days(record.article.date):
        yield f"there is no day {record.article.date}"
    text = record.article.text
    yield from (f"{q.text!r} is not at {q.start}" for q in quotes(record) if text[q.start : q.end] != q.text)


def _unknown(names: Iterable[object], known: set[str] | set[int]) -> Iterator[str]:
    return (f"speaks of {name}, which it does not have" for name in names if name not in known)


def _ids(record: Record) -> Iterator[str]:
    parts = (record.mentions, record.actors, record.projects, record.commitments)
    yield from (part.id for some in parts for part in some)
    yield from (f"sentence {sentence.id}" for sentence in record.sentences)


def _entities(record: Record) -> Iterator[str]:
    return (mention.entity for mention in record.mentions if mention.entity is not None)


def _actors(record: Record) -> Iterator[str]:
    for c in record.commitments:
        yield from (*c.by, *c.with_, *c.to, *([c.attributed_to] if c.attributed_to else []))


def _numbers(record: Record) -> Iterator[tuple[str, float | None]]:
    for value in quotes(record):
        if isinstance(value, Amount):
            yield from ((value.text, number) for number in (value.value, value.low, value.high))
        elif isinstance(value, Quantity):
            yield value.text, value.value


def _sentences(record: Record) -> Iterator[int]:
    yield from (mention.sentence for mention in record.mentions)
    yield from (relation.sentence for relation in record.relations)
    yield from (evidence.sentence for c in record.commitments for evidence in c.evidence)
