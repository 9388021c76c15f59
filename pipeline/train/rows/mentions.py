"""Training rows of mentions: which proposals of the finders are right."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.record import Record
from pipeline.stages.entities.selection import features
from pipeline.stages.entities.stage import proposals
from pipeline.train.weights import Row

STRENGTH = 0.3  # for `measured`: there are many rows


def rows_of(doc: Doc, gold: Record) -> list[Row]:
    """A row a proposal in a parsed Doc with the `doc.ents` of a recognizer that never saw it."""
    right = {(m.label, m.start, m.end) for m in gold.mentions}
    proposed = proposals(doc)
    named = features(gold.article.text, proposed, doc._.encoding)
    return [(p.label, names, (p.label, p.start, p.end) in right) for names, p in zip(named, proposed, strict=True)]
