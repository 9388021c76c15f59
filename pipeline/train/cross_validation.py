"""Cross-validation of the whole pipeline in five parts that share no story."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Doc

from pipeline.gold.evaluate.calibration import Answer, answers
from pipeline.gold.evaluate.facts import facts_of
from pipeline.gold.evaluate.matching import match
from pipeline.record import Record
from pipeline.settings import Profile
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.classifier import give_row_confidences
from pipeline.stages.commitments.flow.find import FlowWeights, give_flows
from pipeline.stages.entities.stage import find_mentions
from pipeline.stages.models.linear import Curve, RowModel, Weights
from pipeline.stages.references import stage as references
from pipeline.stages.references.salience import weigh
from pipeline.train import flows
from pipeline.train.flows_and_rows import fit_rows, rows_of
from pipeline.train.gold import matched_entities
from pipeline.train.measure import Measured, evidence, fitted_curve, measure
from pipeline.train.parts import Parts
from pipeline.train.rows import entities, mentions
from pipeline.train.weights import balanced, measured

CAUTION: dict[Profile, dict[str, float]] = {  # of the curve of each family: see `fitted_curve`
    "default": {"relations": 1.0, "commitments": 1.7},
    "fast": {"relations": 1.0, "commitments": 1.45},
}


Step = Literal["read", "mentions"]
Change = Callable[[Step, Doc], Doc]


def unchanged(step: Step, doc: Doc) -> Doc:
    return doc


@dataclass(frozen=True)
class Validated:
    """`records`: by article id, each by the models of the other parts; the rest: models fitted on all parts.

    `flows` is None where gold has none.
    """

    records: dict[str, Record]
    mentions: Weights
    entities: Weights
    models: Measured
    curves: dict[str, Curve]
    flows: FlowWeights | None
    rows: RowModel


def validated(parts: Parts, profile: Profile, change: Change = unchanged) -> Validated:
    """All classifiers fitted on every four parts and used on the fifth; some minutes on one core.

    Each step learns from the output of the earlier steps, none of which saw the article, so it learns their errors too.
    `change`: called after a step with each Doc, which it may change. Raises SetupError where the articles are too few,
    or a part lacks its models.
    """
    docs = [change("read", doc) for doc in parts.unseen(profile)]
    of_mentions = _with_mentions(parts, docs)
    docs = [change("mentions", doc) for doc in docs]
    of_entities = _with_entities(parts, docs)
    learned = [evidence(doc, gold, matched_entities(doc, gold)) for doc, gold in zip(docs, parts.golds, strict=True)]
    for number, members in enumerate(parts.places):
        models = measure([learned[at] for at in parts.others(number)], len(parts.scored(number)))
        for at in members:
            models.read(docs[at])
    of_flows = _with_flows(parts, docs)
    judged = [_judged(assemble(doc), gold) for doc, gold in zip(docs, parts.golds, strict=True)]
    for number, members in enumerate(parts.places):
        curves = _curves((judged[at] for at in parts.scored(number)), CAUTION[profile])
        for at in members:
            _calibrate(docs[at], curves)
    of_rows = _with_rows(parts, docs)
    curves = _curves((judged[at] for at in parts.scored()), CAUTION[profile])
    records = {gold.article.id: assemble(doc) for gold, doc in zip(parts.golds, docs, strict=True)}
    return Validated(
        records, of_mentions, of_entities, measure(learned, len(parts.scored())), curves, of_flows, of_rows
    )


def _with_mentions(parts: Parts, docs: list[Doc]) -> Weights:
    """Sets the mentions of each part by weights fitted on the others; returns weights fitted on all."""
    rows = [mentions.rows_of(docs[at], parts.golds[at]) for at in parts.scored()]
    for number, members in enumerate(parts.places):
        weights = measured([row for at in parts.scored(number) for row in rows[at]], mentions.STRENGTH)
        for at in members:
            docs[at]._.mentions = find_mentions(docs[at], weights)
    return measured([row for article in rows for row in article], mentions.STRENGTH)


def _with_entities(parts: Parts, docs: list[Doc]) -> Weights:
    """The same for actors and projects."""
    for doc in docs:
        references.write(doc, references.find(doc))
    rows = [entities.rows_of(docs[at], parts.golds[at]) for at in parts.scored()]
    for number, members in enumerate(parts.places):
        weights = balanced([rows[at] for at in parts.scored(number)], apart=entities.PROJECTS)
        for at in members:
            weigh(docs[at], weights)
    return balanced(rows, apart=entities.PROJECTS)


def _with_flows(parts: Parts, docs: list[Doc]) -> FlowWeights | None:
    """Sets the flows of each part by weights fitted on the others; returns those of all, None where gold has none."""
    rows = [flows.examples(doc, gold) for doc, gold in zip(docs, parts.golds, strict=True)]
    for number, places in enumerate(parts.places):
        measured = flows.fit([rows[place] for place in parts.others(number)], len(parts.scored(number)))
        if measured is not None:
            for place in places:
                give_flows(docs[place], measured)
    return flows.fit(rows, len(parts.scored()))


def _judged(record: Record, gold: Record) -> dict[str, list[Answer]]:
    return answers(match(facts_of(gold), facts_of(record)))


def _curves(judged: Iterable[dict[str, list[Answer]]], cautions: dict[str, float]) -> dict[str, Curve]:
    known = list(judged)
    return {
        family: fitted_curve([answer for own in known for answer in own[family]], caution)
        for family, caution in cautions.items()
    }


def _calibrate(doc: Doc, curves: dict[str, Curve]) -> None:
    """Replaces scores by calibrated confidences."""
    for family, curve in curves.items():
        changed = [copy(part) for part in getattr(doc._, family)]
        for part in changed:
            part.confidence = curve(part.confidence)
        setattr(doc._, family, changed)


def _with_rows(parts: Parts, docs: list[Doc]) -> RowModel:
    """Says how sure the rows of each part are, by a model of the others; returns that of all."""
    rows = [list(rows_of(gold, doc)) for gold, doc in zip(parts.golds, docs, strict=True)]
    for number, members in enumerate(parts.places):
        model = fit_rows([row for at in parts.scored(number) for row in rows[at]])
        for at in members:
            give_row_confidences(docs[at]._.commitments, model)
    return fit_rows([row for at in parts.scored() for row in rows[at]])
