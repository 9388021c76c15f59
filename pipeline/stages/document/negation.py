"""Whether an action is negated: "did not sign", "no funds", "is yet to approve"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.stages.document.grammar import auxiliaries, listed
from pipeline.stages.document.tense import tense
from pipeline.stages.document.words import Word


def is_negated(heads: Iterable[Word]) -> bool:
    """Whether one of the heads of an action is negated: "did not sign", "no funds", "is yet to approve"."""
    heads = tuple(heads)
    return any(map(says_no, heads)) or (tense(heads[-1]) == "infinitive" and says_yet(heads))


def says_no(head: Word) -> bool:
    """Whether a word or its subject is negated ("none", "no one"); "not only" is no negation."""
    own = [word for word in [*auxiliaries(head), *_determiners(head)] if word.lower in listed("negation")]
    alone = [word for word in own if not any(child.lower in listed("bare") for child in word.children)]
    return bool(alone) or _is_no_longer(head) or any(map(_is_negated_subject, head.children))


def says_yet(heads: Sequence[Word]) -> bool:
    """Whether "yet" modifies a head, or the "be" above it: "has yet to", "is yet to"."""
    above = [head.head for head in heads if head.dep == "xcomp"]
    return any(child.lower == "yet" for head in [*heads, *above] for child in head.children)


def _determiners(head: Word) -> list[Word]:
    return [child for child in head.children if child.dep in {"neg", "det", "preconj"}]


def _is_no_longer(head: Word) -> bool:
    """ "will no longer fund"."""
    later = [child for child in head.children if child.lower == "longer"]
    return any(word.lower == "no" for adverb in later for word in adverb.children)


def _is_negated_subject(child: Word) -> bool:
    """Whether a word is a negated subject: "none of it", "no funds", "neither A nor B"; "Law No 5" is not."""
    first = [word.lower for word in (*_determiners(child), child) if word.i <= child.i]
    return child.dep in {"nsubj", "nsubjpass"} and not listed("nobody").isdisjoint(first)
