"""What a tool has no place for travels with the task, untouched, and is held against its text on the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.annotate.formats.task import Task
from pipeline.corpus.check import defects
from pipeline.corpus.gold import GoldArticle
from pipeline.errors import ArticleError
from pipeline.record import digest

KEPT = "corridor"  # the name of that part in every tool


def kept(task: Task) -> dict[str, Any]:
    """The line of articles.jsonl without its text, the digest of that, and the gold before the correction."""
    return {"article": {**task.row, "text": ""}, "sha256": digest(task.gold.text), "gold": task.gold.raw}


def task_of(where: str, part: Any, text: Any) -> Task:
    """The task as it was given out. Raises ArticleError where it is not Corridor's, or the text is another."""
    if not isinstance(part, Mapping) or not isinstance(text, str):
        raise ArticleError(where, f"has no `{KEPT}` and `text`; annotate tasks that `corridor annotate export` wrote")
    try:
        row = {**part["article"], "text": text}
        gold = gold_of(row, part["gold"])
        same, wrong = part["sha256"] == digest(text), defects(gold)
    except (KeyError, TypeError, ValueError) as error:
        raise ArticleError(where, f"its `{KEPT}` part is damaged ({error}); export the article again") from error
    if not same:
        raise ArticleError(where, "its text is not the article's; offsets would lie, so export the article again")
    if wrong:
        raise ArticleError(where, f"its `{KEPT}` part is damaged ({wrong[0]}); export the article again")
    return Task(gold, row)


def gold_of(row: Mapping[str, Any], raw: dict[str, Any]) -> GoldArticle:
    """Gold from a line of articles.jsonl and a gold JSON."""
    source, sentences = row.get("outlet") or row.get("source"), [(start, end) for start, end in row["sentences"]]
    return GoldArticle(row["id"], row.get("title"), source, row.get("date"), row["text"], sentences, raw)


def about(task: Task) -> dict[str, Any]:
    """What an annotator sees of an article beside its text."""
    told = {"id": task.gold.id, "title": task.gold.title, "source": task.gold.source, "date": task.gold.date}
    return {name: value for name, value in told.items() if value} | (
        {} if task.score is None else {"score": task.score}
    )
