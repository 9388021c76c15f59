"""Evaluates files: reads both sides from disk and refuses what would give wrong scores."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.gold.evaluate.differences import Difference, differences
from pipeline.gold.evaluate.facts import Facts, facts_of, nothing_of
from pipeline.gold.evaluate.matching import match
from pipeline.gold.evaluate.score import Scores, require_same_text, score_facts
from pipeline.gold.folder import is_gold, read_gold


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
    if not is_gold(predictions):
        return score_facts(golds, found)
    alone = sorted({one.id for one in golds} ^ found.keys())
    return replace(score_facts(*_shared(golds, found)), alone=alone)


def differences_in_files(
    gold: Path, predictions: Path, ids: Collection[str] | None = None
) -> dict[str, list[Difference]]:
    """What was missed, spurious or different in each article, those with the most differences first."""
    golds, found = _both(gold, predictions, ids)
    if is_gold(predictions):
        golds, found = _shared(golds, found)
    require_same_text(golds, found)
    lists = {one.id: differences(match(one, found.get(one.id) or nothing_of(one))) for one in golds}
    return dict(sorted(lists.items(), key=lambda item: -len(item[1])))


def _both(gold: Path, predictions: Path, ids: Collection[str] | None) -> tuple[list[Facts], dict[str, Facts]]:
    golds = [one for one in map(facts_of, read_gold(gold)) if ids is None or one.id in ids]
    unknown = set(ids or ()) - {one.id for one in golds}
    if unknown:
        raise SetupError(f"{gold}: has no gold for {', '.join(sorted(unknown))}")
    found = {one.id: one for one in map(facts_of, read_gold(predictions))}
    if not any(one.id in found for one in golds):
        raise SetupError(f"{gold} and {predictions}: no article is in both")
    return golds, found if ids is None else {name: facts for name, facts in found.items() if name in ids}


def _shared(golds: list[Facts], found: dict[str, Facts]) -> tuple[list[Facts], dict[str, Facts]]:
    """The articles that both sides have."""
    both = [one for one in golds if one.id in found]
    return both, {one.id: found[one.id] for one in both}
