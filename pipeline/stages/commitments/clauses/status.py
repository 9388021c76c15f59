"""The status of a commitment: from negation, opener, modality, aspect and what the action reaches in the past.

The same verb may be a promise ("will sign"), a fact ("signed") or a failure ("was to sign, but").
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.commitments.clauses.chains import Chain
from pipeline.stages.commitments.clauses.lexicon import Lexicon, lexicon
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import is_negated, says_no, says_yet, tense
from pipeline.stages.document.words import Word

ENDED: frozenset[Status] = frozenset({"stalled", "cancelled"})


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
    return _opened(chain, words) if chain.openers else _tensed(chain.action, words)


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


def _opened(chain: Chain, words: Lexicon) -> Status:
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
