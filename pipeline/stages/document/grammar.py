"""Grammar over the parse: subjects and objects, passives, coordination.

Every stage uses these functions. The parse is often wrong in headings, so each of them has a safe default.
"""

from __future__ import annotations

from functools import cache
from itertools import islice

from pipeline.seeds import table
from pipeline.stages.document.words import Word

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
OBJECTS = frozenset({"dobj", "nsubjpass", "attr"})
VERBS = frozenset({"VERB", "AUX"})
_SHARING = {"acl", "relcl", "amod", "conj", "xcomp", "advcl", "pcomp", "prep", "acomp", "dobj", "attr", "ccomp"}
_MOST = 12  # words of a coordination that are read: keeps a long list linear


def auxiliaries(verb: Word) -> list[Word]:
    """The auxiliaries and negations of a verb; a coordinated verb without any shares those of the verb before it."""
    while not (own := [child for child in verb.children if child.dep in {"aux", "auxpass", "neg"}]):
        if verb.dep != "conj" or verb.head.pos not in VERBS or has_subject(verb):
            break
        verb = verb.head
    return own


def has_subject(verb: Word) -> bool:
    return any(child.dep in {"nsubj", "nsubjpass", "csubj", "expl"} for child in verb.children)


def is_passive(verb: Word) -> bool:
    """Whether the subject undergoes the action: "was approved", "funds allocated for"."""
    if any(word.dep == "auxpass" for word in auxiliaries(verb)):
        return True
    if verb.dep in {"acl", "amod"}:
        return verb.tag == "VBN" and not auxiliaries(verb)
    has_agent = any(child.dep == "agent" for child in verb.children)
    return verb.dep in {"advcl", "conj", "ROOT"} and verb.tag == "VBN" and has_agent


def subject(verb: Word) -> Word | None:
    """The subject of a verb, over coordination, relative clauses, participles and open complements."""
    while not (own := [child for child in verb.children if child.dep in SUBJECTS]):
        if verb.dep not in _SHARING:
            return None
        if verb.dep in {"acl", "relcl", "amod"} and verb.head.pos in {"NOUN", "PROPN", "PRON"}:
            return verb.head
        verb = verb.head
    nearest = own[-1]  # a dateline is parsed as a subject too
    relative = nearest.lower in {"which", "that", "who"} and verb.dep == "relcl"
    return verb.head if relative else nearest


def objects(verb: Word) -> list[Word]:
    """The objects of a verb or noun, its passive subject, and the nouns after its prepositions."""
    found = [child for child in verb.children if child.dep in {*OBJECTS, "pobj"}]
    preps = [child for child in verb.children if child.dep == "prep"]
    return found + [obj for prep in preps for obj in prep.children if obj.dep == "pobj"]


def function(word: Word) -> str:
    """The dependency of a word, through coordination; with the preposition of an object: `pobj:in`."""
    while word.dep in ("conj", "appos") and word.head is not word:
        word = word.head
    return f"pobj:{word.head.lower}" if word.dep == "pobj" else word.dep


def is_subject(word: Word) -> bool:
    """Whether a word is, alone or in coordination, the subject of a verb or its agent."""
    return function(word) in ("nsubj", "nsubjpass", "pobj:by") and not word.text.isspace()


def first_of_list(word: Word) -> Word:
    """The first of coordinated words."""
    while word.dep == "conj" and word.head is not word:
        word = word.head
    return word


def coordination(word: Word) -> list[Word]:
    """The words of a coordination, the first one first, at most 12.

    Each depends on the one before it: "Oslo" on the verb, "Rome" on "Oslo", "Cairo" on "Rome".
    """
    first = word
    for _ in range(_MOST):
        first = first.head if first.dep == "conj" else first
    found = [first]
    for one in found:
        found += islice((child for child in one.rights if child.dep == "conj"), max(0, _MOST - len(found)))
    return found


@cache
def listed(name: str) -> frozenset[str]:
    """The words of a list of `seeds/commitments.yaml`."""
    return frozenset(table("commitments.yaml")[name])
