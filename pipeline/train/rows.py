"""What an article teaches each linear classifier: label, named features, and whether gold agrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.tokens import Doc

from pipeline.record import Record
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments import same_act
from pipeline.stages.commitments.classifier import Verdict
from pipeline.stages.commitments.items import items_of
from pipeline.stages.commitments.stage import Writer
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.view import view_of
from pipeline.stages.entities.selection import features
from pipeline.stages.entities.stage import proposals
from pipeline.stages.models.linear import ANY
from pipeline.stages.models.sectors import Model
from pipeline.stages.references.salience import evidence, kind_of
from pipeline.stages.relations.anchors import End
from pipeline.stages.relations.candidates import Fact, Features
from pipeline.stages.relations.stage import facts_of, find_candidates
from pipeline.stages.sectors import evidence as sector_evidence
from pipeline.stages.sectors import find_project_sectors
from pipeline.train.commitments import Example
from pipeline.train.estimators import Row
from pipeline.train.gold import ends_of, in_slot, matched, matched_entities
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
    writer = Writer(doc, view, [(own, Verdict(1.0, one.kind, one.status, 1.0, 1.0)) for own, one in stated])
    rows: list[Row] = []
    for (candidate, verdict), (_, answer) in zip(writer.accepted, stated, strict=True):
        items = items_of(doc, candidate.clause, verdict.kind, view)
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
    stated = matched(gold, assemble(doc)).likeliest
    made = same_act.statements(doc, doc._.commitments)
    return [
        (ANY, same_act.features(made[first], made[second]), stated[first] == stated[second])
        for first, second in same_act.pairs(made)
        if stated[first] is not None or stated[second] is not None
    ]
