"""What an article teaches: label, named features, and whether gold agrees; and how sure what is found in it is.

The latter, of relations, commitments, their fields and whole rows, is fitted on what is found in unseen articles.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from spacy.tokens import Doc

from pipeline.gold.evaluate.matching import Slot, match, slots_of
from pipeline.gold.evaluate.rows import core, direction, sides
from pipeline.gold.evaluate.score import Answer, answers
from pipeline.gold.stories import by_story
from pipeline.record import Commitment, Record
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments import same_act
from pipeline.stages.commitments.arguments import items_of
from pipeline.stages.commitments.classifier import CURVES, Verdict, features_of_rows
from pipeline.stages.commitments.stage import Writer
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.view import view_of
from pipeline.stages.entities.selection import features
from pipeline.stages.entities.stage import proposals
from pipeline.stages.models.linear import ANY, CONFIDENCES, Curve, RowModel
from pipeline.stages.models.sectors import Model
from pipeline.stages.references.salience import evidence, kind_of
from pipeline.stages.relations.candidates import Fact, Features
from pipeline.stages.relations.patterns import End
from pipeline.stages.relations.stage import facts_of, find_candidates
from pipeline.stages.sectors import evidence as sector_evidence
from pipeline.stages.sectors import find_project_sectors
from pipeline.train.commitments import Example
from pipeline.train.estimators import Row, curve_of, held_out, log_odds_of
from pipeline.train.gold import card_of, ends_of, in_slot, matched_entities, write_json
from pipeline.values.gazetteer.names import key

PROJECTS = frozenset({"project", "programme"})  # labels of entities that have a threshold of their own
Related = tuple[list[Row], list[Fact]]  # the candidates of an article, with their facts; then the missed relations


def of_mentions(doc: Doc, gold: Record) -> list[Row]:
    """A row a proposal in a parsed Doc with the `doc.ents` of a recognizer that never saw it."""
    right = {(m.label, m.start, m.end) for m in gold.mentions}
    proposed = proposals(doc)
    named = features(gold.article.text, proposed, doc._.encoding)
    return [(p.label, names, (p.label, p.start, p.end) in right) for names, p in zip(named, proposed, strict=True)]


def of_entities(doc: Doc, gold: Record) -> list[Row]:
    """A row an entity of a Doc with mentions, entities and references, and a row an entity missed."""
    right = {id(entity) for entity in matched_entities(doc, gold).values()}
    rows: list[Row] = [(kind_of(entity), names, id(entity) in right) for entity, names in evidence(doc)]
    found = sum(label in PROJECTS and hit for label, _, hit in rows)
    actors, projects = len(gold.actors) - (len(right) - found), len(gold.projects) - found
    return [*rows, *[(ANY, None, True)] * actors, *[("project", None, True)] * projects]


def of_sectors(doc: Doc, gold: Record, model: Model) -> list[Row]:
    """A row a code, of a Doc with mentions and entities; sets the sectors of its projects."""
    for project, found in find_project_sectors(doc, model):
        project.sectors = found
    stated = {sector.code for sector in gold.sectors}
    return [(code, names, code in stated) for code, names in sector_evidence(doc, model)]


def of_relations(doc: Doc, gold: Record) -> Related:
    """A row for each candidate of a Doc with mentions and entities, and one for each relation that has none."""
    keyed = matched_entities(doc, gold)
    text, stated = gold.article.text, ends_of(gold)
    right = {Fact(kind, _named(a, keyed), _named(b, keyed)) for a, kind, b in stated}
    rows, facts = list[Row](), list[Fact]()
    candidates = find_candidates(doc)
    described = Features(view_of(doc), candidates, facts_of(doc, candidates))
    for candidate, names in zip(candidates, described, strict=True):
        fact = Fact(candidate.type, _end(candidate.subject.target, text), _end(candidate.object.target, text))
        facts.append(fact)
        rows.append((candidate.type, names, fact in right))
    return [*rows, *[(ANY, None, True)] * (len(stated) - len(right & set(facts)))], facts


def _named(end: str, keyed: dict[str, Entity]) -> Any:
    label, colon, words = end.partition(":")
    return (label, key(words)) if colon else id(keyed.get(end))


def _end(target: End, text: str) -> Any:
    if isinstance(target, Mention):
        return target.label, key(text[target.start : target.end])
    return id(target)


def of_slots(doc: Doc, gold: Record, examples: Sequence[Example]) -> list[Row]:
    """A row for each filler near a gold commitment and each slot that it fits; lists of amounts are left out.

    `examples`: the candidates of the Doc, matched with gold.
    """
    view, keyed = view_of(doc), matched_entities(doc, gold)
    stated = [(row.candidate, row.gold) for row in examples if row.gold is not None]
    writer = Writer(view, [(own, Verdict(1.0, one.kind, one.status, 1.0, 1.0)) for own, one in stated])
    rows: list[Row] = []
    for (candidate, verdict), (_, answer) in zip(writer.accepted, stated, strict=True):
        items = items_of(candidate.clause, verdict.kind, view)
        if len(items) == 1:
            facts = writer.candidates(candidate, verdict, items[0])
            rows += [
                (c.role, c.names, _fills(c.filler, in_slot(answer, c.role), keyed, gold.article.text)) for c in facts
            ]
    return rows


def _fills(filler: Any, slot: list[Any], keyed: dict[str, Entity], text: str) -> bool:
    """Whether gold has a filler in a slot; `slot`: ids, amounts or dates."""
    if isinstance(filler, Mention):
        return any(part.text == text[filler.start : filler.end] for part in slot)
    return any(keyed.get(name) is filler for name in slot)


def of_pairs(doc: Doc, gold: Record) -> list[Row]:
    """The pairs of commitments of which gold has at least one, and whether it has both as the same."""
    stated = match(gold, assemble(doc)).likeliest
    made = same_act.statements(doc, doc._.commitments)
    return [
        (ANY, same_act.features(made[first], made[second]), stated[first] == stated[second])
        for first, second in same_act.pairs(made)
        if stated[first] is not None or stated[second] is not None
    ]


# How sure what is found is

STEPS = (0.3, 0.5, 0.8)  # row confidences at which the card gives the precision


def families_of(doc: Doc, gold: Record) -> dict[str, list[Answer]]:
    """By family of facts, how sure the Doc is of each, and whether gold has it."""
    return answers(match(gold, assemble(doc)))


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
    known = (card_of(folder, CONFIDENCES) or card_of(others, CONFIDENCES) or {}) if others else {}
    write_json(known | {name: asdict(curve) for name, curve in curves.items()}, folder / CONFIDENCES)


@dataclass(frozen=True)
class Found:
    """A commitment that was found: its features, whether the row is right, and by curve how sure fields are."""

    article: str
    features: Mapping[str, float]
    right: bool
    fields: dict[str, list[Answer]]


def of_commitments(doc: Doc, gold: Record) -> Iterator[Found]:
    """The commitments of a Doc whose fields are not calibrated yet, held against gold."""
    record = assemble(doc)
    compared = Compared(gold, record)
    found = zip(doc._.commitments, record.commitments, features_of_rows(doc._.commitments), strict=True)
    for at, (one, written, named) in enumerate(found):
        fields: dict[str, list[Answer]] = {}
        for field, own in compared.fields(at, written).items():
            fields.setdefault(CURVES[field], []).extend(zip(one.sure[field], own, strict=True))
        yield Found(gold.article.id, named, compared.right(at), fields)


class Compared:
    """The commitments of a record, by their places, held against gold. `stated`: those of gold that they match."""

    def __init__(self, gold: Record, record: Any) -> None:
        found = match(gold, record)
        self.stated = {f: found.gold.commitments[g] for g, f in found.commitments}
        self._found = found.found.commitments
        self._ids, self._homes = found.ids, [side.homes for side in sides(found)]

    def right(self, at: int) -> bool:
        """Whether kind, status, `by`, amounts and flow are right."""
        rows = [
            (one.kind, one.status, core(one), one.flow and (one.flow.instrument, direction(one.flow, homes)))
            for one, homes in zip((self.stated.get(at), self._found[at]), self._homes, strict=True)
            if one
        ]
        return len(rows) == 2 and rows[0] == rows[1]

    def fields(self, at: int, found: Commitment) -> dict[str, list[bool]]:
        """By field of a commitment, as the record has it, whether each of its entries is right."""
        stated, ids = self.stated.get(at), self._ids
        slots = slots_of(stated) if stated else frozenset[Slot]()
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


def fit_rows(rows: Sequence[Found]) -> RowModel:
    """The model of whole rows and of their fields, fitted on commitments of held-out articles."""
    curves = {curve: curve_of([one for row in rows for one in row.fields.get(curve, ())]) for curve in CURVES.values()}
    return RowModel(log_odds_of([(row.features, row.right) for row in rows]), curves)


def row_scores(rows: Sequence[Found], golds: Sequence[Record]) -> dict[str, Any]:
    """The precision at STEPS and the share of rows, by models of other stories."""
    if not rows:
        return {"rows": 0}
    part = dict(zip((gold.article.id for gold in golds), by_story(golds), strict=True))
    taught = [(row.features, row.right) for row in rows]
    models = held_out([part[row.article] for row in rows], lambda chosen: log_odds_of([taught[at] for at in chosen]))
    judged = [(model(features), right) for model, (features, right) in zip(models, taught, strict=True)]
    right = round(mean(right for _, right in judged), 3)
    return {"rows": len(judged), "right": right} | {
        f"at {step}: precision, share": precision_and_share(judged, step) for step in STEPS
    }


def precision_and_share(judged: Sequence[Answer], step: float) -> list[float | None]:
    """Of what has a confidence of `step` or more: how much is right, and its share of all."""
    kept = [right for sure, right in judged if sure >= step]
    return [round(mean(kept), 3) if kept else None, round(len(kept) / max(1, len(judged)), 3)]
