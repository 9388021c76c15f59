"""Fits the classifier of pairs of commitments that state one act, over a trained pipeline."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.assemble import assemble
from pipeline.corpus.gold import GoldArticle, digest
from pipeline.corpus.stories import folds
from pipeline.evaluate.facts import facts_of_gold, facts_of_record
from pipeline.evaluate.matching import likeliest, match
from pipeline.evaluate.score import score
from pipeline.model.linear import ANY, Weights
from pipeline.record import Record
from pipeline.stages.commitments.same_act import WEIGHTS, distinct, features, pairs, statements
from pipeline.stages.commitments.stage import Commitments
from pipeline.train.cards import today
from pipeline.train.flows_and_rows import read_docs
from pipeline.train.parts import read_golds
from pipeline.train.weights import Row, measured

ROWS = ("commitments.found", "commitments", "commitments+status", "slots", "rows", "rows.core", "money")
NEVER = 1.0  # the threshold at which nothing is merged
SLACK = 0.002  # F1 that a higher threshold may cost: two acts taken for one are worse than one act given twice
THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, NEVER)


def train_same_act(nlp: Language, gold: Sequence[Path], held: Sequence[Path], out: Path) -> dict[str, Any]:
    """Writes weights to `out` and returns the card; deterministic.

    Args:
        nlp: The trained pipeline, whose stages before it make the commitments to compare.
        gold: Gold that the pairs come from.
        held: Gold of articles that the pipeline has not learned from, for the threshold and the scores: each fifth is
            scored by the threshold that is best for the others.
        out: The folder of the default profile, which must exist.

    Raises:
        SetupError: The gold has too few pairs.
    """
    stage = nlp.get_pipe("commitments")
    assert isinstance(stage, Commitments)
    stage.off |= {"same act"}
    own, unseen = (read_docs(nlp, read_golds(folders), encoded=True) for folders in (gold, held))
    weights = measured([row for g, doc in own for row in rows_of(g, doc)])
    judged = {threshold: _records(unseen, _at(weights, threshold)) for threshold in THRESHOLDS}
    golds = [g for g, _ in unseen]
    counts = {threshold: [_counts(g, judged[threshold][g.id]) for g in golds] for threshold in THRESHOLDS}
    every = range(len(golds))
    best = _best(counts, every)
    _at(weights, best).write(out / WEIGHTS)
    chosen: dict[str, Record] = {}
    for part in map(set, folds(golds)):
        threshold = _best(counts, [at for at in every if at not in part])
        chosen |= {golds[at].id: judged[threshold][golds[at].id] for at in part}
    return {
        "what": "which commitments of an article state the same act",
        "articles": {"gold": len(own), "held": len(unseen)},
        "data_sha256": digest([g for read in (own, unseen) for g, _ in read]),
        "date": today(),
        "rebuild": "corridor train acts --gold FOLDER ... --held FOLDER ... --out DIR",
        "threshold": best,
        "held, without it": _f1(golds, judged[NEVER]),
        "held, with it": _f1(golds, chosen),
    }


def rows_of(gold: GoldArticle, doc: Doc) -> Iterator[Row]:
    """The pairs of which gold has at least one, and whether it has both as the same."""
    stated = likeliest(match(facts_of_gold(gold), facts_of_record(assemble(doc))))
    made = statements(doc, doc._.commitments)
    for first, second in pairs(made):
        if stated[first] is not None or stated[second] is not None:
            yield ANY, features(made[first], made[second]), stated[first] == stated[second]


def _at(weights: Weights, threshold: float) -> Weights:
    return replace(weights, thresholds={ANY: threshold})


def _records(read: Sequence[tuple[GoldArticle, Doc]], weights: Weights) -> dict[str, Record]:
    """The records of articles by id, with the commitments that are left."""
    found = {}
    for gold, doc in read:
        every = doc._.commitments
        copies = [replace(c, sentences=[*c.sentences], sure={**c.sure}, whole={**c.whole}) for c in every]
        doc._.commitments = distinct(doc, copies, weights)
        found[gold.id] = assemble(doc)
        doc._.commitments = every
    return found


def _counts(gold: GoldArticle, record: Record) -> tuple[int, int]:
    """How many commitments are right in kind, and how many there are on both sides."""
    found = match(facts_of_gold(gold), facts_of_record(record))
    own, other = found.gold.commitments, found.found.commitments
    return sum(own[g].kind == other[f].kind for g, f in found.commitments), len(own) + len(other)


def _best(counts: dict[float, list[tuple[int, int]]], chosen: Collection[int]) -> float:
    """The highest threshold with nearly the best F1 of kinds over the articles with these numbers."""

    def f1(threshold: float) -> float:
        right, all_of_them = zip(*(counts[threshold][at] for at in chosen), strict=True)
        return float(2 * sum(right) / max(1, sum(all_of_them)))

    scores = {threshold: f1(threshold) for threshold in THRESHOLDS}
    return max(threshold for threshold, found in scores.items() if found >= max(scores.values()) - SLACK)


def _f1(golds: Sequence[GoldArticle], records: dict[str, Record]) -> dict[str, float]:
    rows = score(golds, records).rows
    return {row: round(rows[row].f1, 4) for row in ROWS}
