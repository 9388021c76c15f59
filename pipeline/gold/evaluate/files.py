"""Evaluates files: reads both sides from disk and refuses what would give wrong scores."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.check import defects
from pipeline.gold.evaluate.differences import Difference, differences
from pipeline.gold.evaluate.facts import Facts, facts_of_gold, facts_of_record, nothing_of
from pipeline.gold.evaluate.matching import match
from pipeline.gold.evaluate.score import Scores, require_same_text, score_facts
from pipeline.gold.file_names import gold_file
from pipeline.gold.gold import GoldArticle, read_corpus
from pipeline.record import Record
from pipeline.records import placed

_SHOWN = 5  # defects named in one message


def evaluate_files(gold: Path, predictions: Path, ids: Collection[str] | None = None) -> Scores:
    """Scores of a file or folder of records against gold, of all gold articles or only those in `ids`.

    Args:
        gold: A gold folder (articles.jsonl and gold/ID.json), or a file or folder of records that a person wrote.
        predictions: A file or folder of records. Where it is a gold folder, two annotators are compared, and articles
            of only one of them are not counted.
        ids: Ids of the articles to compare; None for all of `gold`.

    Returns:
        Scores whose `rows` have, for each measure, counts, and precision, recall and F1 from 0 to 1.

    Raises:
        SetupError: A side cannot be read, or was made from another text.
    """
    golds, found = _both(gold, predictions, ids)
    if not _is_corpus(predictions):
        return score_facts(golds, found)
    alone = sorted({one.id for one in golds} ^ found.keys())
    return replace(score_facts(*_shared(golds, found)), alone=alone)


def differences_in_files(
    gold: Path, predictions: Path, ids: Collection[str] | None = None
) -> dict[str, list[Difference]]:
    """What was missed, spurious or different in each article, those with the most differences first."""
    golds, found = _both(gold, predictions, ids)
    if _is_corpus(predictions):
        golds, found = _shared(golds, found)
    require_same_text(golds, found)
    lists = {one.id: differences(match(one, found.get(one.id) or nothing_of(one))) for one in golds}
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
    """The articles of a gold folder. Raises SetupError naming the article and what is wrong with its gold."""
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
        raise SetupError(f"{folder}: none of its articles has gold; gold belongs in gold/ID.json")
    return golds


def _both(gold: Path, predictions: Path, ids: Collection[str] | None) -> tuple[list[Facts], dict[str, Facts]]:
    golds = [one for one in _facts(gold) if ids is None or one.id in ids]
    unknown = set(ids or ()) - {one.id for one in golds}
    if unknown:
        raise SetupError(f"{gold}: has no gold for {', '.join(sorted(unknown))}")
    found = {one.id: one for one in _facts(predictions)}
    if not any(one.id in found for one in golds):
        raise SetupError(f"{gold} and {predictions}: no article is in both")
    return golds, found if ids is None else {name: facts for name, facts in found.items() if name in ids}


def _shared(golds: list[Facts], found: dict[str, Facts]) -> tuple[list[Facts], dict[str, Facts]]:
    """The articles that both sides have."""
    both = [one for one in golds if one.id in found]
    return both, {one.id: found[one.id] for one in both}


def _facts(side: Path) -> Iterable[Facts]:
    if _is_corpus(side):
        return map(facts_of_gold, read_gold(side))
    return map(facts_of_record, read_records(side).values())


def _is_corpus(side: Path) -> bool:
    return side.is_dir() and ((side / "articles.jsonl").exists() or (side / "gold").is_dir())


def _require_sound(folder: Path, gold: GoldArticle) -> None:
    found = defects(gold)
    if found:
        more = f" (and {len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
        raise SetupError(f"{gold_file(folder, gold.id)}: {'; '.join(found[:_SHOWN])}{more}")
