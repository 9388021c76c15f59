"""The entities stage: finds the mentions of an article, thirteen labels, without overlaps.

Finders propose, weights fitted on gold select.
"""

from __future__ import annotations

from collections.abc import Collection

from spacy.tokens import Doc

from pipeline.record import Amount
from pipeline.stages.document.doc import Mention, text_of
from pipeline.stages.document.view import view_of
from pipeline.stages.entities import brackets, consistency
from pipeline.stages.entities.candidates import settle
from pipeline.stages.entities.edges import trimmed, with_whole_lists
from pipeline.stages.entities.features import Proposal, gathered
from pipeline.stages.entities.finders import amounts, offices, phases
from pipeline.stages.entities.governments import without_governments
from pipeline.stages.entities.rules import FINDERS, LEARNED, RULES
from pipeline.stages.entities.selection import weighed
from pipeline.stages.models.linear import Weights, weights
from pipeline.stages.stage import Stage, factory

WEIGHTS = "entities.json"


class Entities(Stage):
    """Sets `doc._.mentions`."""

    files = (WEIGHTS,)
    rules = RULES

    def __call__(self, doc: Doc) -> Doc:
        doc._.mentions = find_mentions(doc, weights(self.measured(doc) / WEIGHTS), self.off)
        return doc


make_entities = factory(
    "corridor_entities", Entities, requires=["token.is_sent_start", "token.tag", "doc.ents"], assigns=["doc._.mentions"]
)


def find_mentions(doc: Doc, measured: Weights, off: Collection[str] = ()) -> list[Mention]:
    """The mentions of an article, in reading order, without overlaps; the confidence is the measured probability.

    `off`: names of RULES that are left out.
    """
    text, sentence_of = text_of(doc), view_of(doc).sentence_of
    found, sums = list[Mention](), dict[int, Amount]()  # the last amount of each sentence so far
    proposed = proposals(doc, off)
    selected = weighed(text, proposed, measured, doc._.encoding)
    for confidence, p in selected if "edges" in off else with_whole_lists(text, selected, proposed):
        start, end = (p.start, p.end) if "edges" in off else trimmed(text, p.start, p.end, p.label)
        sentence = sentence_of(start)
        value = p.value or amounts.value_of(doc, p.label, start, end, sums.get(sentence))
        if isinstance(value, Amount):
            sums[sentence] = value
        found.append(Mention(p.label, start, end, sentence, confidence, p.evidence, value))
    found = found if "brackets" in off else brackets.mended(text, found)
    found = found if "acronyms" in off else consistency.relabelled(text, found)
    return found if "governments" in off else list(without_governments(text, found))


def proposals(doc: Doc, off: Collection[str] = ()) -> list[Proposal]:
    """Every label at every span that a finder proposes, within a sentence."""
    sentence_of = view_of(doc).sentence_of
    found = [candidate for name, find in FINDERS.items() if name not in off for candidate in find(doc)]
    found += [] if "phases" in off else phases.find(doc, found)
    settled = settle(found)
    ruled = settled if "consistency" in off else consistency.mended(text_of(doc), settled)
    found += [candidate for name, find in LEARNED.items() if name not in off for candidate in find(doc)]
    of_bodies = [] if "offices" in off else offices.find(doc, found)
    proposed = gathered([*found, *of_bodies], ruled)
    return [p for p in proposed if sentence_of(p.start) == sentence_of(p.end - 1)]
