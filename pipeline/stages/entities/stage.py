"""The entities stage: finds the mentions of an article, thirteen labels, without overlaps.

Finders propose, weights fitted on gold select. `models/default/rules.csv` holds what each rule gains on held-out
articles, as `corridor train ablation` measured it.
"""

from collections.abc import Callable, Collection, Iterator

from spacy.tokens import Doc

from pipeline.record import Amount
from pipeline.stages.document.doc import Mention, encoding_of, text_of
from pipeline.stages.document.view import view_of
from pipeline.stages.entities.candidates import SpanCandidate, settle
from pipeline.stages.entities.corrections import (
    consistent,
    trimmed,
    with_labels_of_long_forms,
    with_whole_brackets,
    with_whole_lists,
)
from pipeline.stages.entities.finders import find_amounts, find_long, find_names, find_recognized, find_tagged, value_of
from pipeline.stages.entities.patterns import find_by_head, find_offices, find_offices_of_bodies, find_phases
from pipeline.stages.entities.selection import Proposal, gathered, weighed
from pipeline.stages.models.linear import Weights, weights
from pipeline.stages.stage import Stage, factory

Finder = Callable[[Doc], Iterator[SpanCandidate]]

FINDERS: dict[str, Finder] = {
    "amounts": find_amounts,
    "lexicon": find_names,
    "roles": find_offices,
    "heads": find_by_head,
    "recognizer": find_recognized,
}
LEARNED: dict[str, Finder] = {"encoder tags": find_tagged, "encoder spans": find_long}
CORRECTIONS = {
    "phases": "a phase takes in the name of its programme or project",
    "consistency": "a name has one label throughout an article, and its repeats are proposed",
    "offices": "an office takes in the body before it",
    "edges": "little words and marks at the edges of a name are cut off",
    "brackets": "a name does not end inside brackets",
    "acronyms": "an acronym has the label of its long form throughout an article",
}
RULES: dict[str, object] = {**FINDERS, **LEARNED, **CORRECTIONS}
WEIGHTS = "entities.json"


class Entities(Stage):
    """Sets `doc._.mentions`."""

    files = (WEIGHTS,)
    rules = RULES

    def __call__(self, doc: Doc) -> Doc:
        doc._.mentions = find_mentions(doc, weights(self.trained(doc) / WEIGHTS), self.off)
        return doc


make_entities = factory(
    "corridor_entities", Entities, requires=["token.is_sent_start", "token.tag", "doc.ents"], assigns=["doc._.mentions"]
)


def find_mentions(doc: Doc, trained: Weights, off: Collection[str] = ()) -> list[Mention]:
    """The mentions of an article, in reading order, without overlaps; the confidence is the classifier's probability.

    `off`: names of RULES that are left out.
    """
    text, sentence_of = text_of(doc), view_of(doc).sentence_of
    found, sums = list[Mention](), dict[int, Amount]()  # the last amount of each sentence so far
    proposed = proposals(doc, off)
    selected = weighed(text, proposed, trained, encoding_of(doc))
    for confidence, p in selected if "edges" in off else with_whole_lists(text, selected, proposed):
        start, end = (p.start, p.end) if "edges" in off else trimmed(text, p.start, p.end, p.label)
        sentence = sentence_of(start)
        value = p.value or value_of(doc, p.label, start, end, sums.get(sentence))
        if isinstance(value, Amount):
            sums[sentence] = value
        found.append(Mention(p.label, start, end, sentence, confidence, p.evidence, value))
    found = found if "brackets" in off else with_whole_brackets(text, found)
    return found if "acronyms" in off else with_labels_of_long_forms(text, found)


def proposals(doc: Doc, off: Collection[str] = ()) -> list[Proposal]:
    """Every label at every span that a finder proposes, within a sentence."""
    sentence_of = view_of(doc).sentence_of
    found = [candidate for name, find in FINDERS.items() if name not in off for candidate in find(doc)]
    found += [] if "phases" in off else find_phases(doc, found)
    settled = settle(found)
    ruled = settled if "consistency" in off else consistent(text_of(doc), settled)
    found += [candidate for name, find in LEARNED.items() if name not in off for candidate in find(doc)]
    of_bodies = [] if "offices" in off else find_offices_of_bodies(doc, found)
    proposed = gathered([*found, *of_bodies], ruled)
    return [p for p in proposed if sentence_of(p.start) == sentence_of(p.end - 1)]
