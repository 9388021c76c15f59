"""Reads both sides of an evaluation from disk, and stops with a clear word where scores would lie.

A record of another text, a line cut in half or a dead key in gold would all still give a number, only a wrong one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.errors import ArticleError, SetupError
from pipeline.evaluate.check import defects
from pipeline.evaluate.differences import Difference, differences_of
from pipeline.evaluate.facts import Facts, facts_of_gold, facts_of_record, nothing_of
from pipeline.evaluate.gold import GoldArticle, read_corpus
from pipeline.evaluate.matching import match
from pipeline.evaluate.score import Scores, require_same_text, score_facts
from pipeline.record import Record
from pipeline.records import placed

_SHOWN = 5  # defects named in one message


def evaluate_files(gold: Path, predictions: Path, ids: Collection[str] | None = None) -> Scores:
    """Scores of a file or folder of records against gold, of all gold articles or only those in `ids`.

    `gold` is a corpus folder (articles.jsonl and gold/ID.json), or records by another hand, in a file or
    a folder. Raises SetupError where either side cannot be read, or was not made from the same text.
    """
    return score_facts(*_both(gold, predictions, ids))


def differences_in_files(
    gold: Path, predictions: Path, ids: Collection[str] | None = None
) -> dict[str, list[Difference]]:
    """What was missed, spurious or told otherwise in each article, those with the most differences first."""
    golds, found = _both(gold, predictions, ids)
    require_same_text(golds, found)
    lists = {one.id: differences_of(match(one, found.get(one.id) or nothing_of(one))) for one in golds}
    return dict(sorted(lists.items(), key=lambda item: -len(item[1])))


def read_records(path: Path) -> dict[str, Record]:
    """The records of a file, or of all files of a folder, by article id.

    Raises SetupError naming file and line of what is no record, and of an id that comes twice.
    """
    records: dict[str, Record] = {}
    for where, record in placed(str(path)):
        if isinstance(record, ArticleError):
            raise SetupError(str(record))
        if record.article.id in records:
            raise SetupError(f"{where}: the article {record.article.id!r} comes twice; keep one record of it")
        records[record.article.id] = record
    return records


def read_gold(folder: Path) -> list[GoldArticle]:
    """The articles of a corpus folder. Raises SetupError naming the article and what is wrong with its gold."""
    try:
        golds = read_corpus(folder)
    except (ArticleError, OSError) as error:
        raise SetupError(str(error)) from error
    except ValueError as error:
        raise SetupError(f"{folder / 'articles.jsonl'}: a line is not valid JSON: {error}") from error
    except (KeyError, TypeError) as error:
        raise SetupError(f"{folder / 'articles.jsonl'}: a line lacks id, text or sentences: {error}") from error
    for gold in golds:
        _require_sound(folder, gold)
    if not golds:
        raise SetupError(f"{folder}: none of its articles has gold; gold stands in gold/ID.json")
    return golds


def _both(gold: Path, predictions: Path, ids: Collection[str] | None) -> tuple[list[Facts], dict[str, Facts]]:
    golds = [one for one in _gold_facts(gold) if ids is None or one.id in ids]
    unknown = set(ids or ()) - {one.id for one in golds}
    if unknown:
        raise SetupError(f"{gold}: has no gold for {', '.join(sorted(unknown))}")
    found = {name: facts_of_record(record) for name, record in read_records(predictions).items()}
    return golds, found if ids is None else {name: facts for name, facts in found.items() if name in ids}


def _gold_facts(gold: Path) -> Iterable[Facts]:
    if gold.is_dir() and ((gold / "articles.jsonl").exists() or (gold / "gold").is_dir()):
        return map(facts_of_gold, read_gold(gold))
    return map(facts_of_record, read_records(gold).values())


def _require_sound(folder: Path, gold: GoldArticle) -> None:
    found = defects(gold)
    if found:
        more = f" (and {len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
        raise SetupError(f"{folder / 'gold' / gold.id}.json: {'; '.join(found[:_SHOWN])}{more}")
