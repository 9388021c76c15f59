"""Fits what comes last: flows of money, and the confidence of fields and whole rows, over a trained pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.calibration import Answer
from pipeline.gold.evaluate.facts import CommitmentFacts, Slot, facts_of
from pipeline.gold.evaluate.flows import Homes, direction, homes
from pipeline.gold.evaluate.matching import match
from pipeline.gold.evaluate.rows import core
from pipeline.gold.evaluate.score import score
from pipeline.gold.folder import digest
from pipeline.gold.stories import folds
from pipeline.record import Commitment, Record
from pipeline.settings import Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.classifier import CURVES
from pipeline.stages.commitments.classifier import features_of_rows as features_of
from pipeline.stages.commitments.flow.find import FlowWeights, give_flows, read_flow_weights
from pipeline.stages.models.linear import LogOdds, RowModel
from pipeline.train import flows
from pipeline.train.cards import today
from pipeline.train.measure import fitted_curve
from pipeline.train.parts import read_golds

ROWS = ("flow", "flow.instrument", "flow.direction", "flow.cells")
SCORES = "cross_validated, flow weights alone"
STRENGTH = 0.1  # inverse of the L2 penalty of the row model
STEPS = (0.3, 0.5, 0.8)  # row confidences at which the card gives the precision
Read = list[tuple[Record, Doc]]


def train_flows(
    nlp: Language, gold: Sequence[Path], more: Sequence[Path], held: Sequence[Path], out: Path, only: str | None = None
) -> dict[str, Any]:
    """Writes flow weights, the model of rows and a card to `out`, a profile's folder; deterministic.

    Args:
        nlp: The trained pipeline, whose commitments are what there is to learn from.
        gold: Gold with flows, which the thresholds are for; scored by cross-validation, by story.
        more: Gold with flows that teaches only.
        held: Gold of articles that the pipeline has not learned from: teaches how sure rows are, and is scored.
        out: The folder, which must exist.
        only: How the features of parties begin that are fitted, over the installed weights (None: all are fitted anew).

    Raises SetupError where gold has too few flows.
    """
    own, other, unseen = (read_docs(nlp, read_golds(folders)) for folders in (gold, more, held))
    taught, added = [flows.examples(doc, g) for g, doc in own], [flows.examples(doc, g) for g, doc in other]
    if only:
        installed = read_flow_weights(Settings().models / out.name)
        weights: FlowWeights | None = flows.continued([*taught, *added], installed, only)
    else:
        weights = flows.fit([*taught, *added], len(taught))
    if weights is None:
        raise SetupError(f"too few flows of money in {', '.join(map(str, gold))}: annotate more")
    weights.write(out)
    rows = [row for g, doc in unseen for row in rows_of(g, _with_flows(doc, weights))]
    fit_rows(rows).write(out)
    return {
        "what": "flows of money, and how sure fields and rows are",
        "articles": {"gold": len(own), "more": len(other), "held": len(unseen)},
        "data_sha256": digest([g for read in (own, other, unseen) for g, _ in read]),
        "date": today(),
        "rebuild": "corridor train flows --gold FOLDER ... [--more FOLDER ...] --held FOLDER ... --out DIR"
        + (f" --only {only}" if only else ""),
        SCORES: _installed_scores(out.name) if only else _cross_validated(own, taught, added, gold),
        "held": _scored(unseen),
        "row confidence, held out by story": _judged(rows, [g for g, _ in unseen]),
    }


def _installed_scores(profile: str) -> Any:
    """The cross-validated scores of the weights that others are fitted over."""
    return json.loads((Settings().models / profile / "flows.json").read_text(encoding="utf-8"))[SCORES]


def read_docs(nlp: Language, golds: Sequence[Record], encoded: bool = False) -> Read:
    """Docs with all that the pipeline finds; the encoder's output, which is large, stays if they shall be `encoded`."""
    found = []
    for gold in golds:
        doc = nlp.make_doc(gold.article.text)
        doc._.article = gold.article
        for _, stage in nlp.pipeline:
            doc = stage(doc)
        if not encoded:
            doc._.encoding = None
        found.append((gold, doc))
    return found


def _with_flows(doc: Doc, weights: FlowWeights) -> Doc:
    give_flows(doc, weights)
    return doc


def _scored(read: Read) -> dict[str, float]:
    """F1 of flows, on articles that have any in gold."""
    known = [(gold, doc) for gold, doc in read if has_flows(gold)]
    scores = score([gold for gold, _ in known], {gold.article.id: assemble(doc) for gold, doc in known})
    return {row: round(scores.rows[row].f1, 3) for row in ROWS if row in scores.rows}


def _cross_validated(
    own: Read,
    taught: Sequence[Sequence[flows.Example]],
    added: Sequence[Sequence[flows.Example]],
    folders: Sequence[Path],
) -> dict[str, dict[str, float]]:
    """F1 for each folder of gold, where the flow weights, and only they, have not seen the article."""
    for part in folds([gold for gold, _ in own]):
        seen = [examples for at, examples in enumerate(taught) if at not in set(part)]
        weights = flows.fit([*seen, *added], len(seen))
        if weights is not None:
            for at in part:
                give_flows(own[at][1], weights)
    ids = {folder.name: {gold.article.id for gold in read_golds([folder])} for folder in folders}
    return {
        name: _scored([(gold, doc) for gold, doc in own if gold.article.id in known]) for name, known in ids.items()
    }


