"""Writes gold or records to the file of a tool, and reads the answers back into a gold folder.

A bad task does not affect the others, and gold of other articles in the folder is kept.
"""

from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType

from pipeline.errors import ArticleError
from pipeline.gold.folder import as_gold, is_gold, write_gold
from pipeline.record import Record
from pipeline.review.edits.working import Refused
from pipeline.review.formats import docbin, label_studio, prodigy
from pipeline.review.formats.correct import corrected
from pipeline.review.formats.task import Returned, matched, mean_confidence, record_of, sound_records, task_of

Say = Callable[[str], None]


# each with `write(out, tasks)`, `read(path)`, `answer(where, raw)`, and `clash(one, other)` of two spans
TOOLS: dict[str, ModuleType] = {"prodigy": prodigy, "label-studio": label_studio, "spacy": docbin}
KEEPS_IDS = ("label-studio",)  # of spans
CONFIGS = {"label-studio": label_studio.config, "prodigy": prodigy.config}


def export(source: str, tool: str, out: str, say: Say) -> Counter[str]:
    """Writes a gold folder or records for a tool; returns how many articles are `done` and `failed`.

    `say` is called with each failure and with what the tool cannot show. Raises SetupError if `source` cannot be read.
    """
    count: Counter[str] = Counter()
    tasks = []
    by_person = is_gold(Path(source))
    for record in sound_records(source, count, say):
        score = None if by_person else mean_confidence([*record.mentions, *record.commitments])
        task = task_of(record, TOOLS[tool].clash, score)
        if task.hidden:
            hidden = f"{len(task.hidden)} of {len(task.spans)} spans, which overlap others"
            say(f"{record.article.id}: {tool} cannot show {hidden}; they are kept")
        tasks.append(task)
    count["done"] = len(tasks)
    TOOLS[tool].write(out, tasks)
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
            gold = _answered(returned, tool, answered.keys(), say)
            count["done" if gold else "left out"] += 1
            if gold:
                answered[gold.article.id] = gold
        except ArticleError as error:
            say(str(error))
            count["failed"] += 1
    if answered:
        write_gold(out, answered.values())
    return count


def _answered(returned: Returned, tool: str, known: Collection[str], say: Say) -> Record | None:
    """The gold that an answer makes of the record of its task; None where it is left out."""
    record = record_of(returned.where, returned.payload, returned.text)
    where = f"{returned.where}: {record.article.id}"
    try:
        answer = TOOLS[tool].answer(returned.where, returned.raw)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ArticleError(returned.where, f"is not in the format that the tool exports ({error!r})") from error
    if isinstance(answer, str):
        say(f"{where}: left out: {answer}")
        return None
    if record.article.id in known:
        raise ArticleError(where, "has two answers in this file; keep one")
    task = task_of(record, TOOLS[tool].clash)
    known_ids = tool in KEEPS_IDS and "record" in returned.payload
    try:
        made, notes = corrected(task, answer if known_ids else matched(task, answer))
    except Refused as error:
        raise ArticleError(where, str(error)) from error
    for note in notes:
        say(f"{where}: {note}")
    return as_gold(made)
