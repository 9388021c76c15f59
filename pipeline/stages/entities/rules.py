"""The rules of the entities stage: finders, which propose mentions, and what corrects the proposals.

`models/default/rules.csv` holds what each gains on held-out articles, as `corridor train ablation` measured it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spacy.tokens import Doc

from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.finders import amounts, encoded, heads, lexicon, long_names, ner, roles

Finder = Callable[[Doc], Iterator[SpanCandidate]]

FINDERS: dict[str, Finder] = {
    "amounts": amounts.find,
    "lexicon": lexicon.find,
    "roles": roles.find,
    "heads": heads.find,
    "recognizer": ner.find,
}
LEARNED: dict[str, Finder] = {"encoder tags": encoded.find, "encoder spans": long_names.find}
CORRECTIONS = {
    "phases": "a phase takes in the name of its programme or project",
    "consistency": "a name has one label throughout an article, and its repeats are proposed",
    "offices": "an office takes in the body before it",
    "edges": "little words and marks at the edges of a name are cut off",
    "brackets": "a name does not end inside brackets",
    "acronyms": "an acronym has the label of its long form throughout an article",
    "governments": "the name of a national government is that of its owner",
}
RULES: dict[str, object] = {**FINDERS, **LEARNED, **CORRECTIONS}
