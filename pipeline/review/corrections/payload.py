"""What a tool carries with a task but does not show: the gold before the correction, and the article's metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.check import defects
from pipeline.gold.gold import GoldArticle
from pipeline.record import digest
from pipeline.review.formats.task import Answer, Task

PAYLOAD = "corridor"  # its name in every tool


@dataclass(frozen=True)
class Returned:
    """A task in a tool's file. `answer()`: the answer, or why it is left out; raises ArticleError if it is damaged."""

    where: str
    payload: Any
    text: Any
    answer: Callable[[], Answer | str]


def payload(task: Task) -> dict[str, Any]:
    """The line of articles.jsonl without its text, the digest of the text, and the gold before the correction."""
    return {"article": {**task.row, "text": ""}, "sha256": digest(task.gold.text), "gold": task.gold.raw}


def task_of(where: str, part: Any, text: Any) -> Task:
    """The task that was exported. Raises ArticleError if it is not from Corridor, or its text has changed."""
    if not isinstance(part, Mapping) or not isinstance(text, str):
        raise ArticleError(where, f"has no `{PAYLOAD}` and `text`; use tasks that `corridor annotate export` wrote")
    try:
        row = {**part["article"], "text": text}
        gold = gold_of(row, part["gold"])
        same, wrong = part["sha256"] == digest(text), defects(gold)
    except (KeyError, TypeError, ValueError) as error:
        raise ArticleError(where, f"its `{PAYLOAD}` part is damaged ({error}); export the article again") from error
    if not same:
        raise ArticleError(where, "its text has changed, so that offsets would be wrong; export the article again")
    if wrong:
        raise ArticleError(where, f"its `{PAYLOAD}` part is damaged ({wrong[0]}); export the article again")
    return Task(gold, row)


def gold_of(row: Mapping[str, Any], raw: dict[str, Any]) -> GoldArticle:
    """Gold from a line of articles.jsonl and a gold JSON."""
    source, sentences = row.get("outlet") or row.get("source"), [(start, end) for start, end in row["sentences"]]
    return GoldArticle(row["id"], row.get("title"), source, row.get("date"), row["text"], sentences, raw)


def metadata(task: Task) -> dict[str, Any]:
    """What an annotator sees of an article beside its text."""
    gold = task.gold
    fields = {"id": gold.id, "title": gold.title, "source": gold.source, "date": gold.date}
    score = {} if task.score is None else {"score": task.score}
    return {name: value for name, value in fields.items() if value} | score


def as_json(value: Any) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def opened(path: Path) -> TextIO:
    """A text file to read. Raises SetupError if it cannot be opened."""
    try:
        return path.open(encoding="utf-8-sig", errors="replace")  # a replaced character changes the text: refused later
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error
