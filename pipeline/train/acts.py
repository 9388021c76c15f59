"""Fits what is an act, and which commitments state the same one, over a trained pipeline.

The first are the weights and the threshold of the classifier of candidates; the second are those of pairs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.gold.evaluate.facts import facts_of
from pipeline.gold.evaluate.matching import likeliest, match
from pipeline.gold.evaluate.score import score
from pipeline.gold.folder import digest
from pipeline.gold.stories import folds
from pipeline.record import Record
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.classifier import Classifier, read_classifier
from pipeline.stages.commitments.same_act import WEIGHTS, distinct, features, pairs, statements
from pipeline.stages.commitments.stage import Commitments
from pipeline.stages.document.doc import Commitment
from pipeline.stages.models.linear import ANY, Weights
from pipeline.train.cards import today
from pipeline.train.commitments import continued, examples, write
from pipeline.train.flows_and_rows import Read, read_docs
from pipeline.train.parts import read_golds
from pipeline.train.weights import Row, measured

ROWS = ("commitments.found", "commitments", "commitments+status", "slots", "rows", "rows.core", "money")
NEVER = 1.0  # the threshold at which nothing is merged
SLACK = 0.001  # F1 that a higher threshold may cost: a false act, or two taken for one, is worse than one given twice
SCORES = (0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.32, 0.34, 0.36)  # thresholds of candidates that are tried
SAME = (0.5, 0.55, 0.6, 0.65, 0.7, 0.8, NEVER)  # of pairs

Setting = tuple[float, float]  # a threshold of each
Counts = tuple[int, int]  # how many are found, right in kind, and in kind and status, added; how many there are


def train_acts(nlp: Language, gold: Sequence[Path], held: Sequence[Path], out: Path) -> dict[str, Any]:
    """Writes weights to `out` and returns the card; deterministic.

    A pipeline without the encoder gets only a threshold, since more gold gains nothing there.

    Args:
        nlp: The trained pipeline, whose stages before it make the candidates, and the commitments to compare.
        gold: Gold that the classifier of candidates learns from beside what it knows, and that the pairs come from.
        held: Gold of articles that the pipeline has not learned from, for the thresholds and the scores: each fifth is
            scored by the thresholds that are best for the others.
        out: The folder of the profile, which must exist.

    Raises:
        SetupError: The gold has too few pairs.
    """
    stage = nlp.get_pipe("commitments")
    assert isinstance(stage, Commitments)
    stage.off |= {"same act"}
    unseen = read_docs(nlp, read_golds(held), encoded=True)
    own = read_docs(nlp, read_golds(gold), encoded=True) if unseen and unseen[0][1]._.encoding is not None else []
    weights = measured([row for g, doc in own for row in rows_of(g, doc)]) if own else None
    classifier = read_classifier(stage.trained(unseen[0][1]))
    if own:
        classifier = continued(classifier, [examples(doc, g) for g, doc in own])
    counts = _counted(unseen, stage, classifier, weights)
    best = _best(counts, range(len(unseen)))
    write(replace(classifier, threshold=best[0]), out)
    if weights:
        _at(weights, best[1]).write(out / WEIGHTS)
    golds = [g for g, _ in unseen]
    chosen: dict[str, Record] = {}
    for part in folds(golds):
        setting = _best(counts, sorted(set(range(len(golds))).difference(part)))
        chosen |= {
            golds[at].article.id: _record(unseen[at][1], stage, _until(classifier, setting[0]), setting[1], weights)
            for at in part
        }
    never = {g.article.id: _record(doc, stage, _until(classifier, best[0]), NEVER, weights) for g, doc in unseen}
    return {
        "what": "which clauses are commitments, and which commitments of an article state the same act",
        "articles": {"gold": len(own), "held": len(unseen)},
        "data_sha256": digest([g for read in (own, unseen) for g, _ in read]),
        "date": today(),
        "rebuild": "corridor train acts --gold FOLDER ... --held FOLDER ... --out DIR",
        "thresholds": {"candidates": best[0], "pairs": best[1]},
        "held, nothing merged": _f1(golds, never),
        "held": _f1(golds, chosen),
    }


def rows_of(gold: Record, doc: Doc) -> Iterator[Row]:
    """The pairs of which gold has at least one, and whether it has both as the same."""
    stated = likeliest(match(facts_of(gold), facts_of(assemble(doc))))
    made = statements(doc, doc._.commitments)
    for first, second in pairs(made):
        if stated[first] is not None or stated[second] is not None:
            yield ANY, features(made[first], made[second]), stated[first] == stated[second]


def _at(weights: Weights, threshold: float) -> Weights:
    return replace(weights, thresholds={ANY: threshold})


def _until(classifier: Classifier, threshold: float) -> Classifier:
    return replace(classifier, threshold=threshold)


def _counted(
    read: Read, stage: Commitments, classifier: Classifier, weights: Weights | None
) -> dict[Setting, list[Counts]]:
    """By setting the counts of each article."""
    counts: dict[Setting, list[Counts]] = {setting: [] for setting in product(SCORES, SAME if weights else (NEVER,))}
    for gold, doc in read:
        for at in SCORES:
            every = stage.stated(doc, _until(classifier, at))
            for same in SAME if weights else (NEVER,):
                counts[at, same].append(_count(gold, _merged(doc, every, same, weights)))
    return counts


def _merged(doc: Doc, every: Sequence[Commitment], threshold: float, weights: Weights | None) -> Record:
    copies = [replace(c, sentences=[*c.sentences], sure={**c.sure}, whole={**c.whole}) for c in every]
    doc._.commitments = distinct(doc, copies, _at(weights, threshold)) if weights and threshold < NEVER else copies
    return assemble(doc)


def _record(doc: Doc, stage: Commitments, classifier: Classifier, same: float, weights: Weights | None) -> Record:
    return _merged(doc, stage.stated(doc, classifier), same, weights)


def _count(gold: Record, record: Record) -> Counts:
    found = match(facts_of(gold), facts_of(record))
    own, other = found.gold.commitments, found.found.commitments
    matched = [(own[g], other[f]) for g, f in found.commitments]
    kinds = [(one, two) for one, two in matched if one.kind == two.kind]
    statuses = sum(one.status == two.status for one, two in kinds)
    return len(matched) + len(kinds) + statuses, len(own) + len(other)


def _best(counts: dict[Setting, list[Counts]], chosen: Collection[int]) -> Setting:
    """The highest setting with nearly the best mean F1 of found, of kind, and of kind and status."""

    def f1(setting: Setting) -> float:
        right, all_of_them = zip(*(counts[setting][at] for at in chosen), strict=True)
        return float(2 / 3 * sum(right) / max(1, sum(all_of_them)))

    scores = {setting: f1(setting) for setting in counts}
    return max(setting for setting, found in scores.items() if found >= max(scores.values()) - SLACK)


def _f1(golds: Sequence[Record], records: dict[str, Record]) -> dict[str, float]:
    rows = score(golds, records).rows
    return {row: round(rows[row].f1, 4) for row in ROWS}
