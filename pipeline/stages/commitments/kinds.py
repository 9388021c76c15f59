"""What a commitment is about: from the action, the nouns around it and the mentions in its clause."""

from __future__ import annotations

from collections import Counter

from spacy.tokens import Doc, Token

from pipeline.record import CommitmentKind
from pipeline.stages.commitments.clauses import Clause, objects_of
from pipeline.stages.commitments.formula import KINDS
from pipeline.stages.commitments.lexicon import Lexicon, lexicon
from pipeline.stages.commitments.places import Places

BY_LABEL: dict[str, CommitmentKind] = {"MONEY": "finance", "PROJECT": "delivery", "AGREEMENT": "agreement"}


def kind_evidence(doc: Doc, clause: Clause, places: Places) -> Counter[str]:
    """How much speaks for each kind, by source: `action:KIND`, `object:KIND`, `near:KIND`, `label:LABEL`."""
    words, found = lexicon(), Counter[str]()
    action = clause.chain.action
    for kind in words.actions.get(action.lemma_.lower(), ()):
        found[f"action:{kind}"] += 1
    objects = {token.i for token in _objects(clause)}
    for index in clause.tokens:
        token = doc[index]
        place = "object" if index in objects else "near"
        for kind in words.objects.get(token.lemma_.lower(), ()) if token.pos_ in {"NOUN", "PROPN"} else ():
            found[f"{place}:{kind}"] += 1
    for label in BY_LABEL:
        found[f"label:{label}"] += bool(places.labelled(label, set(clause.tokens)))
    return found


def _objects(clause: Clause) -> list[Token]:
    """The objects of the action, else its subject."""
    return objects_of(clause.chain) or ([clause.subject] if clause.subject is not None else [])


def kind_of(evidence: Counter[str], clause: Clause, words: Lexicon | None = None) -> CommitmentKind:
    """The kind with the most evidence; an action of one kind outweighs what stands near."""
    words = words or lexicon()
    if clause.chain.nominal and (noun := words.nouns.get(clause.chain.action.lemma_.lower())):
        return noun[0] if not evidence["label:MONEY"] else "finance"
    weights = {"action": 2.0, "object": 1.5, "near": 0.3}
    scores = {kind: sum(weights[w] * min(2, evidence[f"{w}:{kind}"]) for w in weights) for kind in KINDS}
    for label, kind in BY_LABEL.items():
        scores[kind] += 1.5 * evidence[f"label:{label}"]
    return max(KINDS, key=lambda kind: scores[kind])
