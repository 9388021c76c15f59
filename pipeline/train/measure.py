"""Fits the classifiers after the mentions, and the calibration curves; a folder a profile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from pipeline.gold.evaluate.calibration import Answer
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.commitments.classifier import Classifier
from pipeline.stages.commitments.stage import SLOTS, find_commitments
from pipeline.stages.document.doc import Entity
from pipeline.stages.models.linear import ANY, CONFIDENCES, Curve, Weights, parts
from pipeline.stages.models.sectors import FOLDER, Model, read_model
from pipeline.stages.relations.stage import WEIGHTS as RELATIONS
from pipeline.stages.relations.stage import find_relations
from pipeline.stages.sectors import WEIGHTS as SECTORS
from pipeline.stages.sectors import find_sectors
from pipeline.train import commitments
from pipeline.train.commitments import Example
from pipeline.train.rows import relations, sectors, slots
from pipeline.train.weights import Row, balanced, measured

SLACK = 0.005  # F1 given up for fewer wrong relations
STRENGTH = 0.02  # for `measured`: the features overlap
LIKELY = 0.25  # threshold of a slot: half of the best F1, where F1 is best


def sector_model() -> Model:
    """The linear model of sectors that comes with Corridor; it learned from coded projects alone."""
    return read_model(Settings().models / FOLDER)


@dataclass(frozen=True)
class Evidence:
    """The training examples of an article."""

    relations: list[Row]
    commitments: list[Example]
    slots: list[Row]
    sectors: list[Row]


def evidence(doc: Doc, gold: Record, keyed: dict[str, Entity]) -> Evidence:
    """The examples of a Doc with mentions and entities; `keyed`: those of gold by key."""
    examples = commitments.examples(doc, gold)
    return Evidence(
        relations.rows_of(doc, gold, keyed)[0],
        examples,
        slots.rows_of(doc, gold, examples, keyed),
        sectors.rows_of(doc, gold, sector_model()),
    )


@dataclass(frozen=True)
class Measured:
    """The classifiers of the stages after mentions and entities."""

    relations: Weights
    commitments: Classifier
    slots: Weights
    sectors: Weights

    def write(self, folder: Path) -> None:
        """Writes the files of the stages."""
        self.relations.write(folder / RELATIONS)
        self.slots.write(folder / SLOTS)
        self.sectors.write(folder / SECTORS)
        commitments.write(self.commitments, folder)

    def read(self, doc: Doc) -> Doc:
        """Sets sectors, relations and commitments of a Doc with entities; their confidences are not calibrated."""
        doc = find_sectors(doc, self.sectors, sector_model())
        doc._.relations = find_relations(doc, self.relations)
        doc._.commitments = find_commitments(doc, self.commitments, self.slots, sector_model())
        return doc


def measure(articles: Sequence[Evidence], scored: int) -> Measured:
    """Fits all; deterministic. `scored`: the thresholds are for so many articles, the first.

    Raises SetupError where the articles are too few.
    """
    return Measured(
        balanced(
            [article.relations for article in articles],
            scored,
            slack=SLACK,
            strength=STRENGTH,
        ),
        commitments.fit([article.commitments for article in articles], scored),
        replace(measured([row for article in articles for row in article.slots], STRENGTH), thresholds={ANY: LIKELY}),
        balanced([article.sectors for article in articles], scored, strength=STRENGTH),
    )


def fitted_curve(answers: Sequence[Answer], caution: float = 1.0) -> Curve:
    """The calibration curve of answers in held-out articles; `caution`: the weight of wrong ones in the surer half."""
    right = [right for _, right in answers]
    if len(set(right)) < 2:
        return Curve()
    known, scores = np.array([parts(score) for score, _ in answers]), np.array([score for score, _ in answers])
    weights = np.where(right | (scores < np.median(scores)), 1.0, caution)
    (rise, fall), intercept = _logistic(known, right, weights)
    if min(rise, fall) < 0:  # the curve must not fall
        (rise,), intercept = _logistic(known.sum(axis=1, keepdims=True), right, weights)
        fall = rise
    return Curve(round(rise, 4), round(fall, 4), round(intercept, 4))


def _logistic(
    known: npt.NDArray[np.float64], right: list[bool], weights: npt.NDArray[np.float64]
) -> tuple[list[float], float]:
    model = LogisticRegression(C=100.0).fit(known, right, sample_weight=weights)
    return model.coef_[0].tolist(), float(model.intercept_[0])


def write_curves(curves: dict[str, Curve], folder: Path) -> None:
    stored = {name: asdict(curve) for name, curve in curves.items()}
    (folder / CONFIDENCES).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
