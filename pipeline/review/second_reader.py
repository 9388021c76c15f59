"""Gold from what a language model has read: to be reviewed, and to train the small models with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pipeline.gold.check import defects
from pipeline.record import Record
from pipeline.review.corrections.from_record import task_of_record
from pipeline.review.formats.exchange import write_gold
from pipeline.review.formats.task import Task

AT_ONCE = 100  # articles that are written together


def write_answers(records: Iterable[Record], out: Path, say: Callable[[str], None]) -> Counter[str]:
    """Writes records as gold with flows, boilerplate and, by commitment, the `method`; other gold is kept.

    Returns how many articles are `done` and `failed`; `say` is called with each that gives no valid gold.
    """
    count: Counter[str] = Counter()
    tasks: list[Task] = []
    for record in records:
        task = task_of_record(record)
        task.gold.raw.update(_added(record, task.gold.raw["commitments"]))
        wrong = defects(task.gold)
        count["failed" if wrong else "done"] += 1
        if wrong:
            say(f"{record.article.id}: {wrong[0]}; left out")
            continue
        tasks.append(task)
        if len(tasks) == AT_ONCE:
            write_gold(out, tasks)
            tasks = []
    if tasks:
        write_gold(out, tasks)
    return count


def _added(record: Record, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What a record knows beyond its gold: methods, flows, boilerplate."""
    for found, row in zip(record.commitments, rows, strict=True):
        row["method"] = found.method
        if found.flow:
            row["flow"] = found.flow.model_dump()
    return {"commitments": rows, "boilerplate": [n for n, one in enumerate(record.sentences) if one.boilerplate]}
