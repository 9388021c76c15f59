"""How far a commitment is: from negation, opener, modality, aspect and what the action reaches in the past.

It is hard because the same verb is a promise ("will sign"), a fact ("signed") or a failure ("was to sign, but").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.doc import Entity
from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.commitments.chains import Chain, auxiliaries
from pipeline.stages.commitments.lexicon import Lexicon, lexicon
from pipeline.stages.commitments.words import Word

FORMS = ("future", "modal", "infinitive", "progressive", "perfect", "past", "participle", "present", "noun")
ENDED: frozenset[Status] = frozenset({"stalled", "cancelled"})


def status_of(chain: Chain, kind: CommitmentKind) -> Status:
    """The status that a chain states."""
    words = lexicon()
    if is_negated(chain):
        return _negated(chain, kind, words)
    if chain.nominal:
        return _noun(chain.action, words)
    ended = [words.reached.get(head.lemma) for head in chain.heads]
    if (hit := next((status for status in ended if status in ENDED), None)) and form(chain.top) not in {
        "future",
        "infinitive",
    }:
        return hit
    return _opened(chain, words) if chain.openers else _tensed(chain.action, words)


def is_negated(chain: Chain) -> bool:
    return any(map(_says_no, chain.heads)) or _is_yet(chain)


def _says_no(head: Word) -> bool:
    own = [t for t in [*auxiliaries(head), *_determiners(head)] if t.lower in lexicon().negation]
    alone = [t for t in own if not any(child.lower in lexicon().bare for child in t.children)]
    return bool(alone) or _is_no_longer(head) or any(map(_is_nobody, head.children))


def _determiners(head: Word) -> list[Word]:
    return [child for child in head.children if child.dep in {"neg", "det", "preconj"}]


def _is_no_longer(head: Word) -> bool:
    """ "will no longer fund"."""
    later = [child for child in head.children if child.lower == "longer"]
    return any(word.lower == "no" for adverb in later for word in adverb.children)


def _is_nobody(child: Word) -> bool:
    """Whether what a verb is said of is nothing: "none of it", "no funds", "neither A nor B"; "Law No 5" is not."""
    first = [word.lower for word in (*_determiners(child), child) if word.i <= child.i]
    return child.dep in {"nsubj", "nsubjpass"} and not lexicon().nobody.isdisjoint(first)


def taken_back(chain: Chain) -> Status | None:
    """The status of money that somebody will suspend or withdraw; None where nothing is, or it is not to be."""
    told = (lexicon().taking_back.get(head.lemma) for head in chain.heads)
    return None if is_negated(chain) else next((status for status in told if status), None)


def is_given_up(chain: Chain) -> bool:
    """Whether somebody has left what was undertaken: "backed out of", "pulled out of", "fell through"."""
    gone = [head for head in chain.heads if form(head) not in {"future", "modal", "infinitive", "noun"}]
    return any(child.lower == lexicon().giving_up.get(head.lemma) for head in gone for child in head.children)


def is_undone(chain: Chain) -> bool:
    """Whether it is told as not done so far, which ends nothing: "has not approved", "is yet to sign"."""
    return is_negated(chain) and (form(chain.top) == "perfect" or _says_yet(chain))


def _is_yet(chain: Chain) -> bool:
    """ "yet to"."""
    return form(chain.action) == "infinitive" and _says_yet(chain)


def _says_yet(chain: Chain) -> bool:
    """Whether "yet" hangs on a head, or on the "be" above it."""
    above = [head.head for head in chain.heads if head.dep == "xcomp"]
    return any(child.lower == "yet" for head in [*chain.heads, *above] for child in head.children)


def _negated(chain: Chain, kind: CommitmentKind, words: Lexicon) -> Status:
    """Not done is stalled, not to be done is refused; a decision not to do is one, if it is made."""
    if any(words.openers.get(head.lemma) == "agreed" and not _says_no(head) for head in chain.openers):
        return "agreed"
    if _says_yet(chain) and kind in {"agreement", "policy"}:
        return "proposed"
    return "cancelled" if form(chain.top) == "future" else "stalled"


def _noun(noun: Word, words: Lexicon) -> Status:
    found = words.nouns.get(noun.lemma)
    return found[1] if found else "agreed"


def _opened(chain: Chain, words: Lexicon) -> Status:
    """Of several openers the one next to the action tells: "has agreed to consider" is proposed."""
    stated: list[Status] = [words.openers[h.lemma] for h in chain.openers if h.lemma in words.openers]
    if not stated:
        return _tensed(chain.action, words)
    if chain.top.lemma in words.binding:
        return "agreed"
    return stated[0] if form(chain.top) != "future" or stated[0] != "agreed" else "pledged"


def _tensed(action: Word, words: Lexicon) -> Status:
    lemma, tense = action.lemma, form(action)
    if lemma in words.states and action.pos != "VERB":
        return "pledged" if form(action.head) == "future" else words.states[lemma]
    reached = words.reached.get(lemma, "completed")
    if tense in {"future", "infinitive"}:
        return "proposed" if reached == "proposed" else "pledged"
    if tense == "modal":
        return "proposed"
    if tense == "progressive":
        return "proposed" if reached == "proposed" or lemma in {"finalise", "finalize", "negotiate"} else "underway"
    if tense == "present":
        return reached if reached != "completed" else "underway"
    return reached


def is_denied(chain: Chain) -> bool:
    """Whether what a chain says is denied around it: "denied that it had agreed", "reports that it lent are false"."""
    words = table("commitments.yaml")["denial"]
    above = [chain.top, *chain.top.ancestors]
    return any(_denies(word, above, words) for word in above[1:])


def _denies(word: Word, above: Sequence[Word], words: dict[str, list[str]]) -> bool:
    own = {child.lemma for child in word.children}
    if word.lemma in words["verbs"]:
        return True
    if word.lemma in words["doubting"]:  # "rejected claims that", and no request
        return any(noun.lemma in words["sayings"] for noun in above if noun is not word)
    if word.lemma == "be":
        denied = bool(own & set(words["false"]))
        return denied or (bool(own & set(words["true"])) and any(child.dep == "neg" for child in word.children))
    return False


def is_advice(chain: Chain, by: Iterable[Entity]) -> bool:
    """Whether a direction comes from a body that can only ask: a committee's, not a minister's or a court's."""
    words = lexicon()
    names = {word for entity in by for word in entity.name.lower().split()}
    return any(head.lemma in words.binding for head in chain.heads) and bool(names & words.advisory)


def form(head: Word) -> str:
    """Which of FORMS a head has; the auxiliaries of a coordinated verb carry over."""
    aux = [t for t in auxiliaries(head) if t.dep in {"aux", "auxpass"}]
    words = lexicon()
    for token in aux:
        if token.tag == "MD" or token.lower in words.modality:
            return "future" if words.modality.get(token.lower, "proposed") == "pledged" else "modal"
    if any(token.lower == "to" for token in aux):
        return "infinitive"
    if head.dep == "advcl" and head.tag == "VBG" and not aux and form(head.head) == "future":
        return "future"  # "will meet, launching the second phase"
    if head.tag == "VBG" or any(token.lower == "being" for token in aux):
        return "progressive"
    if any(token.lemma == "have" for token in aux):
        return "perfect"
    if head.tag == "VBN":
        return "past" if aux else "participle"
    return {"VBD": "past", "VBZ": "present", "VBP": "present", "VB": "present"}.get(head.tag, "noun")
