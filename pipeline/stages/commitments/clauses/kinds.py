"""The kind of a commitment, from the action, the nouns around it and the mentions in its clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from pipeline.record import CommitmentKind
from pipeline.stages.commitments.classifier import KINDS, Floats
from pipeline.stages.commitments.clauses.clauses import Clause
from pipeline.stages.commitments.clauses.lexicon import lexicon
from pipeline.stages.document.grammar import objects
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word

NAMES = {"NOUN", "PROPN"}
WEIGHTS = {"action": 2.0, "joint": 3.0, "object": 1.5, "near": 0.3}
LABELLED, DECIDED = 1.5, 5.0  # what a mention adds; what a word that decides adds
BY_LABEL: dict[str, CommitmentKind] = {"MONEY": "finance", "PROJECT": "delivery", "AGREEMENT": "agreement"}


def kind_evidence(clause: Clause, view: ArticleView) -> Mapping[str, int]:
    """Counts of the evidence for each kind, by source: `action:KIND`, `object:KIND`, `near:KIND`, `label:LABEL`."""
    words, found = lexicon(), defaultdict[str, int](int)
    action = clause.chain.action
    for kind in words.actions.get(action.lemma, ()):
        found[f"action:{kind}"] += 1
    objects = {token.i for token in _objects(clause)}
    for index in clause.tokens:
        token = view.words[index]
        if token.lower in words.joint:
            found["joint:cooperation"] += 1
        if token.pos not in NAMES:
            continue
        source = "object" if index in objects else "near"
        for kind in words.objects.get(token.lemma, ()):
            found[f"{source}:{kind}"] += 1
    for label in BY_LABEL.keys() & view.entities.labels(clause.tokens):
        found[f"label:{label}"] += 1
    return found


def _objects(clause: Clause) -> list[Word]:
    """The objects of the action, else its subject."""
    return objects(clause.chain.action) or ([clause.subject] if clause.subject is not None else [])


def kind_scores(evidence: Mapping[str, int], clause: Clause) -> Floats:
    """The score of each of KINDS: an action outweighs the nouns near it."""
    scores: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    for name, count in evidence.items():
        source, _, target = name.partition(":")
        if source == "label":
            scores[BY_LABEL[target]] += LABELLED
        else:
            scores[target] += WEIGHTS[source] * min(2, count)
    if clause.chain.action.lemma in lexicon().procuring:
        scores["contract"] += DECIDED
    if clause.chain.nominal and (noun := lexicon().nouns.get(clause.chain.action.lemma)):
        scores["finance" if "label:MONEY" in evidence else noun[0]] += DECIDED
    return np.array([scores[kind] for kind in KINDS], np.float32)


def kind_of(scores: Floats) -> CommitmentKind:
    """The kind with the highest score, the first of equals."""
    return KINDS[int(scores.argmax())]
