"""How sure relations, commitments, their fields and whole rows are, fitted on what is found in unseen articles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from spacy.tokens import Doc

from pipeline.gold.evaluate.facts import CommitmentFacts, Slot
from pipeline.gold.evaluate.rows import core, direction, sides
from pipeline.gold.evaluate.score import Answer, answers
from pipeline.gold.stories import folds
from pipeline.record import Commitment, Record
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.classifier import CURVES
from pipeline.stages.commitments.classifier import features_of_rows as features_of
from pipeline.stages.models.linear import CONFIDENCES, Curve, RowModel
from pipeline.train.estimators import curve_of, log_odds_of
from pipeline.train.gold import matched

STEPS = (0.3, 0.5, 0.8)  # row confidences at which the card gives the precision


def families_of(doc: Doc, gold: Record) -> dict[str, list[Answer]]:
    """By family of facts, how sure the Doc is of each, and whether gold has it."""
    return answers(matched(gold, assemble(doc)))


def fit_curves(judged: Iterable[Mapping[str, Sequence[Answer]]], cautions: Mapping[str, float]) -> dict[str, Curve]:
    """A curve for each family; `cautions`: by family, see `curve_of`."""
    known = list(judged)
    return {family: curve_of([one for own in known for one in own[family]], by) for family, by in cautions.items()}


def calibrate(doc: Doc, curves: Mapping[str, Curve]) -> None:
    """Replaces scores by calibrated confidences."""
    for family, curve in curves.items():
        changed = [copy(part) for part in getattr(doc._, family)]
        for part in changed:
            part.confidence = curve(part.confidence)
        setattr(doc._, family, changed)


def write_curves(curves: Mapping[str, Curve], folder: Path, others: Path | None = None) -> None:
    """Writes curves to a profile's folder, beside those of the other families there, or else in the folder `others`."""
    path = folder / CONFIDENCES
    known = path if path.is_file() else others / CONFIDENCES if others else None
    stored = json.loads(known.read_text(encoding="utf-8")) if known and others else {}
    stored |= {name: asdict(curve) for name, curve in curves.items()}
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Row:
    """A commitment that was found: its features, whether the row is right, and by curve how sure fields are."""

    article: str
    features: Mapping[str, float]
    right: bool
    fields: dict[str, list[Answer]]


def rows_of(doc: Doc, gold: Record) -> Iterator[Row]:
    """The commitments of a Doc whose fields are not calibrated yet, held against gold."""
    record = assemble(doc)
    compared = Compared(gold, record)
    found = zip(doc._.commitments, record.commitments, features_of(doc._.commitments), strict=True)
    for at, (one, written, features) in enumerate(found):
        fields: dict[str, list[Answer]] = {}
        for field, own in compared.fields(at, written).items():
            fields.setdefault(CURVES[field], []).extend(zip(one.sure[field], own, strict=True))
        yield Row(gold.article.id, features, compared.right(at), fields)


class Compared:
    """The commitments of a record, by their places, held against gold. `stated`: those of gold that they match."""

    def __init__(self, gold: Record, record: Any) -> None:
        found = matched(gold, record)
        self.stated = {f: found.gold.commitments[g] for g, f in found.commitments}
        self._found = found.found.commitments
        self._ids, self._homes = found.ids, [side.homes for side in sides(found)]

    def right(self, at: int) -> bool:
        """Whether kind, status, `by`, amounts and flow are right."""
        stated, found = self.stated.get(at), self._found[at]
        if stated is None or _row(stated) != _row(found):
            return False
        if stated.flow is None or found.flow is None:
            return stated.flow is found.flow
        of_gold, of_found = self._homes
        same = direction(stated.flow, of_gold) == direction(found.flow, of_found)
        return same and stated.flow.instrument == found.flow.instrument

    def fields(self, at: int, found: Commitment) -> dict[str, list[bool]]:
        """By field of a commitment, as the record has it, whether each of its entries is right."""
        stated, ids = self.stated.get(at), self._ids
        slots = stated.slots if stated else frozenset[Slot]()
        roles = {"by": found.by, "with": found.with_, "to": found.to, "projects": found.projects}
        right = {role: [(role.removesuffix("s"), ids.get(one)) in slots for one in own] for role, own in roles.items()}
        right["dates"] = [("date", date.iso) in slots for date in found.dates]
        right["status"] = [stated is not None and stated.status == found.status]
        if found.flow:
            flow = stated.flow if stated else None
            right["instrument"] = [flow is not None and flow.instrument == found.flow.instrument]
            right["provider"] = [flow is not None and ids.get(one) in flow.provider for one in found.flow.provider]
            right["recipient"] = [flow is not None and ids.get(one) in flow.recipient for one in found.flow.recipient]
        return right


def _row(facts: CommitmentFacts) -> tuple[object, ...]:
    return facts.kind, facts.status, core(facts)


def fit_rows(rows: Sequence[Row]) -> RowModel:
    """The model of whole rows and of their fields, fitted on commitments of held-out articles."""
    fields: dict[str, list[Answer]] = {curve: [] for curve in CURVES.values()}
    for row in rows:
        for curve, own in row.fields.items():
            fields[curve] += own
    return RowModel(
        log_odds_of([(row.features, row.right) for row in rows]),
        {curve: curve_of(own) for curve, own in fields.items()},
    )


def row_scores(rows: Sequence[Row], golds: Sequence[Record]) -> dict[str, Any]:
    """The precision at STEPS and the share of rows, by models of other stories."""
    judged: list[Answer] = []
    for part in folds(golds):
        ids = {golds[at].article.id for at in part}
        model = log_odds_of([(row.features, row.right) for row in rows if row.article not in ids])
        judged += [(model(row.features), row.right) for row in rows if row.article in ids]
    if not judged:
        return {"rows": 0}
    right = round(mean(right for _, right in judged), 3)
    return {"rows": len(judged), "right": right} | {
        f"at {step}: precision, share": precision_and_share(judged, step) for step in STEPS
    }


def precision_and_share(judged: Sequence[Answer], step: float) -> list[float | None]:
    """Of what has a confidence of `step` or more: how much is right, and its share of all."""
    kept = [right for sure, right in judged if sure >= step]
    return [round(mean(kept), 3) if kept else None, round(len(kept) / max(1, len(judged)), 3)]
