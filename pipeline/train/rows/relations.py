"""Training rows of relations: which candidates are relations."""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc

from pipeline.record import Record
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.view import view_of
from pipeline.stages.models.linear import ANY
from pipeline.stages.relations.anchors import End
from pipeline.stages.relations.candidates import Fact, Features
from pipeline.stages.relations.stage import facts_of, find_candidates
from pipeline.train.gold import ends_of
from pipeline.train.weights import Row
from pipeline.values.gazetteer.names import key


def rows_of(doc: Doc, gold: Record, keyed: dict[str, Entity]) -> tuple[list[Row], list[Fact]]:
    """A row for each candidate of a Doc with mentions and entities, and one for each relation that has none.

    With them the fact of each candidate. `keyed`: the entities of gold by key.
    """
    stated = ends_of(gold)
    right = {Fact(kind, _named(a, keyed), _named(b, keyed)) for a, kind, b in stated}
    rows, facts = list[Row](), list[Fact]()
    candidates = find_candidates(doc)
    described = Features(view_of(doc), candidates, facts_of(doc, candidates))
    for candidate, names in zip(candidates, described, strict=True):
        fact = Fact(
            candidate.type,
            _end(candidate.subject.target, gold.article.text),
            _end(candidate.object.target, gold.article.text),
        )
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
