"""What is measured on top of encoder and recognizer: all that decides, in one folder a profile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from pipeline.article.doc import Entity
from pipeline.corpus.gold import GoldArticle
from pipeline.evaluate.calibration import Answer
from pipeline.model.calibration import CONFIDENCES, Curve, parts
from pipeline.model.linear import ANY, Weights
from pipeline.model.sectors import FOLDER, Model, read_model
from pipeline.settings import Settings
from pipeline.stages.commitments.classifier import Classifier
from pipeline.stages.commitments.find import find_commitments
from pipeline.stages.commitments.stage import SLOTS
from pipeline.stages.relations.stage import WEIGHTS as RELATIONS
from pipeline.stages.relations.stage import find_relations
from pipeline.stages.relations.suppression import Fact, suppressed
from pipeline.stages.sectors import WEIGHTS as SECTORS
from pipeline.stages.sectors import find_sectors
from pipeline.train import commitments
from pipeline.train.commitments import Example
from pipeline.train.rows import relations, sectors, slots
from pipeline.train.weights import Row, balanced, measured

CAUTION = 0.005  # F1 given away for fewer wrong relations
STRENGTH = 0.02  # of these weights, whose features say much the same: see `measured`
LIKELY = 0.25  # probability from which a slot is filled: half of the F1 that is reached, where F1 is best


def sector_model() -> Model:
    """The linear model of sectors that comes with Corridor, which learns from coded projects alone."""
    return read_model(Settings().models / FOLDER)


@dataclass(frozen=True)
class Evidence:
    """What one article teaches: proposals, candidates and facts, each with whether gold has it."""

    relations: list[Row]
    facts: list[Fact]  # of the relations
    commitments: list[Example]
    slots: list[Row]
    sectors: list[Row]


def evidence(doc: Doc, gold: GoldArticle, keyed: dict[str, Entity]) -> Evidence:
    """Of a Doc with mentions and entities, of which `keyed` are gold's, by their keys."""
    examples = commitments.examples(doc, gold)
    return Evidence(
        *relations.rows_of(doc, gold, keyed),
        examples,
        slots.rows_of(doc, gold, examples, keyed),
        sectors.rows_of(doc, gold, sector_model()),
    )


@dataclass(frozen=True)
class Measured:
    """The weights of the stages after the mentions, learned together from the same articles."""

    relations: Weights
    commitments: Classifier
    slots: Weights
    sectors: Weights

    def write(self, folder: Path) -> None:
        """Writes what the stages read."""
        self.relations.write(folder / RELATIONS)
        self.slots.write(folder / SLOTS)
        self.sectors.write(folder / SECTORS)
        commitments.write(self.commitments, folder)

    def read(self, doc: Doc) -> Doc:
        """Fills in a Doc that has its entities; confidences are bare scores."""
        doc = find_sectors(doc, self.sectors, sector_model())
        doc._.relations = find_relations(doc, self.relations)
        doc._.commitments = find_commitments(doc, self.commitments, self.slots, sector_model())
        return doc


def measure(articles: Sequence[Evidence], scored: int) -> Measured:
    """Fits everything; deterministic. `scored`: for how many of the articles, the first, the thresholds are.

    Raises SetupError where the articles are too few.
    """
    return Measured(
        balanced(
            [article.relations for article in articles],
            scored,
            slack=CAUTION,
            outdone=lambda at, sure: suppressed(articles[at].facts, sure),
            strength=STRENGTH,
        ),
        commitments.fit([article.commitments for article in articles], scored),
        replace(measured([row for article in articles for row in article.slots], STRENGTH), thresholds={ANY: LIKELY}),
        balanced([article.sectors for article in articles], scored, strength=STRENGTH),
    )


def fitted_curve(answers: Sequence[Answer], care: float = 1.0) -> Curve:
    """The curve that makes confidences of scores, from what was found in unseen articles and whether it was right.

    `care`: how often what was wrong counts in the surer half, for each time that all else does.
    """
    right = [right for _, right in answers]
    if len(set(right)) < 2:
        return Curve()
    known, scores = np.array([parts(score) for score, _ in answers]), np.array([score for score, _ in answers])
    weights = np.where(right | (scores < np.median(scores)), 1.0, care)
    (rise, fall), intercept = _logistic(known, right, weights)
    if min(rise, fall) < 0:  # a surer score must not make a less sure confidence
        (rise,), intercept = _logistic(known.sum(axis=1, keepdims=True), right, weights)
        fall = rise
    return Curve(round(rise, 4), round(fall, 4), round(intercept, 4))


def _logistic(
    known: npt.NDArray[np.float64], right: list[bool], weights: npt.NDArray[np.float64]
) -> tuple[list[float], float]:
    model = LogisticRegression(C=100.0).fit(known, right, sample_weight=weights)
    return model.coef_[0].tolist(), float(model.intercept_[0])


def write_curves(curves: dict[str, Curve], folder: Path) -> None:
    told = {name: asdict(curve) for name, curve in curves.items()}
    (folder / CONFIDENCES).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
