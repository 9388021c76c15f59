"""Training rows of slots: what fills which slot of a commitment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.tokens import Doc

from pipeline.record import Record
from pipeline.stages.commitments.classifier import Verdict
from pipeline.stages.commitments.items import items_of
from pipeline.stages.commitments.slots import Filler
from pipeline.stages.commitments.stage import Writer
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.view import view_of
from pipeline.train.commitments import Example
from pipeline.train.gold import in_slot
from pipeline.train.weights import Row


def rows_of(doc: Doc, gold: Record, examples: Sequence[Example], keyed: dict[str, Entity]) -> list[Row]:
    """A row for each filler near a gold commitment and each slot that it fits; lists of amounts are left out."""
    view = view_of(doc)
    matched = [(row.candidate, row.gold) for row in examples if row.gold is not None]
    accepted = [(own, Verdict(1.0, answer.kind, answer.status, 1.0, 1.0)) for own, answer in matched]
    writer = Writer(doc, view, accepted)
    rows: list[Row] = []
    for (candidate, verdict), (_, answer) in zip(writer.accepted, matched, strict=True):
        items = items_of(doc, candidate.clause, verdict.kind, view)
        if len(items) == 1:
            facts = writer.candidates(candidate, verdict, items[0])
            rows += [
                (c.role, c.names, _fills(c.filler, in_slot(answer, c.role), keyed, gold.article.text)) for c in facts
            ]
    return rows


def _fills(filler: Filler, slot: list[Any], keyed: dict[str, Entity], text: str) -> bool:
    """Whether gold has a filler in a slot; `slot`: ids, amounts or dates."""
    if isinstance(filler, Mention):
        return any(part.text == text[filler.start : filler.end] for part in slot)
    return any(keyed.get(name) is filler for name in slot)