@dataclass(frozen=True)
class Row:
    """A commitment that was found: its features, whether the row is right, and by curve how sure fields are."""

    article: str
    features: Mapping[str, float]
    right: bool
    fields: dict[str, list[Answer]]


def rows_of(gold: Record, doc: Doc) -> Iterator[Row]:
    """The commitments of a Doc whose fields are not calibrated yet, held against gold."""
    record = assemble(doc)
    matched = match(facts_of(gold), facts_of(record))
    stated = {f: matched.gold.commitments[g] for g, f in matched.commitments}
    ids = {matched.found.actors[f].id: matched.gold.actors[g].id for g, f in matched.actors}
    ids |= {matched.found.projects[f].id: matched.gold.projects[g].id for g, f in matched.projects}
    of_gold, of_found = homes(matched)
    found = zip(doc._.commitments, record.commitments, features_of(doc._.commitments), strict=True)
    for at, (one, written, features) in enumerate(found):
        fields: dict[str, list[Answer]] = {}
        for field, answers in answers_of(written, stated.get(at), ids).items():
            fields.setdefault(CURVES[field], []).extend(zip(one.sure[field], answers, strict=True))
        right = at in stated and is_right(stated[at], matched.found.commitments[at], of_gold, of_found)
        yield Row(gold.article.id, features, right, fields)


def is_right(stated: CommitmentFacts, found: CommitmentFacts, of_gold: Homes, of_found: Homes) -> bool:
    """Whether kind, status, `by`, amounts and flow are right."""
    same = (stated.kind, stated.status, core(stated)) == (found.kind, found.status, core(found))
    if not same or stated.flow is None or found.flow is None:
        return same and stated.flow is found.flow
    flows = direction(stated.flow, of_gold) == direction(found.flow, of_found)
    return flows and stated.flow.instrument == found.flow.instrument


def answers_of(found: Commitment, stated: CommitmentFacts | None, ids: Mapping[str, str]) -> dict[str, list[bool]]:
    """By field of a commitment, whether each of its entries is right."""
    slots = stated.slots if stated else frozenset[Slot]()
    roles = {"by": found.by, "with": found.with_, "to": found.to, "projects": found.projects}
    answers = {role: [(role.removesuffix("s"), ids.get(one)) in slots for one in own] for role, own in roles.items()}
    answers["dates"] = [("date", date.iso) in slots for date in found.dates]
    answers["status"] = [stated is not None and stated.status == found.status]
    if found.flow:
        flow = stated.flow if stated else None
        answers["instrument"] = [flow is not None and flow.instrument == found.flow.instrument]
        answers["provider"] = [flow is not None and ids.get(one) in flow.provider for one in found.flow.provider]
        answers["recipient"] = [flow is not None and ids.get(one) in flow.recipient for one in found.flow.recipient]
    return answers


def fit_rows(rows: Sequence[Row]) -> RowModel:
    """The model of whole rows and of their fields, fitted on commitments of held-out articles."""
    answers: dict[str, list[Answer]] = {curve: [] for curve in CURVES.values()}
    for row in rows:
        for curve, own in row.fields.items():
            answers[curve] += own
    return RowModel(
        log_odds_of([(row.features, row.right) for row in rows]),
        {curve: fitted_curve(own) for curve, own in answers.items()},
    )


def log_odds_of(rows: Sequence[tuple[Mapping[str, float], bool]]) -> LogOdds:
    """A logistic regression of features, each row with whether it is right."""
    right = [answer for _, answer in rows]
    if len(set(right)) < 2:  # nothing to tell apart: how often rows are right, as if one more of either had been seen
        share = (sum(right) + 1) / (len(right) + 2)
        return LogOdds({}, round(log(share / (1 - share)), 3))
    names = sorted({name for features, _ in rows for name in features})
    matrix = np.array([[features.get(name, 0.0) for name in names] for features, _ in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(matrix, right)
    weights = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return LogOdds({name: weight for name, weight in weights.items() if weight}, round(float(model.intercept_[0]), 3))


def _judged(rows: Sequence[Row], golds: Sequence[Record]) -> dict[str, Any]:
    """The precision at STEPS and the share of rows, by models of other stories."""
    judged: list[Answer] = []
    for part in folds(golds):
        ids = {golds[at].article.id for at in part}
        model = log_odds_of([(row.features, row.right) for row in rows if row.article not in ids])
        judged += [(model(row.features), row.right) for row in rows if row.article in ids]
    if not judged:
        return {"rows": 0}
    found: dict[str, Any] = {"rows": len(judged), "right": round(mean(right for _, right in judged), 3)}
    for step in STEPS:
        kept = [right for sure, right in judged if sure >= step]
        found[f"at {step}: precision, share"] = [
            round(mean(kept), 3) if kept else None,
            round(len(kept) / len(judged), 3),
        ]
    return found
