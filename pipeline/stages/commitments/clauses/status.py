"""The status of a commitment: from negation, opener, modality, aspect and what the action reaches in the past.

The same verb may be a promise ("will sign"), a fact ("signed") or a failure ("was to sign, but").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.article.doc import Entity
from pipeline.article.negation import is_negated, says_no, says_yet
from pipeline.article.tense import tense
from pipeline.article.words import Word
from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.commitments.clauses.chains import Chain
from pipeline.stages.commitments.clauses.lexicon import Lexicon, lexicon

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
    if chain.top.lemma in words.binding:
        return "agreed"
    return stated[0] if tense(chain.top) != "future" or stated[0] != "agreed" else "pledged"


def _tensed(action: Word, words: Lexicon) -> Status:
    lemma, form = action.lemma, tense(action)
    if lemma in words.states and action.pos != "VERB":
        return "pledged" if tense(action.head) == "future" else words.states[lemma]
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
    """Whether the words around a chain deny it: "denied that it had agreed", "reports that it lent are false"."""
    words = table("commitments.yaml")["denial"]
    above = [chain.top, *chain.top.ancestors]
    return any(_denies(word, above, words) for word in above[1:])


def _denies(word: Word, above: Sequence[Word], words: dict[str, list[str]]) -> bool:
    own = {child.lemma for child in word.children}
    if word.lemma in words["verbs"]:
        return True
    if word.lemma in words["doubting"]:  # "rejected candidates that", and no request
        return any(noun.lemma in words["sayings"] for noun in above if noun is not word)
    if word.lemma == "be":
        denied = bool(own & set(words["false"]))
        return denied or (bool(own & set(words["true"])) and any(child.dep == "neg" for child in word.children))
    return False


def is_advice(chain: Chain, by: Iterable[Entity]) -> bool:
    """Whether a directive comes from a body that can only advise: a committee, not a minister or a court."""
    words = lexicon()
    names = {word for entity in by for word in entity.name.lower().split()}
    return any(head.lemma in words.binding for head in chain.heads) and bool(names & words.advisory)
