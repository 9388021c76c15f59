"""The kind and the status of a clause, as rules read them.

The kind comes from the action, the nouns around it and the mentions in its clause; the status from negation, opener,
modality, aspect and what the action reaches in the past. The same verb may be a promise ("will sign"), a fact
("signed") or a failure ("was to sign, but").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.commitments.classifier import KINDS, Floats
from pipeline.stages.commitments.clauses import Chain, Clause, Lexicon, lexicon
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import is_negated, objects, says_no, says_yet, tense
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word

NAMES = {"NOUN", "PROPN"}
SOURCES = {"action": 2.0, "joint": 3.0, "object": 1.5, "near": 0.3}
LABELLED, DECIDED = 1.5, 5.0  # what a mention adds; what a word that decides adds
BY_LABEL: dict[str, CommitmentKind] = {"MONEY": "finance", "PROJECT": "delivery", "AGREEMENT": "agreement"}
ENDED: frozenset[Status] = frozenset({"stalled", "cancelled"})


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
            scores[target] += SOURCES[source] * min(2, count)
    if clause.chain.action.lemma in lexicon().procuring:
        scores["contract"] += DECIDED
    if clause.chain.nominal and (noun := lexicon().nouns.get(clause.chain.action.lemma)):
        scores["finance" if "label:MONEY" in evidence else noun[0]] += DECIDED
    return np.array([scores[kind] for kind in KINDS], np.float32)


def kind_of(scores: Floats) -> CommitmentKind:
    """The kind with the highest score, the first of equals."""
    return KINDS[int(scores.argmax())]


def status_of(chain: Chain, kind: CommitmentKind) -> Status:
    """The status that a chain states."""
    words = lexicon()
    if is_negated(chain.heads):
        return _negated(chain, kind, words)
    if chain.nominal:
        return _noun(chain.action, words)
    ended = [words.reached.get(head.lemma) for head in chain.heads]
    if (hit := next((status for status in ended if status in ENDED), None)) and tense(chain.top) not in {
        "future",
        "infinitive",
    }:
        return hit
    return _status_of_opener(chain, words) if chain.openers else _tensed(chain.action, words)


def is_undone(chain: Chain) -> bool:
    """Whether it is not done so far, which is no cancellation: "has not approved", "is yet to sign"."""
    return is_negated(chain.heads) and (tense(chain.top) == "perfect" or says_yet(chain.heads))


def _negated(chain: Chain, kind: CommitmentKind, words: Lexicon) -> Status:
    """Stalled where it was not done, cancelled where it will not be; a decision not to act is agreed."""
    if any(words.openers.get(head.lemma) == "agreed" and not says_no(head) for head in chain.openers):
        return "agreed"
    if says_yet(chain.heads) and kind in {"agreement", "policy"}:
        return "proposed"
    return "cancelled" if tense(chain.top) == "future" else "stalled"


def _noun(noun: Word, words: Lexicon) -> Status:
    found = words.nouns.get(noun.lemma)
    return found[1] if found else "agreed"


def _status_of_opener(chain: Chain, words: Lexicon) -> Status:
    """The status of the outermost opener; what will be agreed is pledged."""
    stated: list[Status] = [words.openers[h.lemma] for h in chain.openers if h.lemma in words.openers]
    if not stated:
        return _tensed(chain.action, words)
    return stated[0] if tense(chain.top) != "future" or stated[0] != "agreed" else "pledged"


def _tensed(action: Word, words: Lexicon) -> Status:
    lemma, form = action.lemma, tense(action)
    reached = words.reached.get(lemma, "completed")
    if form in {"future", "infinitive"}:
        return "proposed" if reached == "proposed" else "pledged"
    if form == "modal":
        return "proposed"
    if form == "progressive":
        return "proposed" if reached == "proposed" or lemma in {"finalise", "finalize", "negotiate"} else "underway"
    if form == "present":
        return reached if reached != "completed" else "underway"
    return reached


def is_denied(chain: Chain) -> bool:
    """Whether a verb above a chain denies it: "denied that it had agreed"."""
    return any(word.lemma in table("commitments.yaml")["denial"] for word in chain.top.ancestors)


def is_advice(chain: Chain, by: Iterable[Entity]) -> bool:
    """Whether a directive comes from a body that can only advise: a committee, not a minister or a court."""
    words = lexicon()
    names = {word for entity in by for word in entity.name.lower().split()}
    return any(head.lemma in words.binding for head in chain.heads) and bool(names & words.advisory)
