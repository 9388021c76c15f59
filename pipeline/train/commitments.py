"""Measures the weights of models/commitments on annotated articles: which candidates are commitments, of which kind.

Hard because a candidate may stand for a commitment that gold hangs on another word of the same sentence: such a
candidate is neither right nor wrong and counts little.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from pipeline.doc import sentence_spans
from pipeline.evaluate.gold import GoldArticle
from pipeline.stages.commitments.candidates import Candidate, find_candidates
from pipeline.stages.commitments.chains import trigger_span
from pipeline.stages.commitments.formula import FILE, Formula
from pipeline.stages.commitments.places import Places

STRENGTH = 0.3  # inverse of the L2 penalty: lower trusts rare features less
RARE = 3  # features seen less often get no weight
THRESHOLD = 0.35
UNSURE = 0.3  # weight of a candidate beside a commitment that gold hangs on another word


@dataclass(frozen=True)
class Example:
    """A candidate with the gold commitment that it stands for, if any."""

    candidate: Candidate
    gold: dict[str, Any] | None
    weight: float = 1.0


def examples(doc: Doc, gold: GoldArticle) -> list[Example]:
    """The candidates of a Doc, told apart by gold; the Doc carries mentions and entities."""
    candidates, sentences = find_candidates(doc, Places(doc)), sentence_spans(doc)
    answers = {id(c): commitment for commitment in gold.raw["commitments"] for c in _best(candidates, commitment, gold)}
    missed = [gold.numbered[c["sent"]] for c in gold.raw["commitments"] if not any(a is c for a in answers.values())]
    retold = [gold.numbered[n] for c in gold.raw["commitments"] for n in c["also"]]
    return [Example(c, answers.get(id(c)), _weight(c, answers, missed + retold, sentences)) for c in candidates]


def _best(candidates: list[Candidate], commitment: dict[str, Any], gold: GoldArticle) -> list[Candidate]:
    """The candidate whose trigger overlaps most with gold's: one or none."""
    found = gold.find(commitment["trigger"], commitment["sent"])
    if found is None:
        return []
    spans = [(trigger_span(c.clause.chain), c) for c in candidates]
    overlaps = [(min(end, found[1]) - max(start, found[0]), -n) for n, ((start, end), _) in enumerate(spans)]
    best = max(overlaps, default=(0, 0))
    return [spans[-best[1]][1]] if best[0] > 0 else []


def _weight(
    candidate: Candidate,
    answers: dict[int, dict[str, Any]],
    doubtful: Iterable[tuple[int, int]],
    sentences: list[tuple[int, int]],
) -> float:
    start, end = sentences[candidate.sentence]
    beside = any(start < b and a < end for a, b in doubtful)
    return UNSURE if beside and id(candidate) not in answers else 1.0


def fit(rows: list[Example]) -> Formula:
    """The formula of some examples; deterministic."""
    accept = _fitted(rows, ["yes" if row.gold else "no" for row in rows])["yes"]
    right = [row for row in rows if row.gold]
    kinds = _fitted(right, [row.gold["kind"] for row in right if row.gold])
    return Formula(accept, kinds, THRESHOLD)  # type: ignore[arg-type]


def _fitted(rows: list[Example], labels: list[str]) -> dict[str, dict[str, float]]:
    """Weights by label and feature."""
    vectors, matrix = _matrix(rows)
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(
        matrix, labels, sample_weight=[row.weight for row in rows]
    )
    names, classes = [str(n) for n in vectors.get_feature_names_out()], [str(c) for c in model.classes_]
    coefficients = model.coef_ if len(classes) > 2 else np.vstack([-model.coef_, model.coef_])
    intercepts = model.intercept_ if len(classes) > 2 else np.array([-model.intercept_[0], model.intercept_[0]])
    return {label: _named(names, row, bias) for label, row, bias in zip(classes, coefficients, intercepts, strict=True)}


def _named(names: list[str], weights: npt.NDArray[np.float64], bias: float) -> dict[str, float]:
    found = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}
    found["bias"] = round(found.get("bias", 0.0) + float(bias), 3)
    return {name: weight for name, weight in sorted(found.items()) if weight}


def _matrix(rows: list[Example]) -> tuple[DictVectorizer, Any]:
    counts: dict[str, int] = {}
    for row in rows:
        for name in row.candidate.features:
            counts[name] = counts.get(name, 0) + 1
    vectors = DictVectorizer()
    return vectors, vectors.fit_transform(
        [{n: 1 for n in sorted(r.candidate.features) if counts[n] >= RARE} for r in rows]
    )


def write(formula: Formula, card: dict[str, Any], folder: Path) -> None:
    """Writes `weights.json`: the card, then the weights, sorted."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "card": card, "threshold": formula.threshold, "slope": formula.slope, "intercept": formula.intercept,
        "accept": formula.accept, "kinds": formula.kinds,
    }  # fmt: skip
    (folder / FILE).write_text(json.dumps(content, indent=0, sort_keys=True) + "\n", encoding="utf-8")
