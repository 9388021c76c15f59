"""Fits the classifier of relations over a trained pipeline."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipeline.gold.evaluate.calibration import Answer, answers
from pipeline.gold.evaluate.facts import facts_of
from pipeline.gold.evaluate.matching import match
from pipeline.gold.evaluate.score import score
from pipeline.gold.folder import digest
from pipeline.gold.stories import folds
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.models.linear import ANY, CONFIDENCES, Curve, Weights
from pipeline.stages.relations.candidates import Fact
from pipeline.stages.relations.stage import WEIGHTS, find_relations
from pipeline.train.cards import today
from pipeline.train.flows_and_rows import Read, read_docs
from pipeline.train.gold import matched_entities
from pipeline.train.measure import STRENGTH, fitted_curve
from pipeline.train.parts import read_golds
from pipeline.train.rows.relations import rows_of
from pipeline.train.weights import Row, balance, measured

LATER = ("relations", "commitments")  # stages that the classifier does not need
SLACK = 0.002  # F1 given up for fewer wrong relations

Judged = tuple[list[tuple[float, bool]], int]  # of an article: how likely each fact is and whether gold has it; missed


def train_relations(nlp: Language, gold: Sequence[Path], held: Sequence[Path], out: Path) -> dict[str, Any]:
    """Writes weights and the curve of their confidences to `out` and returns the card; deterministic.

    Args:
        nlp: The trained pipeline, whose mentions and entities the candidates connect.
        gold: Gold that the candidates come from.
        held: Gold of articles that the pipeline has not learned from, for the threshold, the curve and the scores: each
            fifth is scored by the threshold that is best for the others.
        out: The folder of a profile, which must exist.

    Raises:
        SetupError: The gold has too few relations.
    """
    own = read_golds(gold)
    with nlp.select_pipes(disable=LATER):
        weights = measured([row for g in own for row in _examples(nlp, g)[0]], STRENGTH)
        unseen = read_docs(nlp, read_golds(held), encoded=True)
    judged = [_judged(weights, *rows_of(doc, g, matched_entities(doc, g))) for g, doc in unseen]
    every = range(len(unseen))
    for part in map(set, folds([g for g, _ in unseen])):
        threshold = _threshold(judged, [at for at in every if at not in part])
        for at in part:
            doc = unseen[at][1]
            doc._.relations = find_relations(doc, replace(weights, thresholds={ANY: threshold}))
    found = score([g for g, _ in unseen], {g.article.id: assemble(doc) for g, doc in unseen})["relations"]
    best = _threshold(judged, every)
    replace(weights, thresholds={ANY: best}).write(out / WEIGHTS)
    _write_curve(fitted_curve(list(_answers(unseen))), out)
    return {
        "what": "which pairs of mentions are related",
        "articles": {"gold": len(own), "held": len(unseen)},
        "data_sha256": digest([*own, *(g for g, _ in unseen)]),
        "date": today(),
        "rebuild": "corridor train relations --gold FOLDER ... --held FOLDER ... --out DIR",
        "threshold": best,
        "held": {name: round(getattr(found, name), 4) for name in ("precision", "recall", "f1")},
    }


def _examples(nlp: Language, gold: Record) -> tuple[list[Row], list[Fact]]:
    """The rows of an article and their facts, by what the pipeline makes of it."""
    [(_, doc)] = read_docs(nlp, [gold], encoded=True)
    return rows_of(doc, gold, matched_entities(doc, gold))


def _judged(weights: Weights, rows: Sequence[Row], facts: Sequence[Fact]) -> Judged:
    proposed = [(label, names, right) for label, names, right in rows if names is not None]
    sure = [weights.probability(label, names) for label, names, _ in proposed]
    likely: dict[Fact, tuple[float, bool]] = {}
    for fact, one, (_, _, right) in zip(facts, sure, proposed, strict=True):
        likely[fact] = max(likely.get(fact, (0.0, right)), (one, right))
    return list(likely.values()), len(rows) - len(proposed)


def _threshold(judged: Sequence[Judged], chosen: Collection[int]) -> float:
    """The threshold of best F1 over the articles with these numbers."""
    proposed = [answer for at in chosen for answer in judged[at][0]]
    return balance(proposed, sum(judged[at][1] for at in chosen), SLACK)


def _answers(read: Read) -> Iterator[Answer]:
    """How sure each relation is, and whether gold has it."""
    for gold, doc in read:
        yield from answers(match(facts_of(gold), facts_of(assemble(doc))))["relations"]


def _write_curve(curve: Curve, folder: Path) -> None:
    """Writes the curve beside those that the folder, or the profile that comes with Corridor, has for the others."""
    path = folder / CONFIDENCES
    known = path if path.is_file() else Settings().models / folder.name / CONFIDENCES
    curves = json.loads(known.read_text(encoding="utf-8")) | {"relations": asdict(curve)}
    path.write_text(json.dumps(curves, indent=1) + "\n", encoding="utf-8")
