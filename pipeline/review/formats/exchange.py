"""Writes gold or records to the file of a tool, and reads the answers back into a gold folder.

A bad task does not affect the others, and gold of other articles in the folder is kept.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.check import defects
from pipeline.gold.evaluate.files import read_gold
from pipeline.gold.file_names import gold_file
from pipeline.records import read
from pipeline.review.corrections.correct import corrected
from pipeline.review.corrections.from_record import task_of_record
from pipeline.review.corrections.payload import Returned, as_json, opened, task_of
from pipeline.review.corrections.view import Shown, view_of
from pipeline.review.formats import docbin, label_studio, prodigy
from pipeline.review.formats.match import matched
from pipeline.review.formats.task import Answer, Clash, Task
from pipeline.whole import whole_file

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
    answered: dict[str, Task] = {}
    for returned in TOOLS[tool].read(file):
        try:
            if isinstance(returned, ArticleError):
                raise returned
            task = _answered(returned, TOOLS[tool], answered, say)
            count["done" if task else "left out"] += 1
        except ArticleError as error:
            say(str(error))
            count["failed"] += 1
    if answered:
        write_gold(out, list(answered.values()))
    return count


def is_gold(folder: Path) -> bool:
    """Whether a path is a gold folder, as opposed to records."""
    return folder.is_dir() and ((folder / "articles.jsonl").exists() or (folder / "gold").is_dir())


def gold_tasks(folder: Path) -> list[Task]:
    """The articles of a gold folder. Raises SetupError if it cannot be read."""
    golds, rows = read_gold(folder), gold_rows(folder / "articles.jsonl")
    return [Task(gold, rows[gold.id]) for gold in golds]


def _tasks(source: str) -> Iterator[Task | ArticleError]:
    if is_gold(Path(source)):
        yield from gold_tasks(Path(source))
    else:
        yield from (one if isinstance(one, ArticleError) else task_of_record(one) for one in read(source))


def _shown(tasks: Iterable[Task | ArticleError], tool: str, count: Counter[str], say: Say) -> Iterator[Shown]:
    for task in tasks:
        wrong = [str(task)] if isinstance(task, ArticleError) else [f"{task.gold.id}: {d}" for d in defects(task.gold)]
        count["failed" if wrong else "done"] += 1
        if wrong or isinstance(task, ArticleError):
            say("; ".join(wrong))
            continue
        view = view_of(task.gold, TOOLS[tool].clash)
        if view.hidden:
            hidden = f"{len(view.hidden)} of {len(view.spans)} spans, which overlap others"
            say(f"{task.gold.id}: {tool} cannot show {hidden}; they are kept")
        yield task, view


def _answered(returned: Returned, tool: Tool, answered: dict[str, Task], say: Say) -> Task | None:
    task, answer = task_of(returned.where, returned.payload, returned.text), _read(returned)
    where = f"{returned.where}: {task.gold.id}"
    if isinstance(answer, str):
        say(f"{where}: left out: {answer}")
        return None
    if task.gold.id in answered:
        raise ArticleError(where, "has two answers in this file; keep one")
    view = view_of(task.gold, tool.clash)
    try:
        gold, notes = corrected(task.gold, view, answer if tool.ids else matched(view, answer))
    except ArticleError as error:
        raise ArticleError(where, error.reason) from error
    for note in notes:
        say(f"{where}: {note}")
    return answered.setdefault(gold.id, Task(gold, task.row))


def _read(returned: Returned) -> Answer | str:
    try:
        return returned.answer()
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ArticleError(returned.where, f"is not in the format that the tool exports ({error!r})") from error


def gold_rows(path: Path) -> dict[str, dict[str, Any]]:
    """The lines of an `articles.jsonl`, by id. Raises SetupError naming a line that is no article."""
    with opened(path) as file:
        lines = [(number, line) for number, line in enumerate(file, 1) if line.strip()]
    return dict(_row(path, number, line) for number, line in lines)


def _row(path: Path, number: int, line: str) -> tuple[str, dict[str, Any]]:
    try:
        row = json.loads(line)
        return row["id"], row
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{path}, line {number}: not an article of a gold folder (JSON with an id)") from error


def write_gold(out: Path, tasks: Sequence[Task]) -> None:
    """Writes tasks into a gold folder; other articles in it are kept."""
    path = out / "articles.jsonl"
    rows = (gold_rows(path) if path.exists() else {}) | {task.gold.id: dict(task.row) for task in tasks}
    for task in tasks:
        with whole_file(str(gold_file(out, task.gold.id))) as file:
            file.write(as_json(task.gold.raw) + "\n")
    with whole_file(str(path)) as file:
        file.writelines(as_json(row) + "\n" for row in rows.values())
