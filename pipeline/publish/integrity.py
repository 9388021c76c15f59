"""The check of records before an export: no article twice, no reference without a target, every quote in the text."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from pipeline.errors import ArticleError
from pipeline.gold.check import lost_references, misquoted
from pipeline.record import Record
from pipeline.sources.locations import Seen


def valid(
    found: Iterable[tuple[str, Record | ArticleError]], objection: Callable[[Record], str | None] | None = None
) -> Iterator[Record | ArticleError]:
    """The records, with an ArticleError in the place of each that is not valid.

    `found`: each with its place (file:line), "" where that is not known. `objection`: what else is wrong with a record.
    The ids seen so far are kept on disk, so that memory does not grow with the number of articles.
    """
    seen = Seen()
    for where, record in found:
        if isinstance(record, ArticleError):
            yield record
        elif wrong := defect(where, record):
            yield wrong
        elif misplaced := next(misquoted(record), None):
            yield _error(where, record, misplaced)
        elif seen.add(record.article.id) > 1:
            yield _error(where, record, "an article of this id came before; only the first is exported")
        elif objection and (reason := objection(record)):
            yield _error(where, record, reason)
        else:
            yield record


def defect(where: str, record: Record) -> ArticleError | None:
    """The first id or reference of a record that is wrong, with its field; None where all are right."""
    wrong = next(_defects(record), None)
    return _error(where, record, wrong) if wrong else None


def _error(where: str, record: Record, reason: str) -> ArticleError:
    return ArticleError(f"{where}: {record.article.id}" if where else record.article.id, reason)


def _defects(record: Record) -> Iterator[str]:
    yield from (f"{field}: has {name!r} twice" for (field, name), count in Counter(_ids(record)).items() if count > 1)
    yield from (f"{field}: there is no {name!r} in the record" for _, field, name, _ in lost_references(record))


def _ids(record: Record) -> Iterator[tuple[str, str]]:
    """Every id, with its field; mentions, actors, projects and commitments share one set of ids."""
    parts = (record.mentions, record.actors, record.projects, record.commitments)
    yield from (("id", part.id) for some in parts for part in some)
    yield from (("sentences.id", str(sentence.id)) for sentence in record.sentences)
