"""The entities stage: finds the mentions of an article, thirteen labels, flat.

Hard because one string is many things ("Gwadar Port" is a place until somebody builds it) and every source errs in its
own way: finders propose, measured weights settle.
"""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.article.doc import Mention, SentenceIndex, text_of
from pipeline.model.linear import Weights, weights
from pipeline.record import Amount
from pipeline.stages.entities import brackets, consistency
from pipeline.stages.entities.candidates import SpanCandidate, settle
from pipeline.stages.entities.edges import trimmed
from pipeline.stages.entities.features import Proposal, gathered
from pipeline.stages.entities.finders import (
    amounts,
    encoded,
    heads,
    lexicon,
    long_names,
    ner,
    offices,
    phases,
    roles,
)
from pipeline.stages.entities.selection import weighed
from pipeline.stages.stage import Stage, factory

WEIGHTS = "entities.json"
FINDERS = (amounts.find, lexicon.find, roles.find, heads.find, ner.find)


class Entities(Stage):
    """Sets `doc._.mentions`."""

    files = (WEIGHTS,)

    def __call__(self, doc: Doc) -> Doc:
        doc._.mentions = find_mentions(doc, weights(self.measured(doc) / WEIGHTS))
        return doc


make_entities = factory(
    "corridor_entities", Entities, requires=["token.is_sent_start", "token.tag", "doc.ents"], assigns=["doc._.mentions"]
)


def find_mentions(doc: Doc, measured: Weights) -> list[Mention]:
    """The mentions of an article, in reading order, without overlaps; the confidence is the measured probability."""
    text, sentence_of = text_of(doc), SentenceIndex(doc)
    found, sums = list[Mention](), dict[int, Amount]()  # the last amount of each sentence so far
    for confidence, p in weighed(text, proposals(doc), measured, doc._.encoding):
        start, end = trimmed(text, p.start, p.end, p.label)
        sentence = sentence_of(start)
        value = p.value or amounts.value_of(doc, p.label, start, end, sums.get(sentence))
        if isinstance(value, Amount):
            sums[sentence] = value
        found.append(Mention(p.label, start, end, sentence, confidence, p.evidence, value))
    return brackets.mended(text, found)


def proposals(doc: Doc) -> list[Proposal]:
    """Every label at every place that a finder proposes, within a sentence."""
    sentence_of = SentenceIndex(doc)
    found: list[SpanCandidate] = [candidate for finder in FINDERS for candidate in finder(doc)]
    found += phases.find(doc, found)
    ruled = consistency.mended(text_of(doc), settle(found))
    found += [*encoded.find(doc), *long_names.find(doc)]
    proposed = gathered([*found, *offices.find(doc, found)], ruled)
    return [p for p in proposed if sentence_of(p.start) == sentence_of(p.end - 1)]
