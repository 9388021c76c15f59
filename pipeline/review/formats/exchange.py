"""Writes gold or records to the file of a tool, and reads the answers back into a gold folder.

A bad task does not affect the others, and gold of other articles in the folder is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ArticleError
from pipeline.gold.check import problems
from pipeline.gold.folder import as_gold, is_gold, read_gold, write_gold
from pipeline.record import Record
from pipeline.records import read
from pipeline.review.formats import docbin, label_studio, prodigy
from pipeline.review.formats.correct import corrected
from pipeline.review.formats.task import Answer, Clash, Returned, Task, mean_confidence, record_of
from pipeline.review.formats.view import Shown, matched, view_of

Say = Callable[[str], None]


@dataclass(frozen=True)
class Tool:
    """`ids`: whether spans keep their ids in the tool."""

    write: Callable[[str, Iterable[Shown]], None]
    read: Callable[[Path], Iterator[Returned | ArticleError]]
    clash: Clash
    ids: bool


TOOLS = {
    "prodigy": Tool(prodigy.write, prodigy.read, prodigy.clash, ids=False),
    "label-studio": Tool(label_studio.write, label_studio.read, label_studio.clash, ids=True),
    "spacy": Tool(docbin.write, docbin.read, docbin.clash, ids=False),
}
CONFIGS = {"label-studio": label_studio.config, "prodigy": prodigy.config}


def export(source: str, tool: str, out: str, say: Say) -> Counter[str]:
    """Writes a gold folder or records for a tool; returns how many articles are `done` and `failed`.

    `say` is called with each failure and with what the tool cannot show. Raises SetupError if `source` cannot be read.
    """
    count: Counter[str] = Counter()
    TOOLS[tool].write(out, list(_shown(_tasks(source), tool, count, say)))
    return count


def import_(file: Path, tool: str, out: Path, say: Say) -> Counter[str]:
    """Writes the answers into a gold folder; other articles in it are kept.

    Returns how many are `done`, `failed`, `left out`; `say` is called with the reasons, and with what was guessed.
    """
    count: Counter[str] = Counter()
    answered: dict[str, Record] = {}
    for returned in TOOLS[tool].read(file):
        try:
            if isinstance(returned, ArticleError):
                raise returned
            made = _answered(returned, TOOLS[tool], answered, say)
            count["done" if made else "left out"] += 1
        except ArticleError as error:
            say(str(error))
            count["failed"] += 1
    if answered:
        write_gold(out, answered.values())
    return count


def _tasks(source: str) -> Iterator[Task | ArticleError]:
    if is_gold(Path(source)):
        yield from map(Task, read_gold(Path(source)))
    else:
        yield from (one if isinstance(one, ArticleError) else _predicted(one) for one in read(source))


def _predicted(record: Record) -> Task:
    return Task(record, mean_confidence([*record.mentions, *record.commitments]))


def _shown(tasks: Iterable[Task | ArticleError], tool: str, count: Counter[str], say: Say) -> Iterator[Shown]:
    for task in tasks:
        name = "" if isinstance(task, ArticleError) else task.record.article.id
        wrong = [str(task)] if isinstance(task, ArticleError) else [f"{name}: {one}" for one in problems(task.record)]
        count["failed" if wrong else "done"] += 1
        if wrong or isinstance(task, ArticleError):
            say("; ".join(wrong))
            continue
        view = view_of(task.record, TOOLS[tool].clash)
        if view.hidden:
            hidden = f"{len(view.hidden)} of {len(view.spans)} spans, which overlap others"
            say(f"{name}: {tool} cannot show {hidden}; they are kept")
        yield task, view


def _answered(returned: Returned, tool: Tool, answered: dict[str, Record], say: Say) -> Record | None:
    record, answer = record_of(returned.where, returned.payload, returned.text), _read(returned)
    where = f"{returned.where}: {record.article.id}"
    if isinstance(answer, str):
        say(f"{where}: left out: {answer}")
        return None
    if record.article.id in answered:
        raise ArticleError(where, "has two answers in this file; keep one")
    view = view_of(record, tool.clash)
    has_ids = tool.ids and "record" in returned.payload
    try:
        gold, notes = corrected(record, view, answer if has_ids else matched(view, answer))
    except ArticleError as error:
        raise ArticleError(where, error.reason) from error
    for note in notes:
        say(f"{where}: {note}")
    return answered.setdefault(record.article.id, as_gold(gold))


def _read(returned: Returned) -> Answer | str:
    try:
        return returned.answer()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ArticleError(returned.where, f"is not in the format that the tool exports ({error!r})") from error
