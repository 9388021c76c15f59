"""The kind and the status of a clause, as rules read them.

The kind comes from the action, the nouns around it and the mentions in its clause; the status from negation, opener,
modality, aspect and what the action reaches in the past. The same verb may be a promise ("will sign"), a fact
("signed") or a failure ("was to sign, but").
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.commitments.classifier import KINDS, Floats
from pipeline.stages.commitments.clauses import Chain, Clause, kinds, nouns, statuses
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import is_negated, listed, objects, says_no, says_yet, tense
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import SEEDS, Word

NAMES = {"NOUN", "PROPN"}
SOURCES = {"action": 2.0, "joint": 3.0, "object": 1.5, "near": 0.3}
LABELLED, DECIDED = 1.5, 5.0  # what a mention adds; what a word that decides adds
BY_LABEL: dict[str, CommitmentKind] = {"MONEY": "finance", "PROJECT": "delivery", "AGREEMENT": "agreement"}
ENDED: frozenset[Status] = frozenset({"stalled", "cancelled"})


def kind_evidence(clause: Clause, view: ArticleView) -> Mapping[str, int]:
    """Counts of the evidence for each kind, by source: `action:KIND`, `object:KIND`, `near:KIND`, `label:LABEL`."""
    found, action = Counter[str](), clause.chain.action
    found.update(f"action:{kind}" for kind in kinds("actions").get(action.lemma, ()))
    done_to = objects(action) or ([clause.subject] if clause.subject is not None else [])
    inside, of_noun = {word.i for word in done_to}, kinds("objects")
    for index in clause.tokens:
        word = view.words[index]
        if word.lower in listed("joint"):
            found["joint:cooperation"] += 1
        if word.pos in NAMES and word.lemma in of_noun:
            source = "object" if index in inside else "near"
            found.update(f"{source}:{kind}" for kind in of_noun[word.lemma])
    found.update(f"label:{label}" for label in BY_LABEL.keys() & view.entities.labels(clause.tokens))
    return found


def kind_scores(evidence: Mapping[str, int], chain: Chain) -> Floats:
    """The score of each of KINDS: an action outweighs the nouns near it."""
    scores: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    for name, count in evidence.items():
        source, _, target = name.partition(":")
        if source == "label":
            scores[BY_LABEL[target]] += LABELLED
        else:
            scores[target] += SOURCES[source] * min(2, count)
    if chain.action.lemma in listed("procuring"):
        scores["contract"] += DECIDED
    if chain.nominal and (noun := nouns().get(chain.action.lemma)):
        scores["finance" if "label:MONEY" in evidence else noun[0]] += DECIDED
    return np.array([scores[kind] for kind in KINDS], np.float32)


def kind_of(scores: Floats) -> CommitmentKind:
    """The kind with the highest score, the first of equals."""
    return KINDS[int(scores.argmax())]


def status_of(chain: Chain, kind: CommitmentKind) -> Status:
    """The status that a chain states."""
    if is_negated(chain.heads):
        return _negated(chain, kind)
    if chain.nominal:
        return nouns().get(chain.action.lemma, ("", "agreed"))[1]
    form, ended = tense(chain.top), (statuses("reached").get(head.lemma) for head in chain.heads)
    hit = next((status for status in ended if status in ENDED), None)
    if hit and form not in {"future", "infinitive"}:
        return hit
    stated = [statuses("openers")[head.lemma] for head in chain.openers if head.lemma in statuses("openers")]
    if not stated:
        return _tensed(chain.action)
    return "pledged" if form == "future" and stated[0] == "agreed" else stated[0]


def is_undone(chain: Chain) -> bool:
    """Whether it is not done so far, which is no cancellation: "has not approved", "is yet to sign"."""
    return is_negated(chain.heads) and (tense(chain.top) == "perfect" or says_yet(chain.heads))


def _negated(chain: Chain, kind: CommitmentKind) -> Status:
    """Stalled where it was not done, cancelled where it will not be; a decision not to act is agreed."""
    if any(statuses("openers").get(head.lemma) == "agreed" and not says_no(head) for head in chain.openers):
        return "agreed"
    if says_yet(chain.heads) and kind in {"agreement", "policy"}:
        return "proposed"
    return "cancelled" if tense(chain.top) == "future" else "stalled"


def _tensed(action: Word) -> Status:
    form, reached = tense(action), statuses("reached").get(action.lemma, "completed")
    if form == "modal":
        return "proposed"
    if form in {"future", "infinitive"}:
        return "proposed" if reached == "proposed" else "pledged"
    if form == "progressive":
        return "proposed" if reached == "proposed" or action.lemma in {"finalise", "finalize"} else "underway"
    return "underway" if form == "present" and reached == "completed" else reached


def is_denied(chain: Chain) -> bool:
    """Whether a verb above a chain denies it: "denied that it had agreed"."""
    return any(word.lemma in listed("denial") for word in chain.top.ancestors)


def is_advice(chain: Chain, by: Iterable[Entity]) -> bool:
    """Whether a directive comes from a body that can only advise: a committee, not a minister or a court."""
    binding, named = table(SEEDS)["binding"], {word for entity in by for word in entity.name.lower().split()}
    return any(head.lemma in binding["openers"] for head in chain.heads) and not named.isdisjoint(binding["advisory"])
